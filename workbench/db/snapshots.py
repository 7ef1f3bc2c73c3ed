"""From rows to the facts the rules are told: one claim, in a fixed number of statements.

Two more are for what may need the commission's approval, two for what may have been treated before.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.orm import Session

from workbench.db import case_statements as statements
from workbench.db.case_approvals import load_commission
from workbench.db.case_catalogue import CaseCatalogue, catalogue_of
from workbench.db.case_history import load_history
from workbench.db.case_similar import load_similar
from workbench.db.case_statements import ACCEPTANCE_KEY, COMPUTED_SOURCES
from workbench.db.models import Claim, ClaimLine
from workbench.db.rule_parameters import parameters_of
from workbench.persian.jalali import TEHRAN
from workbench.rules import facts
from workbench.rules.parameters import Parameters

__all__ = ["ACCEPTANCE_KEY", "COMPUTED_SOURCES", "load_case", "reserved_part"]


def load_case(
    session: Session,
    claim: Claim,
    *,
    round_number: int | None = None,
    parameters: Parameters | None = None,
) -> facts.Case:
    """The facts of a claim as it stands now (``round_number``: an earlier round's lines).

    ``parameters`` are those the rules will use; None: they are read.
    """
    number = round_number or claim.round
    session.flush()  # the statements are of the tables: they would not do it by themselves
    connection = session.connection()
    frame = _frame(connection, claim)
    rows: Any = connection.execute(statements.LINES, _of_round(claim, number)).all()
    catalogue = catalogue_of(session, frame.tariff_set_id, rows, claim.centre_id, frame)
    lines = _lines(rows, _deductions(connection, claim, number), catalogue)
    return facts.Case(
        claim_id=claim.id,
        number=claim.number,
        kind=facts.ClaimKind(claim.kind),
        round=number,
        case_on=claim.case_on,
        registered_on=claim.registered_at.astimezone(TEHRAN).date(),
        birth_on=frame.birth_on,
        joined_on=frame.joined_on,
        left_on=frame.left_on,
        contract_start_on=frame.start_on,
        contract_end_on=frame.end_on,
        cover=_cover(frame),
        lines=lines,
        referral=_referral(frame),
        evidence=_evidence(connection, claim, number),
        open_referrals=_open_referrals(connection, claim),
        available_rial=_available(claim, frame),
        dentist_speciality=frame.speciality,
        has_prescription=claim.has_prescription,
        decided=_answers(connection, claim, number),
        commission=load_commission(connection, claim, frame.replaces_id, lines),
        history=load_history(connection, claim, lines, parameters or parameters_of(session)),
    )


def _frame(connection: Connection, claim: Claim) -> Any:
    """Contract, membership, person, account, reservation, referral, centre and dentist at once."""
    names = (
        *("insurer_id", "contract_id", "membership_id", "person_id", "account_id"),
        *("reservation_id", "referral_id", "centre_id", "dentist_id", "cover_code", "case_on"),
    )
    return connection.execute(
        statements.FRAME, {name: getattr(claim, name) for name in names}
    ).one()


def _cover(frame: Any) -> facts.Cover:
    """The cover as at the case date; a cover that starts later is not covered."""
    return facts.Cover(
        code=frame.cover_code,
        title=frame.cover_title,
        franchise_basis=frame.franchise_basis,
        is_covered=frame.is_covered,
        ceiling_rial=frame.ceiling_rial,
        is_family=frame.is_family,
        excluded_groups=tuple(frame.excluded_groups),
    )


def _of_round(claim: Claim, number: int) -> dict[str, int]:
    return {"insurer_id": claim.insurer_id, "claim_id": claim.id, "round": number}


def _lines(
    rows: Iterable[ClaimLine],
    deductions: Mapping[int, tuple[facts.Deduction, ...]],
    catalogue: CaseCatalogue,
) -> tuple[facts.Line, ...]:
    return tuple(_line(row, deductions.get(row.id, ()), catalogue) for row in rows)


def _line(
    row: ClaimLine, deductions: tuple[facts.Deduction, ...], catalogue: CaseCatalogue
) -> facts.Line:
    on = row.service_on
    service = catalogue.service(row.code)
    adult = service.adult_equivalent_code if service else None
    matching = catalogue.matching(row)
    return facts.Line(
        line_id=row.id,
        number=row.number,
        service_on=on,
        code=row.code,
        quantity=row.quantity,
        unit_price_rial=row.unit_price_rial,
        tooth=row.tooth,
        jaw=row.jaw,
        surfaces=row.surfaces,
        canals=row.canals,
        note=row.note,
        service=service,
        tariff=catalogue.tariff(row.code, on),
        equivalent_service=catalogue.service(adult),
        equivalent_tariff=catalogue.tariff(adult, on),
        matching_service=matching,
        matching_tariff=catalogue.tariff(matching.code, on) if matching else None,
        assessed_code=row.assessed_code,
        assessed_service=catalogue.service(row.assessed_code),
        assessed_tariff=catalogue.tariff(row.assessed_code, on),
        assessed_quantity=row.assessed_quantity,
        assessed_unit_price_rial=row.assessed_unit_price_rial,
        recode_reason=row.recode_reason,
        cut_reason=row.cut_reason,
        is_rejected=row.is_rejected,
        reject_reason=row.reject_reason,
        assessor_note=row.assessor_note,
        deductions=deductions,
        cites=_cites(row.cites),
    )


def _deductions(
    connection: Connection, claim: Claim, number: int
) -> dict[int, tuple[facts.Deduction, ...]]:
    """What was typed or accepted, per line; computed ones (cut, re-code, reject) follow anew."""
    rows = connection.execute(statements.DEDUCTIONS, _of_round(claim, number))
    found: dict[int, tuple[facts.Deduction, ...]] = {}
    for row in rows:
        deduction = facts.Deduction(
            reason=row.reason,
            amount_rial=row.amount_rial,
            source=row.source,
            text=row.text,
            cites=_cites(row.cites),
        )
        found[row.line_id] = (*found.get(row.line_id, ()), deduction)
    return found


def _cites(rows: list[Any]) -> tuple[facts.Cite, ...]:
    return tuple(facts.Cite(**row) for row in rows)


def _referral(frame: Row[Any]) -> facts.Referral | None:
    if frame.referral_number is None:
        return None
    return facts.Referral(
        number=frame.referral_number,
        issued_on=frame.issued_on,
        expires_on=frame.last_valid_on,
        cover_code=frame.referral_cover_code,
        reserved_left_rial=frame.reserved_left_rial or 0,
        reissue_of_expired=frame.replaces_id is not None,
        first_recorded_on=frame.first_service_at.astimezone(TEHRAN).date()
        if frame.first_service_at
        else None,
    )


def _evidence(connection: Connection, claim: Claim, number: int) -> tuple[facts.Evidence, ...]:
    rows = connection.execute(statements.EVIDENCE, _of_round(claim, number)).all()
    similar = load_similar(connection, claim, number)
    return tuple(
        facts.Evidence(
            number=row.number,
            kind=facts.EvidenceKind(row.kind),
            phase=facts.Phase(row.phase),
            teeth=tuple(row.teeth),
            lines=tuple(row.lines),
            taken_on=row.taken_on,
            round_added=row.round_added,
            similar=similar.get(row.number, ()),
            measures=_measures(row),
        )
        for row in rows
    )


def _measures(row: Any) -> facts.ImageMeasures | None:
    """None until the image was read."""
    if row.brightness is None:
        return None
    return facts.ImageMeasures(
        width=row.width,
        height=row.height,
        brightness=row.brightness,
        contrast=row.contrast,
        sharpness=row.sharpness,
        colour=row.colour,
    )


def _open_referrals(connection: Connection, claim: Claim) -> tuple[facts.OpenReferral, ...]:
    """B19: open referrals of the same person and cover beside a direct claim.

    One is open until its papers are accepted: while it is valid, and once it is in use without end.
    """
    if claim.kind != facts.ClaimKind.DIRECT:
        return ()
    registered_on = claim.registered_at.astimezone(TEHRAN).date()
    rows = connection.execute(
        statements.OPEN_REFERRALS,
        {
            "insurer_id": claim.insurer_id,
            "person_id": claim.person_id,
            "cover_code": claim.cover_code,
            "registered_on": registered_on,
        },
    )
    return tuple(
        facts.OpenReferral(number=row[0], issued_on=row[1], centre_name=row[2]) for row in rows
    )


def _available(claim: Claim, frame: Row[Any]) -> int | None:
    """What the ceiling can still pay for this claim; None: unlimited.

    A case under a referral draws on what its letter still holds, in order of decision; a direct
    claim on the free room and its own part of the reserve (domain money.md, the ledger).
    """
    if frame.limit_rial is None:
        return None
    if claim.referral_id is not None:
        return int(frame.reserved_left_rial or 0)
    free = int(frame.limit_rial - frame.reserved_rial - frame.used_rial)
    return max(0, free + reserved_part(claim, frame.reserved_left_rial or 0))


def reserved_part(claim: Claim, reserved_left_rial: int) -> int:
    """The claim's part of its reservation: a direct one's is all its own; one of a referral has
    never more than its payable as requested."""
    if claim.referral_id is None:
        return reserved_left_rial
    return min(claim.requested_payable_rial, reserved_left_rial)


def _answers(
    connection: Connection, claim: Claim, number: int
) -> tuple[tuple[str, facts.FindingState], ...]:
    rows = connection.execute(statements.ANSWERS, _of_round(claim, number))
    return tuple((row[0], facts.FindingState(row[1])) for row in rows)
