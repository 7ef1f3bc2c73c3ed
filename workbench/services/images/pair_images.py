"""The other image of a pair, for whoever may see one of the two and has to compare them.

Members of the commission see no image of a claim, assessors none of a plan; but whether two images
are the same picture is only seen with both. What a pair opens is that one image and nothing else
of the claim or plan that holds it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Claim, SimilarPair, TreatmentPlan
from workbench.db.queries import pair_images as queries
from workbench.errors import Refused
from workbench.rules.findings.similar import EARLIER, LATER
from workbench.services.access import Actor, has_conflict, may, may_see_insurer, require
from workbench.services.claims.transition import claim_stream
from workbench.services.commission.access import has_interest, plan_stream, record_plan
from workbench.services.commission.evidence import VIEWED as PLAN_VIEWED
from workbench.services.images.copies import noted_sha256
from workbench.services.images.evidence import VARIANTS, EvidenceReference, is_viewed, write_view

Holder = Claim | TreatmentPlan


def find_pair_image(
    session: Session, actor: Actor, pair_id: int, side: str, variant: str, *, now: datetime
) -> EvidenceReference:
    """One image of a pair as ``thumb`` or ``view``, if the actor may see the other one.

    Refused: ``not_permitted``, ``evidence_not_found`` (an image of another insurer looks like none,
    so does one whose counterpart the actor may not see).
    """
    sha256, holder = _shown(session, actor, pair_id, side)
    if variant not in VARIANTS:
        raise Refused("evidence_not_found")
    return EvidenceReference(
        sha256=sha256,
        variant=variant,
        noted_sha256=noted_sha256(session, sha256, VARIANTS[variant]),
        is_on_record=_is_on_record(session, actor, holder, now),
    )


def record_pair_view(
    session: Session, actor: Actor, pair_id: int, side: str, *, now: datetime
) -> None:
    """Write the look on the trail of what holds the image: once in half an hour."""
    _sha256, holder = _shown(session, actor, pair_id, side)
    if _is_on_record(session, actor, holder, now):
        return
    if isinstance(holder, Claim):
        write_view(session, actor, holder, now)
    else:
        record_plan(session, holder, "viewed", actor, now)


def _shown(session: Session, actor: Actor, pair_id: int, side: str) -> tuple[str, Holder]:
    """The image on this side and what holds it."""
    if not may(actor, "claim.images"):
        require(actor, "plan.read")
    pair = session.get(SimilarPair, pair_id)
    if pair is None or side not in (EARLIER, LATER):
        raise Refused("evidence_not_found")
    asked, other = pair.earlier_sha256, pair.later_sha256
    if side == LATER:
        asked, other = other, asked
    is_seen = any(_may_see(session, actor, each) for each in _holders(session, actor, other))
    holder = next(iter(_holders(session, actor, asked)), None)
    if not is_seen or holder is None:
        raise Refused("evidence_not_found")
    return asked, holder


def _holders(session: Session, actor: Actor, sha256: str) -> list[Holder]:
    """What holds an image at the actor's insurers, of another centre and treatment than his own."""
    found: list[Holder] = [
        *session.scalars(queries.claims_of_image(sha256)),
        *session.scalars(queries.plans_of_image(sha256)),
    ]
    return [
        each
        for each in found
        if may_see_insurer(actor, each.insurer_id) and not has_conflict(actor, each)
    ]


def _may_see(session: Session, actor: Actor, holder: Holder) -> bool:
    """Whether the images of a claim or plan are open to the actor by its own route."""
    if isinstance(holder, Claim):
        return may(actor, "claim.images")
    return may(actor, "plan.read") and not has_interest(session, actor, holder)


def _is_on_record(session: Session, actor: Actor, holder: Holder, now: datetime) -> bool:
    if isinstance(holder, Claim):
        return is_viewed(session, actor, claim_stream(holder), now=now)
    return is_viewed(session, actor, plan_stream(holder), PLAN_VIEWED, now=now)
