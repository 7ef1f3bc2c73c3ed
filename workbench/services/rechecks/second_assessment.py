"""Assessing a decided case a second time: from its frozen round, without the first decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimRound, Recheck
from workbench.db.queries import case as case_queries
from workbench.errors import Refused
from workbench.persian.jalali import age_years_months
from workbench.rules.agreement import Pair, verdict_of
from workbench.rules.document import (
    document_hash,
    freeze,
    thaw,
    thaw_findings,
    thaw_money,
    thaw_parameters,
)
from workbench.rules.facts import Case, Deduction, FindingState
from workbench.rules.finding import Finding
from workbench.rules.lines import case_money, check_deduction
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import Parameters
from workbench.rules.plain import from_plain, to_plain
from workbench.rules.rulebook import find_all, open_findings, states_of
from workbench.rules.second_assessment import (
    Choice,
    Work,
    assessed,
    blank,
    check_line,
    may_deduct,
    with_answer,
    with_line,
)
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.claims.facts import check_decided
from workbench.services.claims.reading import images_of, reasons_of
from workbench.services.claims.view import Image, ReasonChoice
from workbench.services.rechecks.rechecks import RecheckPlace, held_recheck, record
from workbench.services.texts import kept_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """A case as it is assessed the second time: facts, what follows from them, and the money."""

    case: Case
    findings: tuple[Finding, ...]
    states: Mapping[str, FindingState]
    open_findings: tuple[Finding, ...]
    money: CaseMoney
    parameters: Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondView:
    """The page of a second assessment. Nothing in it comes from the first decision."""

    place: RecheckPlace
    claim_id: int
    insurer: str
    centre: str
    dentist: str
    relation: str
    age_years: int
    decided_on: date
    explanation: str
    second: Second
    work: Work
    images: tuple[Image, ...]
    reasons: tuple[ReasonChoice, ...]


def second_of(document: Mapping[str, Any], work: Work) -> Second:
    """What the work makes of a frozen round; refused as ``rules.second_assessment.assessed``."""
    parameters = thaw_parameters(document)
    case = assessed(blank(thaw(document)), work, parameters)
    findings = find_all(case, parameters)
    return Second(
        case=case,
        findings=findings,
        states=states_of(case, findings),
        open_findings=open_findings(case, findings),
        money=case_money(case),
        parameters=parameters,
    )


def read_second(session: Session, actor: Actor, place: RecheckPlace) -> SecondView:
    """The case that he assesses a second time.

    Refused: ``recheck_not_found``, ``recheck_not_yours``, ``recheck_not_open``.
    """
    require(actor, "recheck.assess")
    row = None
    if may_see_insurer(actor, place.insurer_id):
        row = session.get(Recheck, (place.insurer_id, place.recheck_id))
    if row is None:
        raise Refused("recheck_not_found")
    _check_his(actor, row)
    claim = session.get_one(Claim, (row.insurer_id, row.claim_id))
    first = _round(session, row)
    head = session.execute(case_queries.header(claim)).one()
    work = work_of(row)
    second = second_of(_document(first), work)
    years, _months = age_years_months(second.case.birth_on, second.case.case_on)
    return SecondView(
        place=place,
        claim_id=claim.id,
        insurer=head.insurer,
        centre=head.centre,
        dentist=head.Dentist.name,
        relation=head.relation,
        age_years=years,
        decided_on=second.case.case_on,
        explanation=first.explanation,
        second=second,
        work=work,
        images=_images(session, claim, second.case),
        reasons=reasons_of(session, "deduction"),
    )


def answer_second(
    session: Session, actor: Actor, place: RecheckPlace, *, key: str, choice: Choice | None
) -> None:
    """Say what becomes of a finding, or take that back (None).

    Refused: ``finding_not_found``, ``recheck_no_deduction``, and as ``case_money``.
    """

    def change(work: Work, before: Second) -> Work:
        finding = next((each for each in before.findings if each.key == key), None)
        if finding is None and choice is not None:
            raise Refused("finding_not_found")
        if choice is Choice.DEDUCT and not (finding is not None and may_deduct(finding)):
            raise Refused("recheck_no_deduction")
        return with_answer(work, key, choice)

    _change(session, actor, place, change)


def reject_second_line(
    session: Session, actor: Actor, place: RecheckPlace, *, number: int, reason: str | None
) -> None:
    """Reject a line for a reason, or take the rejection back (None)."""

    def change(work: Work, before: Second) -> Work:
        _check_reason(session, reason)
        check_line(before.case, number)
        return with_line(work, replace(work.line_of(number), reject_reason=reason))

    _change(session, actor, place, change)


def deduct_second_line(
    session: Session,
    actor: Actor,
    place: RecheckPlace,
    *,
    number: int,
    reason: str,
    amount_rial: int,
    text: str = "",
) -> None:
    """Deduct an amount from a line for a reason; the same reason again replaces its amount,
    nothing takes it away.

    Refused: ``deduction_above_rest`` and as ``rules.lines.check_deduction``.
    """

    def change(work: Work, before: Second) -> Work:
        check_line(before.case, number)
        added = Deduction(reason=reason, amount_rial=amount_rial, text=kept_text(text))
        if amount_rial:
            check_deduction(added, number)
        _check_reason(session, reason)
        own = work.line_of(number)
        rest = tuple(each for each in own.deductions if each.reason != reason)
        return with_line(work, replace(own, deductions=(*rest, added) if amount_rial else rest))

    _change(session, actor, place, change)


def keep_second_note(session: Session, actor: Actor, place: RecheckPlace, *, text: str) -> None:
    """Keep what he wants to say to the lead about the case."""
    _change(session, actor, place, lambda work, _before: replace(work, note=kept_text(text)))


def hand_in_second(session: Session, actor: Actor, place: RecheckPlace, *, now: datetime) -> str:
    """Hand the second assessment in: it is frozen, compared, and the first decision opens.

    Returns the number of the case. Refused: ``undecided_lines``, ``undecided_case``,
    ``recheck_not_yours``, ``recheck_not_open``.
    """
    row, claim = held_recheck(session, actor, place)
    _check_his(actor, row)
    document = _document(_round(session, row))
    second = second_of(document, work_of(row))
    check_decided(second.open_findings)
    row.document = freeze(second.case, second.findings, second.money, second.parameters)
    row.document_hash = document_hash(row.document)
    pair = pair_of(document, row.document)
    row.compared = to_plain(pair)
    row.second_at, row.second_payable_rial = now, second.money.payable_rial
    row.state = "agreed" if pair.is_equal else "differs"
    row.version += 1
    record(session, actor, claim, "recheck.hand_in", row, now)
    return claim.number


def pair_of(first: Mapping[str, Any], second: Mapping[str, Any]) -> Pair:
    """Both verdicts of two frozen documents of the same round."""
    return Pair(
        first=verdict_of(thaw(first), thaw_findings(first), thaw_money(first)),
        second=verdict_of(thaw(second), thaw_findings(second), thaw_money(second)),
    )


def work_of(row: Recheck) -> Work:
    """What he has said so far."""
    return from_plain(Work, row.work) if row.work else Work()


def _change(
    session: Session,
    actor: Actor,
    place: RecheckPlace,
    change: Callable[[Work, Second], Work],
) -> None:
    """Change the work; what its money refuses is not kept."""
    row, _claim = held_recheck(session, actor, place)
    _check_his(actor, row)
    document = _document(_round(session, row))
    work = change(work_of(row), second_of(document, work_of(row)))
    second_of(document, work)
    row.work = to_plain(work)


def _check_his(actor: Actor, row: Recheck) -> None:
    if row.second_by_id != actor.user_id:
        raise Refused("recheck_not_yours")
    if row.state != "assessing":
        raise Refused("recheck_not_open")


def _check_reason(session: Session, reason: str | None) -> None:
    known = {each.code for each in reasons_of(session, "deduction")}
    if reason is not None and reason not in known:
        raise Refused("recheck_reason_unknown", reason=reason)


def _round(session: Session, row: Recheck) -> ClaimRound:
    statement = select(ClaimRound).where(
        ClaimRound.insurer_id == row.insurer_id,
        ClaimRound.claim_id == row.claim_id,
        ClaimRound.number == row.round,
    )
    return session.scalars(statement).one()


def _document(first: ClaimRound) -> Mapping[str, Any]:
    assert first.document is not None, f"round {first.number} was decided without its document"
    return first.document


def _images(session: Session, claim: Claim, case: Case) -> tuple[Image, ...]:
    """Those that were there when the round was decided."""
    known = {each.number for each in case.evidence}
    return tuple(image for image in images_of(session, claim) if image.number in known)
