"""What is known of images that look like those of a claim or a plan: one statement for most."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    String,
    Table,
    bindparam,
    literal,
    select,
    union_all,
)
from sqlalchemy.engine import Connection

from workbench.db.models import (
    Attachment,
    Claim,
    EvidenceImage,
    PlanImage,
    SimilarPair,
    TreatmentPlan,
)
from workbench.persian.jalali import day_of
from workbench.rules.facts import SimilarImage

_ATTACHMENT = cast(Table, Attachment.__table__)
_CLAIM = cast(Table, Claim.__table__)
_IMAGE = cast(Table, EvidenceImage.__table__)
_PAIR = cast(Table, SimilarPair.__table__)
_PLAN = cast(Table, TreatmentPlan.__table__)
_PLAN_IMAGE = cast(Table, PlanImage.__table__)

_INSURER: BindParameter[int] = bindparam("insurer_id", type_=BigInteger())
_ROUND: BindParameter[int] = bindparam("round", type_=BigInteger())
_HOLDER: BindParameter[int] = bindparam("holder_id", type_=BigInteger())
_HASHES: BindParameter[str] = bindparam("hashes", type_=String(), expanding=True)


def _pairs(holder: Table, key: str, mine: Any, other: Any, is_later: bool) -> Any:
    return (
        select(
            holder.c.number,
            _PAIR.c.id,
            _PAIR.c.distance,
            _PAIR.c.change,
            _PAIR.c.decision,
            literal(is_later).label("is_later"),
            other.label("sha256"),
            _IMAGE.c.person_id,
            _IMAGE.c.stored_at,
        )
        .select_from(holder)
        .join(_PAIR, mine == holder.c.sha256)
        .join(_IMAGE, _IMAGE.c.sha256 == other)
        .where(
            holder.c.insurer_id == _INSURER,
            holder.c[key] == _HOLDER,
            holder.c.round_added <= _ROUND,
        )
    )


def _pairs_of(holder: Table, key: str) -> Any:
    """The pairs of the images of a claim or plan, from both sides."""
    return union_all(
        _pairs(holder, key, _PAIR.c.later_sha256, _PAIR.c.earlier_sha256, True),
        _pairs(holder, key, _PAIR.c.earlier_sha256, _PAIR.c.later_sha256, False),
    )


PAIRS_OF_CLAIM = _pairs_of(_ATTACHMENT, "claim_id")
PAIRS_OF_PLAN = _pairs_of(_PLAN_IMAGE, "plan_id")

IN_CLAIMS = (
    select(
        _ATTACHMENT.c.sha256,
        _ATTACHMENT.c.insurer_id,
        _ATTACHMENT.c.number.label("image"),
        _CLAIM.c.number,
    )
    .join(
        _CLAIM,
        (_CLAIM.c.insurer_id == _ATTACHMENT.c.insurer_id) & (_CLAIM.c.id == _ATTACHMENT.c.claim_id),
    )
    .where(_ATTACHMENT.c.sha256.in_(_HASHES))
    .order_by(_CLAIM.c.registered_at.desc(), _ATTACHMENT.c.number.desc())
)
"""The claims that hold one of the images, the newest first."""

IN_PLANS = (
    select(
        _PLAN_IMAGE.c.sha256,
        _PLAN_IMAGE.c.insurer_id,
        _PLAN_IMAGE.c.number.label("image"),
        _PLAN.c.number,
    )
    .join(
        _PLAN,
        (_PLAN.c.insurer_id == _PLAN_IMAGE.c.insurer_id) & (_PLAN.c.id == _PLAN_IMAGE.c.plan_id),
    )
    .where(_PLAN_IMAGE.c.sha256.in_(_HASHES))
    .order_by(_PLAN.c.submitted_at.desc(), _PLAN_IMAGE.c.number.desc())
)
"""The plans that hold one of the images, the newest first."""


Similar = dict[int, tuple[SimilarImage, ...]]
"""By the number of the image in its claim or plan."""


def load_similar(connection: Connection, claim: Claim, number: int) -> Similar:
    """The images that look like those of a claim's round."""
    return _load(connection, PAIRS_OF_CLAIM, claim, number)


def load_similar_of_plan(connection: Connection, plan: TreatmentPlan) -> Similar:
    """The images that look like those of a plan."""
    return _load(connection, PAIRS_OF_PLAN, plan, plan.round)


def _load(
    connection: Connection, pairs: Any, holder: Claim | TreatmentPlan, number: int
) -> Similar:
    place = {"insurer_id": holder.insurer_id, "holder_id": holder.id, "round": number}
    rows = connection.execute(pairs, place).all()
    if not rows:
        return {}
    hashes = sorted({row.sha256 for row in rows})
    in_claims = _places(connection.execute(IN_CLAIMS, {"hashes": hashes}).all(), holder)
    in_plans = _places(connection.execute(IN_PLANS, {"hashes": hashes}).all(), holder)
    found: Similar = {}
    for row in sorted(rows, key=lambda row: (row.number, row.id)):
        similar = _similar(row, holder, in_claims.get(row.sha256), in_plans.get(row.sha256))
        found[row.number] = (*found.get(row.number, ()), similar)
    return found


def _places(rows: Sequence[Any], holder: Claim | TreatmentPlan) -> Mapping[str, Any]:
    """Where each image came first, at the holder's own insurer only."""
    return {row.sha256: row for row in rows if row.insurer_id == holder.insurer_id}


def _similar(row: Any, holder: Claim | TreatmentPlan, in_claim: Any, in_plan: Any) -> SimilarImage:
    place = in_claim or in_plan
    return SimilarImage(
        pair=row.id,
        distance=row.distance,
        changes=tuple(row.change.get("codes", ())),
        is_later=row.is_later,
        is_same_patient=row.person_id == holder.person_id,
        sent_on=day_of(row.stored_at),
        decision=row.decision,
        claim_number=in_claim.number if in_claim else None,
        plan_number=in_plan.number if in_plan and not in_claim else None,
        image=place.image if place else None,
    )
