"""Ending a round: finish, return, reopen, void. Money, ledger, document and trail move together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.models import (
    Attachment,
    Claim,
    ClaimLine,
    Defect,
    InternalNote,
    Reason,
)
from workbench.db.snapshots import reserved_part
from workbench.errors import Refused
from workbench.rules.facts import Cite
from workbench.rules.lines import deductions_of
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import ClaimState
from workbench.services.access import Actor, claim_for, has_conflict
from workbench.services.ceiling import ledger
from workbench.services.claims import rounds
from workbench.services.claims.assessing import Place
from workbench.services.claims.closing import (
    claim_cause,
    clear_money,
    close_round,
    credit_use_back,
    of_round,
    store_lines,
    store_money,
    use_ceiling,
    use_key,
)
from workbench.services.claims.facts import Assessment, assess, check_decided
from workbench.services.claims.taking import check_held, lease_length
from workbench.services.claims.transition import check_version, move_claim, use_nonce
from workbench.services.images.cites import claim_cites
from workbench.services.images.waiting import check_compared
from workbench.services.rechecks.rechecks import drop_recheck
from workbench.services.texts import kept_text

RETURNED_OUTCOME = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectInput:
    """One defect to return: a reason R…, its scope (case, line or image), a text and frames."""

    reason: str
    scope: str = "case"
    line_number: int | None = None
    image_number: int | None = None
    text: str = ""
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a finish came to."""

    number: str
    money: CaseMoney


def finish_claim(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    nonce: str,
    seen_available_rial: int | None,
    now: datetime,
    shown_at: datetime | None = None,
    minimum_view_seconds: float = 0,
) -> Finished:
    """Finish a held claim: lines without an open finding count as accepted as requested.

    The ceiling reject is computed now. Refused: ``undecided_lines`` (names them),
    ``undecided_case``, ``line_reasons_inactive`` (names lines and reasons that were kept before
    these were ended),
    ``ceiling_changed`` (with both amounts; call again with the new one to confirm),
    ``already_done`` (same nonce), ``shown_too_briefly``, ``claim_changed``, ``claim_taken``,
    ``images_not_compared`` (see ``image_waiting.decide_in_tx``).
    """
    claim = claim_for(session, actor, "claim.finish", place.insurer_id, place.claim_id)
    use_nonce(session, nonce, now)
    check_version(claim, place.version)
    check_held(session, actor, claim, now=now)
    if shown_at is not None and (now - shown_at).total_seconds() < minimum_view_seconds:
        raise Refused("shown_too_briefly")
    ledger.lock_account(session, claim.insurer_id, claim.account_id)
    assessment = assess(session, claim)
    check_decided(assessment.open_findings)
    _check_reasons(session, assessment)
    not_compared = check_compared(session, claim, now=now)
    _check_ceiling(claim, assessment, seen_available_rial)
    store_lines(session, actor, claim, assessment, now)
    store_money(claim, assessment.money)
    use_ceiling(session, actor, claim, assessment.money, now)
    document = close_round(session, actor, claim, "finished", now, assessment=assessment)
    claim.finished_at, claim.finished_by_id = now, actor.user_id
    claim.lease_until_at = None
    claim.open_finding_count = 0
    money = assessment.money
    move_claim(
        session,
        claim,
        "finish",
        actor_id=actor.user_id,
        now=now,
        cost_rial=money.cost_rial,
        deduction_rial=money.technical_deduction_rial,
        ceiling_reject_rial=money.ceiling_reject_rial,
        payable_rial=money.payable_rial,
        document=document,
        **not_compared,
    )
    return Finished(number=claim.number, money=money)


def return_claim(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    defects: Sequence[DefectInput],
    nonce: str,
    now: datetime,
) -> str:
    """Return a held claim with its defects; the ceiling stays reserved. Returns its number.

    Refused: ``return_without_defect``, ``defect_unknown``, ``reason_inactive``, ``defect_scope``,
    ``cite_wrong`` and those of a write.
    """
    claim = claim_for(session, actor, "claim.return", place.insurer_id, place.claim_id)
    use_nonce(session, nonce, now)
    check_version(claim, place.version)
    check_held(session, actor, claim, now=now)
    if not defects:
        raise Refused("return_without_defect")
    for defect in defects:
        _check_defect(session, claim, defect)
        session.add(
            Defect(
                insurer_id=claim.insurer_id,
                claim_id=claim.id,
                round=claim.round,
                reason=defect.reason,
                scope=defect.scope,
                line_number=defect.line_number,
                image_number=defect.image_number,
                text=kept_text(defect.text),
                cites=claim_cites(session, claim, defect.cites),
            )
        )
    document = close_round(session, actor, claim, "returned", now)
    session.execute(
        update(ClaimLine)
        .where(of_round(ClaimLine, claim))
        .values(outcome=RETURNED_OUTCOME)
        .execution_options(synchronize_session=False)
    )
    claim.returned_at, claim.returned_by_id = now, actor.user_id
    claim.assignee_id = claim.lease_until_at = None
    codes = sorted({defect.reason for defect in defects})
    move_claim(
        session,
        claim,
        "return",
        actor_id=actor.user_id,
        now=now,
        why=" ".join(codes),
        defects=codes,
        document=document,
    )
    return claim.number


def reopen_claim(
    session: Session, actor: Actor, place: Place, *, reason: str, now: datetime
) -> int | None:
    """Open a finished claim again (lead) as a new round that keeps what was assessed.

    The use is credited back, and the part of the reserve that it ended is reserved again as far as
    there is room (never more: a referral keeps its cap). Returns the rials that
    could *not* be reserved again, None when all could. The ended round keeps its document.
    """
    claim = claim_for(session, actor, "claim.reopen", place.insurer_id, place.claim_id)
    check_version(claim, place.version)
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    if claim.state != ClaimState.FINISHED:
        raise Refused("wrong_state", state=claim.state, action="reopen")
    wanted = ledger.reserve_ended(session, claim.insurer_id, use_key(claim))
    again = credit_use_back(session, actor, claim, wanted, now)
    clear_money(claim)
    drop_recheck(session, claim)
    rounds.open_round(session, claim, now=now, keep_assessment=True)
    move_claim(session, claim, "reopen", actor_id=actor.user_id, now=now, why=reason)
    _keep_reason(session, actor, claim, reason, now)
    claim.assignee_id, claim.lease_until_at = actor.user_id, now + lease_length()
    return None if again >= wanted else wanted - again


def void_claim(session: Session, actor: Actor, place: Place, *, reason: str, now: datetime) -> None:
    """Void a returned or accepted claim (lead); what it had reserved is released."""
    claim = claim_for(session, actor, "claim.void", place.insurer_id, place.claim_id)
    check_version(claim, place.version)
    move_claim(session, claim, "void", actor_id=actor.user_id, now=now, why=reason)
    _keep_reason(session, actor, claim, reason, now)
    claim.assignee_id = claim.lease_until_at = None
    if claim.reservation_id is None:
        return
    left = ledger.reserved_left(session, claim.insurer_id, claim.reservation_id)
    part = reserved_part(claim, left)
    if part:
        ledger.release(
            session,
            claim.insurer_id,
            claim.reservation_id,
            part,
            claim_cause(claim, actor, now),
            key=f"void:{claim.id}",
        )


def _keep_reason(session: Session, actor: Actor, claim: Claim, reason: str, now: datetime) -> None:
    """The lead's reason stays with the case as an internal note: the trail holds no free text."""
    session.add(
        InternalNote(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            author_id=actor.user_id,
            at=now,
            text=kept_text(reason),
        )
    )


def _check_reasons(session: Session, assessment: Assessment) -> None:
    """Refuse reasons that may no longer be chosen; what a finding itself proposes stands."""
    proposed = {(each.line, each.proposal.reason) for each in assessment.findings}
    used = {
        (line.number, deduction.reason)
        for line in assessment.case.lines
        for deduction in deductions_of(line)
    } - proposed
    codes = {code for _line, code in used}
    ended = set(
        session.scalars(
            select(Reason.code).where(Reason.code.in_(sorted(codes)), Reason.is_active.is_(False))
        )
        if codes
        else ()
    )
    if ended:
        raise Refused(
            "line_reasons_inactive",
            lines=tuple(sorted({line for line, code in used if code in ended})),
            reasons=tuple(sorted(ended)),
        )


def _check_ceiling(claim: Claim, assessment: Assessment, seen_rial: int | None) -> None:
    """Refuse when what the ceiling pays differs from what the user saw, up or down."""
    money = assessment.money
    wanted_rial = money.payable_rial + money.ceiling_reject_rial
    seen_payable_rial = wanted_rial if seen_rial is None else min(wanted_rial, seen_rial)
    if seen_payable_rial != money.payable_rial:
        raise Refused(
            "ceiling_changed",
            number=claim.number,
            seen_rial=seen_rial,
            available_rial=assessment.case.available_rial,
        )


def _check_defect(session: Session, claim: Claim, defect: DefectInput) -> None:
    reason = session.get(Reason, defect.reason)
    if reason is None or reason.kind != "defect":
        raise Refused("defect_unknown", reason=defect.reason)
    if not reason.is_active:
        raise Refused("reason_inactive", reason=defect.reason)
    if defect.scope == "line":
        numbers = select(ClaimLine.number).where(of_round(ClaimLine, claim))
    elif defect.scope == "image":
        numbers = select(Attachment.number).where(
            Attachment.insurer_id == claim.insurer_id, Attachment.claim_id == claim.id
        )
    elif defect.scope == "case":
        return
    else:
        raise Refused("defect_scope", reason=defect.reason)
    number = defect.line_number if defect.scope == "line" else defect.image_number
    if number not in set(session.scalars(numbers)):
        raise Refused("defect_scope", reason=defect.reason)
