"""Images of other cases and plans that findings name, for whoever may see them beside his own."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import Claim, TreatmentPlan
from workbench.db.queries import other_images as queries
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import other_side, pair_of
from workbench.services.access import Actor, has_conflict, may
from workbench.services.claims.view import OtherImage

FIRST_NUMBER = 1_000
"""Images of other cases are numbered from here on: no image of the case has such a number."""
IMAGES_MAX = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Images of a claim, or of a plan, that a finding names."""

    number: str
    images: tuple[int, ...]
    finding: Finding
    is_plan: bool = False
    is_pair: bool = False


def others_of(
    session: Session, actor: Actor, claim: Claim, findings: Iterable[Finding]
) -> tuple[OtherImage, ...]:
    """The images that a claim's findings name in other cases and plans of the same insurer.

    Numbered from 1,000. One that the actor may not see (his own centre's or treatment's) is left
    out. An image of a plan is reached by its pair.
    """
    return _others(session, actor, claim, findings) if may(actor, "claim.images") else ()


def others_of_plan(
    session: Session, actor: Actor, plan: TreatmentPlan, findings: Iterable[Finding]
) -> tuple[OtherImage, ...]:
    """The same for a plan's findings; all of them are reached by their pairs."""
    return _others(session, actor, plan, findings)


def _others(
    session: Session, actor: Actor, own: Claim | TreatmentPlan, findings: Iterable[Finding]
) -> tuple[OtherImage, ...]:
    wanted = [
        each for finding in findings for each in _wanted(finding) if each.number != own.number
    ]
    held = _held(session, actor, own.insurer_id, wanted)
    found = [
        (each, holder, row)
        for each in wanted
        for holder, row in held
        if holder.number == each.number
        and isinstance(holder, TreatmentPlan) == each.is_plan
        and row[1].number in each.images
    ]
    is_by_pair = isinstance(own, TreatmentPlan)
    return tuple(
        _other(FIRST_NUMBER + place, *one, is_by_pair=is_by_pair)
        for place, one in enumerate(found[:IMAGES_MAX])
    )


def _held(
    session: Session, actor: Actor, insurer_id: int, wanted: Iterable[_Wanted]
) -> list[tuple[Claim | TreatmentPlan, Any]]:
    """The images of every claim and plan that is named: its holder first, then its row."""
    claims = sorted({each.number for each in wanted if not each.is_plan})
    plans = sorted({each.number for each in wanted if each.is_plan})
    rows: list[Any] = []
    if claims:
        rows += session.execute(queries.images_of_numbers(insurer_id, claims)).all()
    if plans:
        rows += session.execute(queries.images_of_plans(insurer_id, plans)).all()
    return [(row[0], row) for row in rows if not has_conflict(actor, row[0])]


def _other(
    number: int, wanted: _Wanted, holder: Claim | TreatmentPlan, row: Any, *, is_by_pair: bool
) -> OtherImage:
    image = row[1]
    in_pair = wanted.is_pair and (is_by_pair or wanted.is_plan)
    return OtherImage(
        number=number,
        insurer_id=holder.insurer_id,
        claim_id=None if wanted.is_plan else holder.id,
        claim_number=None if wanted.is_plan else holder.number,
        plan_number=holder.number if wanted.is_plan else None,
        pair=pair_of(wanted.finding) if in_pair else None,
        side=other_side(wanted.finding) if in_pair else None,
        image=image.number,
        kind=image.kind,
        phase=image.phase,
        teeth=tuple(image.teeth),
        taken_on=image.taken_on,
        width=row.width,
        height=row.height,
        finding=wanted.finding.key,
    )


def _wanted(finding: Finding) -> Iterable[_Wanted]:
    """What a finding names: images of an earlier treatment, or the one that is like its own."""
    facts = finding.facts
    number, images = facts.get("earlier_claim"), facts.get("earlier_images")
    if isinstance(number, str) and isinstance(images, tuple) and images:
        yield _Wanted(number=number, images=images, finding=finding)
    image = facts.get("other_image")
    if not isinstance(image, int):
        return
    for name in ("other_claim", "other_plan"):
        if isinstance(number := facts.get(name), str):
            yield _Wanted(
                number=number,
                images=(image,),
                finding=finding,
                is_plan=name == "other_plan",
                is_pair=True,
            )
