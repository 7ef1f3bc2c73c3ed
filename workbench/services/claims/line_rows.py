"""What assessing writes to the rows of a line: its columns, deductions and answers to findings."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine, FindingAnswer, LineDeduction, Reason
from workbench.db.snapshots import COMPUTED_SOURCES
from workbench.errors import Refused
from workbench.rules import facts
from workbench.rules.facts import FindingState
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.lines import rest_rial
from workbench.services.access import Actor
from workbench.services.claims.facts import assess
from workbench.services.images.cites import cites_of, claim_cites, plain_cites


def line_row(session: Session, claim: Claim, line_id: int) -> ClaimLine:
    row = session.get(ClaimLine, (claim.insurer_id, line_id))
    if row is None or row.claim_id != claim.id or row.round != claim.round:
        raise Refused("line_not_found")
    return row


def above_rest(session: Session, claim: Claim, row: ClaimLine, amount_rial: int) -> Refused:
    """The refusal of an amount too large even for the column; it never reaches the database."""
    line = next(line for line in assess(session, claim).case.lines if line.line_id == row.id)
    return Refused(
        "deduction_above_rest",
        line=row.number,
        deduction_rial=amount_rial,
        rest_rial=rest_rial(line),
    )


def check_reason(session: Session, code: str, text: str = "") -> None:
    reason = session.get(Reason, code) if code else None
    if reason is None or reason.kind != "deduction":
        raise Refused("deduction_without_reason")
    if reason.is_computed:
        raise Refused("computed_reason", reason=code)
    if not reason.is_active:
        raise Refused("reason_inactive", reason=code)
    if reason.needs_text and not text.strip():
        raise Refused("reason_needs_text", reason=code)


def keep_line(
    session: Session,
    actor: Actor,
    claim: Claim,
    before: facts.Line,
    after: facts.Line,
    now: datetime,
    *,
    note: str,
) -> None:
    """Store what accepting a finding changed on a line; a re-code gets ``note`` if it has none.

    Refused: ``cite_wrong``.
    """
    row = line_row(session, claim, before.line_id)
    if after.assessed_code != before.assessed_code:
        row.assessor_note = row.assessor_note or note
    row.assessed_code = after.assessed_code
    row.recode_reason = after.recode_reason
    row.is_rejected, row.reject_reason = after.is_rejected, after.reject_reason
    for deduction in before.deductions:
        if deduction not in after.deductions:
            remove_deductions(session, claim, row.id, deduction.source)
    for deduction in after.deductions:
        if deduction not in before.deductions:
            claim_cites(session, claim, deduction.cites)
            insert_deduction(session, actor, claim, row.id, deduction, now)
    if after.cites != before.cites:
        cite_line(session, claim, row, after.cites)


def undo_finding(session: Session, claim: Claim, line: facts.Line, finding: Finding) -> None:
    row = line_row(session, claim, line.line_id)
    if finding.proposal.kind is ProposalKind.RECODE:
        row.assessed_code = row.recode_reason = None
    elif finding.proposal.kind is ProposalKind.REJECT:
        row.is_rejected, row.reject_reason = False, None
    else:
        remove_deductions(session, claim, row.id, finding.code)
    drop_idle_cites(row)


def cite_line(session: Session, claim: Claim, row: ClaimLine, cites: Sequence[facts.Cite]) -> None:
    """Keep the frames that the line's cut, re-code or rejection rests on: all that are named now.

    Refused: ``cite_wrong``.
    """
    row.cites = claim_cites(session, claim, cites)
    drop_idle_cites(row)


def add_line_cites(
    session: Session, claim: Claim, row: ClaimLine, cites: Sequence[facts.Cite]
) -> None:
    """Frames beside those that the line's cut, re-code or rejection rests on already.

    Refused: ``cite_wrong``, ``cite_nothing``.
    """
    cite_line(session, claim, row, (*cites_of(row.cites), *cites))
    if not row.cites:
        raise Refused("cite_nothing")


def drop_idle_cites(row: ClaimLine) -> None:
    """A line that is as it was requested rests on no frame."""
    if not (row.is_rejected or row.assessed_code or row.cut_reason):
        row.cites = []


def deduction_row(session: Session, claim: Claim, row: ClaimLine, index: int) -> LineDeduction:
    """A typed or accepted deduction by its place in the line. Refused: ``deduction_not_found``."""
    rows = session.scalars(
        select(LineDeduction)
        .where(
            LineDeduction.insurer_id == claim.insurer_id,
            LineDeduction.line_id == row.id,
            LineDeduction.source.not_in(COMPUTED_SOURCES),
        )
        .order_by(LineDeduction.id)
    ).all()
    if not 0 <= index < len(rows):
        raise Refused("deduction_not_found", line=row.number)
    return rows[index]


def insert_deduction(
    session: Session,
    actor: Actor,
    claim: Claim,
    line_id: int,
    deduction: facts.Deduction,
    now: datetime,
) -> None:
    session.add(
        LineDeduction(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            round=claim.round,
            line_id=line_id,
            reason=deduction.reason,
            amount_rial=deduction.amount_rial,
            source=deduction.source,
            text=deduction.text,
            cites=plain_cites(deduction.cites),
            at=now,
            actor_id=actor.user_id,
        )
    )


def remove_deductions(session: Session, claim: Claim, line_id: int, source: str) -> None:
    session.execute(
        delete(LineDeduction).where(
            LineDeduction.insurer_id == claim.insurer_id,
            LineDeduction.line_id == line_id,
            LineDeduction.source == source,
        )
    )


def keep_answer(
    session: Session,
    actor: Actor,
    claim: Claim,
    finding: Finding,
    state: FindingState,
    reason: str,
    now: datetime,
) -> None:
    answer = session.scalars(
        select(FindingAnswer).where(
            FindingAnswer.insurer_id == claim.insurer_id,
            FindingAnswer.claim_id == claim.id,
            FindingAnswer.round == claim.round,
            FindingAnswer.finding_key == finding.key,
        )
    ).first()
    if answer is None:
        answer = FindingAnswer(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            round=claim.round,
            finding_key=finding.key,
        )
        session.add(answer)
    answer.state, answer.reason, answer.actor_id, answer.at = state, reason, actor.user_id, now


def reopen_findings(session: Session, claim: Claim, number: int, code: str | None) -> None:
    """Forget the answers to a line's findings (to those of one code, if given)."""
    answers = session.scalars(
        select(FindingAnswer).where(
            FindingAnswer.insurer_id == claim.insurer_id,
            FindingAnswer.claim_id == claim.id,
            FindingAnswer.round == claim.round,
        )
    )
    for answer in answers:
        finding_code, _at, rest = answer.finding_key.partition("@")
        if rest.partition(":")[0] == str(number) and code in (None, finding_code):
            session.delete(answer)
