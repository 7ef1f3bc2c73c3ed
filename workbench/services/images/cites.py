"""Frames in images that a decision rests on: judged when they come in, kept as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, Claim, PlanImage, TreatmentPlan
from workbench.errors import Refused
from workbench.rules.facts import Cite
from workbench.rules.frames import CITES_MAX, is_frame

PlainCites = list[dict[str, int]]


def cites_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Cite, ...]:
    """The frames of a stored column."""
    return tuple(Cite(**row) for row in rows)


def plain_cites(cites: Iterable[Cite]) -> PlainCites:
    """The frames as a column stores them."""
    return [asdict(cite) for cite in cites]


def cited(cites: Sequence[Cite]) -> dict[str, Any]:
    """The frames as facts of an event, none where there are none."""
    if not cites:
        return {}
    return {"images": sorted({cite.image for cite in cites}), "cites": plain_cites(cites)}


def claim_cites(session: Session, claim: Claim, cites: Sequence[Cite]) -> PlainCites:
    """The frames of a decision on a claim, as stored. Refused: ``cite_wrong``."""
    if not cites:
        return []
    numbers = select(Attachment.number).where(
        Attachment.insurer_id == claim.insurer_id, Attachment.claim_id == claim.id
    )
    return _checked(cites, set(session.scalars(numbers)))


def plan_cites(session: Session, plan: TreatmentPlan, cites: Sequence[Cite]) -> PlainCites:
    """The frames of a word about a plan, as stored. Refused: ``cite_wrong``."""
    if not cites:
        return []
    numbers = select(PlanImage.number).where(
        PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id
    )
    return _checked(cites, set(session.scalars(numbers)))


def _checked(cites: Sequence[Cite], numbers: set[int]) -> PlainCites:
    kept = list(dict.fromkeys(cites))
    if len(kept) > CITES_MAX:
        raise Refused("cite_wrong", n=CITES_MAX)
    for cite in kept:
        if cite.image not in numbers or not is_frame(cite):
            raise Refused("cite_wrong", n=CITES_MAX)
    return plain_cites(kept)
