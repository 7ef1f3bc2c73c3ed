"""Reading a case: permission in the fetch, everything the page needs, nothing written."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, Reason
from workbench.db.queries import case as queries
from workbench.db.queries.tariffs import tariffs_in_force
from workbench.db.snapshots import reserved_part
from workbench.errors import Refused
from workbench.i18n import language
from workbench.persian.identifiers import mask_national_code
from workbench.persian.jalali import TEHRAN, age_years_months
from workbench.rules.document import thaw, thaw_findings, thaw_money
from workbench.rules.facts import Case, FindingState
from workbench.rules.rulebook import open_findings, states_of
from workbench.rules.workflow import CLAIM_TRANSITIONS, ENDED_STATES, ClaimState
from workbench.services import audit
from workbench.services.access import (
    Actor,
    claim_for,
    has_conflict,
    may,
    require,
    within_insurers,
)
from workbench.services.ceiling import ledger
from workbench.services.claims.facts import Assessment, assess
from workbench.services.claims.reading_rounds import (
    former_decisions,
    line_changes,
    read_defects,
    read_former_lines,
    read_rounds,
)
from workbench.services.claims.taking import is_free
from workbench.services.claims.transition import claim_stream
from workbench.services.claims.view import (
    Answer,
    CaseView,
    Ceiling,
    CodeChoice,
    Image,
    Note,
    OtherImage,
    Patient,
    ReasonChoice,
)
from workbench.services.images.other import others_of
from workbench.services.images.pair_answers import case_answers, seen_late


def find_claim(session: Session, actor: Actor, number: str) -> tuple[int, int]:
    """The key (insurer, claim) of a case number, if the actor may read it."""
    require(actor, "claim.read")
    statement = within_insurers(
        select(Claim.insurer_id, Claim.id).where(Claim.number == number), actor, Claim.insurer_id
    )
    row = session.execute(statement).first()
    if row is None:
        raise Refused("claim_not_found")
    return row.insurer_id, row.id


def read_case(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, now: datetime
) -> CaseView:
    """One claim with evidence list, findings, money and history, for those who may see it."""
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    head = session.execute(queries.header(claim)).one()
    found = _assessment(session, actor, claim)
    is_mine = claim.assignee_id == actor.user_id and claim.state == ClaimState.UNDER_REVIEW
    rows = session.scalars(queries.lines_of_round(claim, claim.round)).all()
    former_rows, rounds = read_former_lines(session, claim), read_rounds(session, claim)
    return CaseView(
        insurer_id=insurer_id,
        claim_id=claim_id,
        number=claim.number,
        version=claim.version,
        state=claim.state,
        kind=claim.kind,
        insurer=head.insurer,
        centre=head.centre,
        dentist=head.Dentist.name,
        dentist_number=head.Dentist.medical_council_number,
        dentist_speciality=head.Dentist.speciality,
        policyholder=head.policyholder,
        contract_number=head.contract_number,
        plan=head.plan,
        contract_end_on=head.end_on,
        batch_number=head.acceptance_number,
        referral_number=head.referral_number,
        referral_issued_on=head.issued_on,
        referral_last_valid_on=head.last_valid_on,
        referral_amount_rial=head.amount_rial,
        due_at=claim.due_at,
        lease_until_at=claim.lease_until_at,
        holder=head.holder if not is_free(claim, actor, now) else None,
        is_mine=is_mine and may(actor, "claim.assess"),
        may_take=_may(claim, actor, "take") and not is_mine and is_free(claim, actor, now),
        may_reopen=_may(claim, actor, "reopen"),
        may_void=_may(claim, actor, "void"),
        may_read_plan=may(actor, "plan.read"),
        park_reason=claim.park_reason,
        park_until_on=claim.park_until_on,
        patient=patient_of(head, now),
        ceiling=_ceiling(session, claim, found),
        rounds=rounds,
        defects=read_defects(session, claim),
        changes=line_changes(former_rows, rows),
        former=former_decisions(session, claim, rounds, former_rows),
        images=images_of(session, claim),
        notes=_notes(session, claim) if may(actor, "claim.notes") else None,
        case=found.case,
        findings=found.findings,
        states=states_of(found.case, found.findings),
        answers=_answers(session, claim),
        money=found.money,
        money_with_proposals=found.money_with_proposals,
        open_lines=tuple(sorted({f.line for f in found.open_findings if f.line is not None})),
        has_open_case_finding=any(f.line is None for f in found.open_findings),
        codes=_codes(session, claim, head, found.case),
        deduction_reasons=reasons_of(session, "deduction"),
        defect_reasons=reasons_of(session, "defect"),
        reason_titles=_reason_titles(session),
        looked_at=frozenset(row.number for row in rows if row.is_looked_at),
        outcomes={row.number: row.outcome for row in rows if row.outcome is not None},
        others=others_of(session, actor, claim, found.findings),
        pairs=case_answers(session, actor, claim, found.findings),
        person_id=claim.person_id,
        centre_id=claim.centre_id,
    )


def open_national_code(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, now: datetime
) -> str:
    """The patient's full national code; that it was opened is on the record."""
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    head = session.execute(queries.header(claim)).one()
    audit.record(
        session,
        action="claim.national_code_opened",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=insurer_id,
        claim=claim.number,
    )
    code: str = head.Person.national_code
    return code


def record_seen(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    numbers: list[int],
    *,
    now: datetime,
) -> None:
    """Record which images were shown in the viewer (once per opening; the viewer sees to it)."""
    claim = claim_for(session, actor, "claim.images", insurer_id, claim_id)
    known = {row.Attachment.number for row in session.execute(queries.images(claim))}
    shown = sorted(known & set(numbers))
    if shown:
        audit.record(
            session,
            action="evidence.shown",
            stream=claim_stream(claim),
            actor_id=actor.user_id,
            now=now,
            insurer_id=insurer_id,
            claim=claim.number,
            images=shown,
        )


def record_others_seen(
    session: Session,
    actor: Actor,
    others: Sequence[OtherImage],
    numbers: Iterable[int],
    *,
    now: datetime,
) -> None:
    """Record images of other cases that were shown, each on the trail of its own case.

    A look at an image of a plan is on the plan's trail by the route that served it.
    """
    shown = set(numbers)
    places: dict[tuple[int, int], list[int]] = {}
    for each in others:
        if each.number in shown and each.claim_id is not None:
            places.setdefault((each.insurer_id, each.claim_id), []).append(each.image)
    for (insurer_id, claim_id), images in places.items():
        record_seen(session, actor, insurer_id, claim_id, images, now=now)


def _may(claim: Claim, actor: Actor, action: str) -> bool:
    step = CLAIM_TRANSITIONS.get((claim.state, action))
    return step is not None and bool(step.roles & actor.roles)


def _assessment(session: Session, actor: Actor, claim: Claim) -> Assessment:
    """An ended claim is shown from its frozen document, any other is computed now.

    What was found alike since then is shown to who may answer it.
    """
    if claim.state not in ENDED_STATES:
        return assess(session, claim)
    document: dict[str, Any] = session.scalars(queries.finished_round_document(claim)).one()
    case = thaw(document)
    findings = thaw_findings(document)
    return Assessment(
        case=case,
        findings=(*findings, *seen_late(session, actor, claim, findings)),
        open_findings=open_findings(case, findings),
        money=thaw_money(document),
    )


def patient_of(head: Any, now: datetime) -> Patient:
    """The insured of a header row (person, relation, principal), the code masked."""
    person = head.Person
    years, months = age_years_months(person.birth_on, now.astimezone(TEHRAN).date())
    principal = f"{head.principal_first} {head.principal_last}"
    return Patient(
        name=person.name,
        national_code=mask_national_code(person.national_code),
        birth_on=person.birth_on,
        age_years=years,
        age_months=months,
        relation=head.relation,
        principal_name=None if head.relation == "principal" else principal,
    )


def _ceiling(session: Session, claim: Claim, found: Assessment) -> Ceiling:
    balance = ledger.balance(session, claim.insurer_id, claim.account_id)
    part = 0
    used = balance.used_rial
    if claim.state in ENDED_STATES:
        this = claim.payable_rial or 0
        used -= this
    else:
        this = found.money_with_proposals.payable_rial
        if claim.reservation_id is not None:
            left = ledger.reserved_left(session, claim.insurer_id, claim.reservation_id)
            part = reserved_part(claim, left)
    other = balance.reserved_rial - part
    free = None if balance.limit_rial is None else balance.limit_rial - used - other - this
    return Ceiling(
        limit_rial=balance.limit_rial,
        used_rial=used,
        reserved_other_rial=other,
        this_rial=this,
        free_rial=free,
        is_family=found.case.cover.is_family,
    )


def images_of(session: Session, claim: Claim) -> tuple[Image, ...]:
    """The attached images of a case in the order of their numbers."""
    return tuple(
        Image(
            number=row.Attachment.number,
            kind=row.Attachment.kind,
            phase=row.Attachment.phase,
            teeth=tuple(row.Attachment.teeth),
            lines=tuple(row.Attachment.lines),
            taken_on=row.Attachment.taken_on,
            round_added=row.Attachment.round_added,
            width=row.width,
            height=row.height,
        )
        for row in session.execute(queries.images(claim))
    )


def _notes(session: Session, claim: Claim) -> tuple[Note, ...]:
    rows = session.execute(queries.notes(claim))
    return tuple(Note(at=row.at, author=row.display_name, text=row.text) for row in rows)


def _answers(session: Session, claim: Claim) -> dict[str, Answer]:
    return {
        row.finding_key: Answer(
            state=FindingState(row.state), by=row.display_name, at=row.at, reason=row.reason
        )
        for row in session.execute(queries.answers(claim))
    }


def _codes(session: Session, claim: Claim, head: Any, case: Case) -> tuple[CodeChoice, ...]:
    on = min((line.service_on for line in case.lines), default=claim.case_on)
    rows = session.execute(queries.active_services(head.tariff_set_id)).all()
    prices = tariffs_in_force(
        session,
        head.tariff_set_id,
        {(row.code, on) for row in rows},
        centre_id=claim.centre_id,
        is_contracted=head.is_contracted,
    )
    return tuple(
        CodeChoice(
            code=row.code,
            title=row.title,
            price_rial=prices[row.code, on].unit_rial if (row.code, on) in prices else None,
        )
        for row in rows
    )


def reasons_of(session: Session, kind: str) -> tuple[ReasonChoice, ...]:
    """The reasons of a kind (deduction, defect) that may be chosen, in the reader's language."""
    return tuple(
        ReasonChoice(
            code=row.code,
            title=_reason_title(row),
            group=row.group,
            needs_text=row.needs_text,
        )
        for row in session.scalars(queries.reasons())
        if row.kind == kind and row.is_active and not row.is_computed
    )


def _reason_titles(session: Session) -> dict[str, str]:
    """Of all reasons: a case may have one that can no longer be chosen."""
    return {row.code: _reason_title(row) for row in session.scalars(queries.reasons())}


def _reason_title(row: Reason) -> str:
    return row.title_fa if language() == "fa" else row.title_en
