"""Images that a patient has in other claims and plans, for whoever may see them there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, literal, select
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, Claim, EvidenceImage, PlanImage, TreatmentPlan
from workbench.errors import Refused
from workbench.evidence.jpeg import Accepted
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind, Phase
from workbench.services.access import Actor, claim_for, may, require, within_insurers
from workbench.services.claims.assessing import Place
from workbench.services.claims.content import ImageRequest
from workbench.services.commission.access import PlanPlace, seen_plan
from workbench.services.commission.images_by_case import seen_by_case
from workbench.services.images.attach_rights import AnyPlace

EARLIER_MAX = 48
ROWS_MAX = 400
SEES = {"case": "claim.images", "plan": "plan.read"}
OWNERS: dict[str, tuple[Any, Any]] = {
    "case": (Claim, Attachment),
    "plan": (TreatmentPlan, PlanImage),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An image ``number`` of another ``case`` or ``plan``; kind to day: what it is to show here.

    ``came_on`` is the day its bytes came first; None in what is to be attached. ``by_claim``: the
    case of the same insurer by which alone an image of a plan is open to the reader.
    """

    what: str
    insurer_id: int
    place_id: int
    number: int
    kind: EvidenceKind
    phase: Phase = Phase.NONE
    teeth: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    taken_on: date | None = None
    place_number: str = ""
    came_on: date | None = None
    by_claim: int | None = None


def earlier_images(
    session: Session, actor: Actor, place: AnyPlace, *, now: datetime
) -> tuple[Earlier, ...]:
    """The patient's images elsewhere that the actor may see, newest first, at most 48.

    He may see them there; an assessor sees those of plans as ``plan_images_by_case`` opens them.
    What stands in this place already is left out, and one image is named once. Refused:
    ``not_permitted``, ``claim_not_found``, ``plan_not_found``.
    """
    here = _here(session, actor, place)
    known = set(session.scalars(_contents(place)))
    found: list[Row[Any]] = []
    for row in sorted(_rows(session, actor, place, here.person_id, now), key=_newest_first):
        if row.sha256 not in known and len(found) < EARLIER_MAX:
            known.add(row.sha256)
            found.append(row)
    by_claim = _by_claim(actor, place)
    return tuple(_earlier(row, by_claim if row.what == "plan" else None) for row in found)


def may_pick(actor: Actor, place: AnyPlace) -> bool:
    """Whether the actor is shown earlier images at all: reception adds files, but sees none."""
    return may(actor, SEES["plan" if isinstance(place, PlanPlace) else "case"])


def _here(session: Session, actor: Actor, place: AnyPlace) -> Claim | TreatmentPlan:
    if isinstance(place, PlanPlace):
        require(actor, "plan.attach")
        return seen_plan(session, actor, place)
    require(actor, "claim.attach")
    return claim_for(session, actor, "claim.images", place.insurer_id, place.claim_id)


def _contents(place: AnyPlace) -> Select[str]:
    """The contents that stand in the place already."""
    if isinstance(place, PlanPlace):
        return select(PlanImage.sha256).where(
            PlanImage.insurer_id == place.insurer_id, PlanImage.plan_id == place.plan_id
        )
    return select(Attachment.sha256).where(
        Attachment.insurer_id == place.insurer_id, Attachment.claim_id == place.claim_id
    )


def _newest_first(row: Row[Any]) -> tuple[float, str, int]:
    return (-row.stored_at.timestamp(), row.place_number, row.number)


def _rows(
    session: Session, actor: Actor, place: AnyPlace, person_id: int, now: datetime
) -> Iterator[Row[Any]]:
    for what in _statements():
        owner = OWNERS[what][0]
        statement = _seen(session, actor, place, what, now)
        if statement is not None:
            newest = statement.where(owner.person_id == person_id).order_by(
                EvidenceImage.stored_at.desc()
            )
            yield from session.execute(newest.limit(ROWS_MAX))


def _seen(
    session: Session, actor: Actor, place: AnyPlace, what: str, now: datetime
) -> Select[*tuple[Any, ...]] | None:
    """The images of cases, or of plans, that the actor may see; None: there are none."""
    statement = _statements()[what]
    if may(actor, SEES[what]):
        return within_insurers(statement, actor, OWNERS[what][0].insurer_id)
    if what == "plan" and isinstance(place, Place):
        return seen_by_case(session, actor, place, statement, now=now)
    return None


def _by_claim(actor: Actor, place: AnyPlace) -> int | None:
    is_by_case = isinstance(place, Place) and not may(actor, SEES["plan"])
    return place.claim_id if isinstance(place, Place) and is_by_case else None


def _statements() -> dict[str, Select[*tuple[Any, ...]]]:
    """Images with the case or plan they stand in, by ``what`` they are of."""
    return {
        "case": _joined("case", Claim, Attachment, Attachment.claim_id),
        "plan": _joined("plan", TreatmentPlan, PlanImage, PlanImage.plan_id),
    }


def _joined(what: str, owner: Any, image: Any, owner_id: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(what).label("what"),
            owner.insurer_id,
            owner.id.label("place_id"),
            owner.number.label("place_number"),
            image.number,
            image.kind,
            image.phase,
            image.teeth,
            image.taken_on,
            image.file_name,
            image.sha256,
            EvidenceImage.stored_at,
            EvidenceImage.size_bytes,
            EvidenceImage.width,
            EvidenceImage.height,
            EvidenceImage.captured_at,
            EvidenceImage.device,
        )
        .join(image, (image.insurer_id == owner.insurer_id) & (owner_id == owner.id))
        .join(EvidenceImage, EvidenceImage.sha256 == image.sha256)
    )


def found_images(
    session: Session, actor: Actor, place: AnyPlace, wanted: Sequence[Earlier], *, now: datetime
) -> tuple[list[ImageRequest], list[str]]:
    """Earlier images as they are to be attached at ``place``, and where each was taken from.

    Refused: ``earlier_image_unknown`` for one that is not there or that the actor may not see.
    Whose it is, ``keep_images`` checks.
    """
    rows = [(each, _row(session, actor, place, each, now)) for each in wanted]
    requests = [_request(each, row) for each, row in rows]
    return requests, [f"{row.place_number}/{row.number}" for _each, row in rows]


def _row(
    session: Session, actor: Actor, place: AnyPlace, wanted: Earlier, now: datetime
) -> Row[Any]:
    row: Row[Any] | None = None
    if wanted.what in OWNERS:
        owner, image = OWNERS[wanted.what]
        statement = _seen(session, actor, place, wanted.what, now)
        if statement is not None:
            row = session.execute(
                statement.where(
                    owner.insurer_id == wanted.insurer_id,
                    owner.id == wanted.place_id,
                    image.number == wanted.number,
                )
            ).first()
    if row is None:
        raise Refused("earlier_image_unknown")
    return row


def _request(wanted: Earlier, row: Row[Any]) -> ImageRequest:
    return ImageRequest(
        accepted=Accepted(
            sha256=row.sha256,
            bytes=row.size_bytes,
            width=row.width,
            height=row.height,
            captured_at=datetime.fromisoformat(row.captured_at) if row.captured_at else None,
            device=row.device,
        ),
        file_name=row.file_name,
        kind=wanted.kind,
        phase=wanted.phase,
        teeth=wanted.teeth,
        lines=wanted.lines,
        taken_on=wanted.taken_on,
        is_earlier=True,
    )


def _earlier(row: Row[Any], by_claim: int | None) -> Earlier:
    return Earlier(
        what=row.what,
        insurer_id=row.insurer_id,
        place_id=row.place_id,
        number=row.number,
        kind=EvidenceKind(row.kind),
        phase=Phase(row.phase),
        teeth=tuple(row.teeth),
        taken_on=row.taken_on,
        place_number=row.place_number,
        came_on=day_of(row.stored_at),
        by_claim=by_claim,
    )
