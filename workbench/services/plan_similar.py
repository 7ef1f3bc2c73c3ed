"""Images of a treatment plan that look like others, before the panel; decided once for all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.case_similar import load_similar_of_plan
from workbench.errors import Refused
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, alike, is_undecided, pair_of
from workbench.services.access import Actor, may
from workbench.services.case_view import OtherImage
from workbench.services.other_images import others_of_plan
from workbench.services.plan_access import PlanPlace, has_interest, plan_for, seen_plan
from workbench.services.similar_pairs import decide_pair


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSimilar:
    """What is to be said of a plan's images, the images they look like, who may answer."""

    findings: tuple[Finding, ...] = ()
    others: tuple[OtherImage, ...] = ()
    may_decide: bool = False


def read_similar(session: Session, actor: Actor, place: PlanPlace) -> PlanSimilar:
    """The findings with the other images; nothing for a reader who has an interest in the plan."""
    plan = seen_plan(session, actor, place)
    found = plan_findings(session, actor, place)
    if not found or has_interest(session, actor, plan):
        return PlanSimilar()
    return PlanSimilar(
        findings=found,
        others=others_of_plan(session, actor, plan, found),
        may_decide=may(actor, "plan.vote"),
    )


def plan_findings(session: Session, actor: Actor, place: PlanPlace) -> tuple[Finding, ...]:
    """What is to be said of a plan's images and those they look like; no coincidence."""
    similar = load_similar_of_plan(session.connection(), seen_plan(session, actor, place))
    return tuple(
        alike(number, other)
        for number, others in similar.items()
        for other in others
        if other.decision != COINCIDENCE
    )


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

    Refused: ``finding_not_found``, ``pair_decided``, ``override_needs_reason`` and those of
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
