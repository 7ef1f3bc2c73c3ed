"""What the assessor does to the lines of a claim he holds.

Each write checks the version he saw, renews his lease, computes the case again (a deduction that
does not fit is refused and nothing is kept) and leaves one audit event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from workbench.db.models import Claim, LineDeduction
from workbench.errors import Refused
from workbench.rules import facts
from workbench.rules.facts import FindingState
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.findings import similar
from workbench.rules.lines import accept_finding as accepted_line
from workbench.rules.lines import check_deduction, rests_on, takes_frames
from workbench.rules.sentences import title
from workbench.services.access import Actor, claim_for
from workbench.services.batches.words import on_paper
from workbench.services.claims.facts import Assessment, assess, refresh_finding_count
from workbench.services.claims.line_rows import (
    above_rest,
    check_reason,
    cite_line,
    deduction_row,
    insert_deduction,
    keep_answer,
    keep_line,
    line_row,
    reopen_findings,
    undo_finding,
)
from workbench.services.claims.taking import hold
from workbench.services.claims.transition import check_version, move_claim
from workbench.services.images.cites import cited, cites_of, claim_cites
from workbench.services.images.similar_pairs import decide_pair
from workbench.services.texts import kept_text

REASON_LETTERS_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which claim (and which version of it the user saw) a write is meant for."""

    insurer_id: int
    claim_id: int
    version: int | None


def accept_finding(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    key: str,
    cites: Sequence[facts.Cite] = (),
    now: datetime,
) -> Assessment:
    """Accept a finding: its proposal (deduct, re-code, reject) is done to the line.

    A finding that only asks for a document is refused with ``needs_return`` (use the return). Two
    images that look alike are thereby said to be the same picture; it still waits for the return.
    ``cites`` are the frames that what was done to the line rests on: refused with ``cite_nothing``
    where it takes nothing off the line.
    """

    def work(claim: Claim) -> dict[str, Any]:
        before = assess(session, claim)
        finding = _finding(before, key)
        if cites and not takes_frames(finding):
            raise Refused("cite_nothing")
        if similar.is_undecided(finding):
            decide_pair(session, actor, similar.pair_of(finding), similar.SAME, "", now=now)
            return {"finding": finding.code, "decision": similar.SAME}
        if finding.proposal.kind is ProposalKind.RETURN and not finding.proposal.reason:
            raise Refused("needs_return", defect=finding.proposal.defect)
        if finding.line is not None:
            line = next(line for line in before.case.lines if line.number == finding.line)
            with on_paper():
                text = title(finding)
            after = accepted_line(line, finding, deduct_instead=True, text=text, cites=tuple(cites))
            if not rests_on(after, cites):
                raise Refused("cite_nothing")
            keep_line(session, actor, claim, line, after, now, note=text)
        keep_answer(session, actor, claim, finding, FindingState.ACCEPTED, "", now)
        return {"finding": finding.code, "line": finding.line, **cited(cites)}

    return write_case(session, actor, place, "accept_finding", work, now)


def override_finding(
    session: Session, actor: Actor, place: Place, *, key: str, reason: str, now: datetime
) -> Assessment:
    """Reject a finding with a written reason; what accepting it had done to the line is undone.

    Two images that look alike, and about which nobody said anything yet, are a coincidence then.
    Refused: ``override_needs_reason``, ``coincidence_needs_reason``.
    """

    def work(claim: Claim) -> dict[str, Any]:
        before = assess(session, claim)
        finding = _finding(before, key)
        if len(reason.strip()) < REASON_LETTERS_MIN and not similar.is_undecided(finding):
            raise Refused("override_needs_reason")
        if finding.line is not None and dict(before.case.decided).get(key) == "accepted":
            line = next(line for line in before.case.lines if line.number == finding.line)
            undo_finding(session, claim, line, finding)
            reopen_findings(session, claim, finding.line, finding.code)
        if similar.is_undecided(finding):
            pair = similar.pair_of(finding)
            decide_pair(session, actor, pair, similar.COINCIDENCE, reason, now=now)
        keep_answer(session, actor, claim, finding, FindingState.OVERRIDDEN, kept_text(reason), now)
        return {"finding": finding.code, "line": finding.line}

    return write_case(session, actor, place, "override_finding", work, now)


def cut_line(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    line_id: int,
    quantity: int | None,
    unit_price_rial: int | None,
    reason: str,
    note: str,
    cites: Sequence[facts.Cite] = (),
    now: datetime,
) -> Assessment:
    """Assess a smaller quantity or price; None leaves it as requested. A cut needs a reason."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        is_cut = (quantity is not None and quantity != row.quantity) or (
            unit_price_rial is not None and unit_price_rial != row.unit_price_rial
        )
        if (quantity or 0) > row.quantity or (unit_price_rial or 0) > row.unit_price_rial:
            raise Refused("cut_above_requested", line=row.number)
        if min(quantity or 0, unit_price_rial or 0) < 0:
            raise Refused("negative_amount", line=row.number)
        if is_cut:
            check_reason(session, reason, note)
        row.assessed_quantity = quantity if quantity != row.quantity else None
        row.assessed_unit_price_rial = (
            unit_price_rial if unit_price_rial != row.unit_price_rial else None
        )
        row.cut_reason = reason if is_cut else None
        cite_line(session, claim, row, cites)
        if note.strip() or not row.assessed_code:
            row.assessor_note = kept_text(note)
        return {
            "line": row.number,
            "quantity": quantity,
            "unit_price_rial": unit_price_rial,
            "reason": row.cut_reason,
        }

    return write_case(session, actor, place, "cut_line", work, now)


def recode_line(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    line_id: int,
    code: str,
    reason: str,
    note: str,
    cites: Sequence[facts.Cite] = (),
    now: datetime,
) -> Assessment:
    """Give a line another code; the note is a must, the former code stays on the line."""
    if len(note.strip()) < REASON_LETTERS_MIN:
        raise Refused("recode_needs_note")

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        check_reason(session, reason, note)
        row.assessed_code = code if code != row.code else None
        row.recode_reason = reason if row.assessed_code else None
        cite_line(session, claim, row, cites)
        row.assessor_note = kept_text(note)
        return {"line": row.number, "former": row.code, "code": code, "reason": reason}

    return write_case(session, actor, place, "recode_line", work, now)


def reject_line(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    line_id: int,
    reason: str,
    text: str,
    cites: Sequence[facts.Cite] = (),
    now: datetime,
) -> Assessment:
    """Pay nothing for a line, with a reason."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        check_reason(session, reason, text)
        row.is_rejected, row.reject_reason = True, reason
        cite_line(session, claim, row, cites)
        if text.strip():
            row.assessor_note = kept_text(text)
        return {"line": row.number, "reason": reason}

    return write_case(session, actor, place, "reject_line", work, now)


def add_deduction(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    line_id: int,
    reason: str,
    amount_rial: int,
    text: str,
    cites: Sequence[facts.Cite] = (),
    now: datetime,
) -> Assessment:
    """Deduct whole rials from a line, with a reason; never more than is left of C − T."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        if amount_rial <= 0:
            raise Refused("negative_amount", line=row.number)
        frames = cites_of(claim_cites(session, claim, cites))
        deduction = facts.Deduction(
            reason=reason, amount_rial=amount_rial, text=kept_text(text), cites=frames
        )
        check_deduction(deduction, row.number)
        check_reason(session, reason, text)
        if amount_rial > row.cost_rial:
            raise above_rest(session, claim, row, amount_rial)
        insert_deduction(session, actor, claim, row.id, deduction, now)
        return {"line": row.number, "reason": reason, "amount_rial": amount_rial}

    return write_case(session, actor, place, "add_deduction", work, now)


def remove_deduction(
    session: Session, actor: Actor, place: Place, *, line_id: int, index: int, now: datetime
) -> Assessment:
    """Take a typed or accepted deduction (by its place in the line) away again."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        gone = deduction_row(session, claim, row, index)
        session.delete(gone)
        reopen_findings(session, claim, row.number, gone.source)
        return {"line": row.number, "reason": gone.reason, "amount_rial": gone.amount_rial}

    return write_case(session, actor, place, "remove_deduction", work, now)


def restore_line(
    session: Session, actor: Actor, place: Place, *, line_id: int, now: datetime
) -> Assessment:
    """Put a line back to what was requested; its findings are open again."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        row.assessed_code = row.recode_reason = row.cut_reason = row.reject_reason = None
        row.assessed_quantity = row.assessed_unit_price_rial = None
        row.is_rejected, row.assessor_note, row.cites = False, "", []
        session.execute(
            delete(LineDeduction).where(
                LineDeduction.insurer_id == claim.insurer_id, LineDeduction.line_id == row.id
            )
        )
        reopen_findings(session, claim, row.number, None)
        return {"line": row.number}

    return write_case(session, actor, place, "restore_line", work, now)


def mark_looked_at(
    session: Session, actor: Actor, place: Place, *, line_id: int, now: datetime
) -> Assessment:
    """Note that the assessor looked at a line without an open finding."""

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        row.is_looked_at = True
        return {"line": row.number}

    return write_case(session, actor, place, "look_at_line", work, now)


def write_case(
    session: Session,
    actor: Actor,
    place: Place,
    action: str,
    work: Callable[[Claim], dict[str, Any]],
    now: datetime,
) -> Assessment:
    """Do ``work`` to a claim the actor holds, in the version he saw; its facts go into the event.

    ``action`` names in the event what was done.
    """
    claim = claim_for(session, actor, "claim.assess", place.insurer_id, place.claim_id)
    check_version(claim, place.version)
    hold(session, actor, claim, now=now)
    facts_of_event = work(claim)
    move_claim(
        session, claim, "assess", actor_id=actor.user_id, now=now, what=action, **facts_of_event
    )
    return refresh_finding_count(session, claim)


def _finding(assessment: Assessment, key: str) -> Finding:
    found = next((f for f in assessment.findings if f.key == key), None)
    if found is None:
        raise Refused("finding_not_found")
    return found
