"""Images of a treatment plan that look like others, before the panel; decided once for all.

An answer can be taken back while the plan is undecided: by who gave it, and by the chair with a
reason. A coincidence is shown to nobody but who may take it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.case_similar import load_similar_of_plan
from workbench.db.models import TreatmentPlan
from workbench.errors import Refused
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, alike, is_undecided, pair_of
from workbench.rules.workflow import PlanState
from workbench.services.access import Actor, may
from workbench.services.claims.view import OtherImage, PairAnswer
from workbench.services.commission.access import PlanPlace, has_interest, plan_for, seen_plan
from workbench.services.commission.notes import add_plan_note
from workbench.services.images.other import others_of_plan
from workbench.services.images.pair_answers import answers_to_pairs, check_answer, checked_reason
from workbench.services.images.similar_pairs import decide_pair, held_pair, take_back

CHAIR_TAKES_BACK = "plan.take_back_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSimilar:
    """What is to be said of a plan's images, the images they look like, who may answer."""

    findings: tuple[Finding, ...] = ()
    others: tuple[OtherImage, ...] = ()
    may_decide: bool = False
    answers: Mapping[int, PairAnswer] = field(default_factory=dict)


def read_similar(session: Session, actor: Actor, place: PlanPlace) -> PlanSimilar:
    """The findings with the other images; nothing for a reader who has an interest in the plan."""
    plan = seen_plan(session, actor, place)
    known = _all_findings(session, plan)
    if not known or has_interest(session, actor, plan):
        return PlanSimilar()
    answers = _answers(session, actor, plan, known)
    found = tuple(each for each in known if _is_shown(each, answers))
    return PlanSimilar(
        findings=found,
        others=others_of_plan(session, actor, plan, found),
        may_decide=may(actor, "plan.vote"),
        answers=answers,
    )


def plan_findings(session: Session, actor: Actor, place: PlanPlace) -> tuple[Finding, ...]:
    """What is to be said of a plan's images and those they look like; no coincidence."""
    found = _all_findings(session, seen_plan(session, actor, place))
    return tuple(each for each in found if each.facts["decision"] != COINCIDENCE)


def _all_findings(session: Session, plan: TreatmentPlan) -> tuple[Finding, ...]:
    similar = load_similar_of_plan(session.connection(), plan)
    return tuple(alike(number, other) for number, others in similar.items() for other in others)


def _answers(
    session: Session, actor: Actor, plan: TreatmentPlan, findings: tuple[Finding, ...]
) -> Mapping[int, PairAnswer]:
    is_open = plan.state == PlanState.SUBMITTED
    return answers_to_pairs(
        session,
        actor,
        findings,
        may_own=is_open and may(actor, "plan.vote"),
        may_any=is_open and may(actor, CHAIR_TAKES_BACK),
    )


def _is_shown(finding: Finding, answers: Mapping[int, PairAnswer]) -> bool:
    """A coincidence is nothing to say, save to who may take that back."""
    if finding.facts["decision"] != COINCIDENCE:
        return True
    answer = answers.get(pair_of(finding))
    return answer is not None and answer.may_take_back


def decide_plan_pair(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    *,
    key: str,
    decision: str,
    reason: str,
    now: datetime,
) -> None:
    """A reviewer or the chair says whether two images are the same picture.

    Refused: ``finding_not_found``, ``pair_decided``, ``coincidence_needs_reason`` and those of
    ``plan_for``.
    """
    plan_for(session, actor, "plan.vote", place)
    findings = plan_findings(session, actor, place)
    found = next((each for each in findings if each.key == key), None)
    if found is None:
        raise Refused("finding_not_found")
    if not is_undecided(found):
        raise Refused("pair_decided", decision=found.facts["decision"])
    decide_pair(session, actor, pair_of(found), decision, reason, now=now)


def take_back_plan_answer(
    session: Session, actor: Actor, place: PlanPlace, *, key: str, reason: str = "", now: datetime
) -> None:
    """Take the answer of a finding about two images of an undecided plan back; it asks again.

    Whose answer it is not gives a reason as the chair; it stays with the plan as a note. Refused:
    ``pair_plan_decided``, ``pair_plan_returned``, ``pair_not_answered``,
    ``pair_of_another_member``, ``taking_back_needs_reason``, ``finding_not_found`` and those of
    ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.vote", place)
    if plan.state != PlanState.SUBMITTED:
        is_decided = plan.state == PlanState.DECIDED
        code = "pair_plan_decided" if is_decided else "pair_plan_returned"
        raise Refused(code, number=plan.number)
    found = next((each for each in _all_findings(session, plan) if each.key == key), None)
    if found is None:
        raise Refused("finding_not_found")
    pair = held_pair(session, pair_of(found))
    name = check_answer(session, actor, pair, CHAIR_TAKES_BACK, "pair_of_another_member")
    if pair.decided_by_id != actor.user_id:
        add_plan_note(session, actor, place, text=checked_reason(reason, name), now=now)
    take_back(session, actor, pair, now=now)
