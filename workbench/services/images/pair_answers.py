"""What was answered about look-alike images of a case, taking it back, and what came too late.

Who answered takes his answer back while the case is his and undecided; the lead any answer, with a
reason. An ended case keeps its answers; a likeness that was found after its decision is no part of
it and waits for the lead.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.case_similar import load_similar
from workbench.db.models import Claim, SimilarPair, User
from workbench.errors import Refused
from workbench.rules.finding import Finding, Severity
from workbench.rules.findings.similar import (
    CODES,
    COINCIDENCE,
    alike,
    is_undecided,
    pair_of,
)
from workbench.rules.workflow import ENDED_STATES, ClaimState
from workbench.services.access import Actor, claim_for, has_conflict, may
from workbench.services.claims.assessing import Place
from workbench.services.claims.facts import assess
from workbench.services.claims.notes import add_note
from workbench.services.claims.taking import check_held, hold
from workbench.services.claims.transition import check_version
from workbench.services.claims.view import PairAnswer
from workbench.services.images.similar_pairs import (
    REASON_LETTERS_MIN,
    decide_pair,
    held_pair,
    take_back,
)
from workbench.services.texts import kept_text

LEAD_TAKES_BACK = "claim.take_back_answer"
ANSWERS_LATE = "claim.answer_late"
TAKEN_BACK_IN = (ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW, ClaimState.PARKED)


def answers_to_pairs(
    session: Session, actor: Actor, findings: Iterable[Finding], *, may_own: bool, may_any: bool
) -> dict[int, PairAnswer]:
    """Pair → its answer, of the pairs that the findings speak of and somebody answered.

    ``may_own``: his own answers are still the reader's to take back; ``may_any``: all of them.
    """
    pairs = sorted({pair_of(each) for each in findings if each.code in CODES})
    if not pairs:
        return {}
    rows = session.execute(
        select(SimilarPair, User.display_name)
        .join(User, User.id == SimilarPair.decided_by_id)
        .where(SimilarPair.id.in_(pairs), SimilarPair.decision.is_not(None))
    )
    found = {}
    for pair, name in rows:
        assert pair.decision is not None and pair.decided_at is not None
        is_own = may_own and pair.decided_by_id == actor.user_id
        found[pair.id] = PairAnswer(
            decision=pair.decision,
            by=name,
            at=pair.decided_at,
            reason=pair.reason,
            may_take_back=may_any or is_own,
            needs_reason=not is_own,
        )
    return found


def case_answers(
    session: Session, actor: Actor, claim: Claim, findings: Iterable[Finding]
) -> Mapping[int, PairAnswer]:
    """The answers about a case's pairs, as its reader may take them back."""
    is_lead = may(actor, LEAD_TAKES_BACK) and claim.state in TAKEN_BACK_IN
    may_own = _is_mine(actor, claim)
    return answers_to_pairs(session, actor, findings, may_own=may_own, may_any=is_lead)


def take_back_answer(
    session: Session, actor: Actor, place: Place, *, key: str, reason: str = "", now: datetime
) -> None:
    """Take the answer of a finding about two images back; it asks again.

    Whose answer it is not gives a reason as the lead; it stays with the case as a note. Refused:
    ``pair_case_ended``, ``pair_case_returned``, ``pair_not_answered``, ``pair_of_another``,
    ``taking_back_needs_reason``, ``finding_not_found`` and those of a write.
    """
    claim = claim_for(session, actor, "claim.assess", place.insurer_id, place.claim_id)
    check_version(claim, place.version)
    _check_undecided(actor, claim)
    finding = _finding(assess(session, claim).findings, key)
    pair = held_pair(session, pair_of(finding))
    name = check_answer(session, actor, pair, LEAD_TAKES_BACK, "pair_of_another")
    is_own, is_mine = pair.decided_by_id == actor.user_id, _is_mine(actor, claim)
    if is_own and not may(actor, LEAD_TAKES_BACK):
        check_held(session, actor, claim, now=now)
    elif not (is_own and is_mine):
        text = checked_reason(reason, name)
        add_note(session, actor, claim.insurer_id, claim.id, text=text, now=now)
    if is_mine:
        hold(session, actor, claim, now=now)
    claim.version += 1
    take_back(session, actor, pair, now=now)


def check_answer(
    session: Session, actor: Actor, pair: SimilarPair, right: str, refusal: str
) -> str:
    """The name of who answered a held pair, if the actor did or has the ``right`` over all."""
    if pair.decision is None:
        raise Refused("pair_not_answered")
    name = session.scalar(select(User.display_name).where(User.id == pair.decided_by_id)) or ""
    if pair.decided_by_id != actor.user_id and not may(actor, right):
        raise Refused(refusal, name=name)
    return name


def checked_reason(reason: str, name: str) -> str:
    """Why somebody else's answer is taken back; refused: ``taking_back_needs_reason``."""
    if len(reason.strip()) < REASON_LETTERS_MIN:
        raise Refused("taking_back_needs_reason", name=name)
    return kept_text(reason)


def seen_late(
    session: Session, actor: Actor, claim: Claim, kept: Iterable[Finding]
) -> tuple[Finding, ...]:
    """``late_findings`` of an ended case, for who may answer them; else nothing."""
    is_shown = claim.state in ENDED_STATES and may(actor, ANSWERS_LATE)
    return late_findings(session, claim, kept) if is_shown else ()


def late_findings(session: Session, claim: Claim, kept: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is known now of an ended case's images and was not when it was decided (``kept``)."""
    known = {each.key for each in kept}
    similar = load_similar(session.connection(), claim, claim.round)
    found = (
        alike(number, other, of_claim=claim.number)
        for number, others in similar.items()
        for other in others
        if other.decision != COINCIDENCE
    )
    is_asked = (each for each in found if each.severity is Severity.DECIDE)
    return tuple(each for each in is_asked if each.key not in known)


def answer_late_pair(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    key: str,
    decision: str,
    reason: str,
    now: datetime,
) -> None:
    """The lead says about an ended case's image, found alike after the decision, what it is.

    The decision of the case stands; to return it, it is reopened. Refused: ``pair_case_open``,
    ``finding_not_found``, ``conflict_of_interest`` and those of ``decide_pair``.
    """
    claim = claim_for(session, actor, ANSWERS_LATE, place.insurer_id, place.claim_id)
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    if claim.state not in ENDED_STATES:
        raise Refused("pair_case_open", number=claim.number)
    finding = _finding(late_findings(session, claim, ()), key)
    if not is_undecided(finding):
        raise Refused("pair_decided", decision=finding.facts["decision"])
    decide_pair(session, actor, pair_of(finding), decision, reason, now=now)


def _is_mine(actor: Actor, claim: Claim) -> bool:
    return claim.assignee_id == actor.user_id and claim.state == ClaimState.UNDER_REVIEW


def _check_undecided(actor: Actor, claim: Claim) -> None:
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    if claim.state in ENDED_STATES:
        raise Refused("pair_case_ended", number=claim.number)
    if claim.state == ClaimState.RETURNED:
        raise Refused("pair_case_returned", number=claim.number)
    if claim.state not in TAKEN_BACK_IN:
        raise Refused("wrong_state", state=claim.state, action="assess")


def _finding(findings: Iterable[Finding], key: str) -> Finding:
    found = next((each for each in findings if each.key == key and each.code in CODES), None)
    if found is None:
        raise Refused("finding_not_found")
    return found
