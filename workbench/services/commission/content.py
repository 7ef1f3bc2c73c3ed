"""What a plan consists of: its units, checked against the catalogue, and its images."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Contract,
    PlanImage,
    PlanUnit,
    Referral,
    Service,
    TreatmentPlan,
    new_id,
)
from workbench.db.queries.catalogue import services_by_code
from workbench.errors import Refused
from workbench.rules.teeth import ALL_TEETH, Jaw
from workbench.rules.workflow import PlanState
from workbench.services.access import Actor
from workbench.services.claims.content import (
    IMAGES_MAX,
    LINES_MAX,
    QUANTITY_MAX,
    ImageRequest,
    keep_images,
)

Place = tuple[str, int | None, str | None, int]
"""Code, tooth, jaw and number of a planned service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRequest:
    """One planned service; ``tooth`` is FDI, ``jaw`` upper or lower, the amount in rials."""

    number: int
    code: str
    amount_rial: int
    tooth: int | None = None
    jaw: str | None = None
    quantity: int = 1


def check_units(
    session: Session, contract: Contract, units: Sequence[UnitRequest]
) -> dict[str, Service]:
    """The services of the units by code.

    Refused: ``plan_without_units``, ``too_many_units``, ``line_twice``, ``unknown_service``,
    ``unit_wrong``, ``unit_twice``.
    """
    if not units:
        raise Refused("plan_without_units")
    if len(units) > LINES_MAX:
        raise Refused("too_many_units", limit=LINES_MAX)
    if len({unit.number for unit in units}) < len(units):
        raise Refused("line_twice")
    services = services_by_code(session, contract.tariff_set_id, {unit.code for unit in units})
    places = set()
    for unit in units:
        if unit.code not in services:
            raise Refused("unknown_service", line=unit.number, service_code=unit.code)
        _check_unit(unit, services[unit.code])
        place = (unit.code, unit.tooth, unit.jaw)
        if place in places:
            raise Refused("unit_twice", line=unit.number)
        places.add(place)
    return services


def _check_unit(unit: UnitRequest, service: Service) -> None:
    """A service of a tooth names one, a service of a jaw its jaw."""
    checks = {
        "number": unit.number >= 1,
        "quantity": 1 <= unit.quantity <= QUANTITY_MAX,
        "amount_rial": unit.amount_rial > 0,
        "tooth": unit.tooth in ALL_TEETH if service.scope == "tooth" else unit.tooth is None,
        "jaw": unit.jaw in set(Jaw) if service.scope == "jaw" else unit.jaw is None,
    }
    for field, is_right in checks.items():
        if not is_right:
            raise Refused("unit_wrong", line=unit.number, field=field)


def refuse_repeat(session: Session, referral: Referral, units: Sequence[UnitRequest]) -> None:
    """Refuse what an undecided plan of the letter plans already: ``plan_repeated``.

    The letter is held, so two that come at once are one after the other.
    """
    waiting: dict[str, set[Place]] = {}
    for row in session.execute(
        select(TreatmentPlan.number, PlanUnit.code, PlanUnit.tooth, PlanUnit.jaw, PlanUnit.quantity)
        .join(
            PlanUnit,
            (PlanUnit.insurer_id == TreatmentPlan.insurer_id)
            & (PlanUnit.plan_id == TreatmentPlan.id),
        )
        .where(
            TreatmentPlan.insurer_id == referral.insurer_id,
            TreatmentPlan.referral_id == referral.id,
            TreatmentPlan.state != PlanState.DECIDED,
        )
        .order_by(TreatmentPlan.number)
    ):
        waiting.setdefault(row.number, set()).add((row.code, row.tooth, row.jaw, row.quantity))
    wanted = {(unit.code, unit.tooth, unit.jaw, unit.quantity) for unit in units}
    for number, places in waiting.items():
        if places == wanted:
            raise Refused("plan_repeated", number=number, letter=referral.number)


def attach_to_plan(
    session: Session,
    plan: TreatmentPlan,
    images: Sequence[ImageRequest],
    *,
    actor: Actor | None,
    now: datetime,
) -> list[int]:
    """Attach images to the plan's present round; returns their numbers.

    Refused: ``too_many_images``, ``evidence_attached_already``, ``image_tooth_wrong`` and what
    ``keep_images`` refuses; nothing is changed then.
    """
    known = session.execute(
        select(PlanImage.sha256, PlanImage.number).where(
            PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id
        )
    ).all()
    if len(known) + len(images) > IMAGES_MAX:
        raise Refused("too_many_images", limit=IMAGES_MAX)
    attached = {row[0] for row in known}
    for image in images:
        for tooth in image.teeth:
            if tooth not in ALL_TEETH:
                raise Refused("image_tooth_wrong", name=image.file_name, tooth=tooth)
        if image.accepted.sha256 in attached:
            raise Refused("evidence_attached_already", name=image.file_name)
        attached.add(image.accepted.sha256)
    if not images:
        return []
    keep_images(session, plan.person_id, images, now, actor=actor)
    first = max((row[1] for row in known), default=0) + 1
    session.execute(
        insert(PlanImage),
        [
            {
                "insurer_id": plan.insurer_id,
                "id": new_id(),
                "plan_id": plan.id,
                "number": number,
                "sha256": image.accepted.sha256,
                "kind": str(image.kind),
                "phase": str(image.phase),
                "teeth": list(image.teeth),
                "taken_on": image.taken_on,
                "round_added": plan.round,
                "file_name": image.file_name,
            }
            for number, image in enumerate(images, first)
        ],
    )
    return list(range(first, first + len(images)))
