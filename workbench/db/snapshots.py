"""From rows to the facts the rules are told: one claim, in a fixed number of statements."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, String, cast, literal, or_, select
from sqlalchemy.orm import Session

from workbench.db import case_statements as statements
from workbench.db.case_catalogue import CaseCatalogue, catalogue_of, matching_service
from workbench.db.case_statements import COMPUTED_SOURCES
from workbench.db.models import (
    CeilingEntry,
    Centre,
    Claim,
    ClaimLine,
    Referral,
)
from workbench.persian.jalali import TEHRAN
from workbench.rules import facts
from workbench.rules.workflow import ReferralState

__all__ = ["COMPUTED_SOURCES", "load_case", "reserved_part"]

ACCEPTANCE_KEY = literal("acceptance:")
"""How ``services.referral_letters.acceptance_key`` begins; a test holds both together."""


def load_case(session: Session, claim: Claim, *, round_number: int | None = None) -> facts.Case:
    """The facts of a claim as it stands now (``round_number``: an earlier round's lines)."""
    number = round_number or claim.round
    session.flush()  # the statements are of the tables: they would not do it by themselves
    frame = _frame(session, claim)
    rows: Any = session.execute(statements.LINES, _of_round(claim, number)).all()
    catalogue = catalogue_of(session, frame.tariff_set_id, rows, claim.centre_id, frame)
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
        cover=_cover(session, claim, frame.is_family),
        lines=_lines(rows, _deductions(session, claim, number), catalogue),
        referral=_referral(frame),
        evidence=_evidence(session, claim, number),
        open_referrals=_open_referrals(session, claim),
        available_rial=_available(claim, frame),
        dentist_speciality=frame.speciality,
        has_prescription=claim.has_prescription,
        decided=_answers(session, claim, number),
    )


def _frame(session: Session, claim: Claim) -> Any:
    """Contract, membership, person, account, reservation, referral, centre and dentist at once."""
    names = (
        *("insurer_id", "contract_id", "membership_id", "person_id", "account_id"),
        *("reservation_id", "referral_id", "centre_id", "dentist_id"),
    )
    return session.execute(statements.FRAME, {name: getattr(claim, name) for name in names}).one()


def _cover(session: Session, claim: Claim, is_family: bool) -> facts.Cover:
    """The cover as at the case date; a cover that starts later, or none, is not covered."""
    row = session.execute(
        statements.COVER,
        {
            "insurer_id": claim.insurer_id,
            "contract_id": claim.contract_id,
            "cover_code": claim.cover_code,
            "case_on": claim.case_on,
        },
    ).one()
    return facts.Cover(
        code=row.code,
        title=row.title,
        franchise_basis=row.franchise_basis,
        is_covered=row.is_covered,
        ceiling_rial=row.ceiling_rial,
        is_family=is_family,
        excluded_groups=tuple(row.excluded_groups),
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
    matching = matching_service(service, row, catalogue.services.values()) if service else None
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
    )


def _deductions(
    session: Session, claim: Claim, number: int
) -> dict[int, tuple[facts.Deduction, ...]]:
    """What was typed or accepted, per line; computed ones (cut, re-code, reject) follow anew."""
    rows = session.execute(statements.DEDUCTIONS, _of_round(claim, number))
    found: dict[int, tuple[facts.Deduction, ...]] = {}
    for row in rows:
        deduction = facts.Deduction(
            reason=row.reason, amount_rial=row.amount_rial, source=row.source, text=row.text
        )
        found[row.line_id] = (*found.get(row.line_id, ()), deduction)
    return found


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


def _evidence(session: Session, claim: Claim, number: int) -> tuple[facts.Evidence, ...]:
    rows = session.execute(statements.EVIDENCE, _of_round(claim, number))
    return tuple(
        facts.Evidence(
            number=row.number,
            kind=facts.EvidenceKind(row.kind),
            phase=facts.Phase(row.phase),
            teeth=tuple(row.teeth),
            lines=tuple(row.lines),
            taken_on=row.taken_on,
            round_added=row.round_added,
        )
        for row in rows
    )


def _open_referrals(session: Session, claim: Claim) -> tuple[facts.OpenReferral, ...]:
    """B19: open referrals of the same person and cover beside a direct claim.

    One is open until its papers are accepted: while it is valid, and once it is in use without end.
    """
    if claim.kind != facts.ClaimKind.DIRECT:
        return ()
    registered_on = claim.registered_at.astimezone(TEHRAN).date()
    accepted = select(CeilingEntry.id).where(
        CeilingEntry.insurer_id == Referral.insurer_id,
        CeilingEntry.idempotency_key
        == ACCEPTANCE_KEY.concat(cast(Referral.reservation_id, String)),
    )
    rows = session.execute(
        select(Referral.number, Referral.issued_on, Centre.name)
        .join(Centre, Centre.id == Referral.centre_id)
        .where(
            Referral.insurer_id == claim.insurer_id,
            Referral.person_id == claim.person_id,
            Referral.cover_code == claim.cover_code,
            or_(
                Referral.state == ReferralState.IN_USE,
                (Referral.state == ReferralState.ISSUED)
                & (Referral.last_valid_on >= registered_on),
            ),
            ~accepted.exists(),
        )
        .order_by(Referral.number)
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
    session: Session, claim: Claim, number: int
) -> tuple[tuple[str, facts.FindingState], ...]:
    rows = session.execute(statements.ANSWERS, _of_round(claim, number))
    return tuple((row[0], facts.FindingState(row[1])) for row in rows)
