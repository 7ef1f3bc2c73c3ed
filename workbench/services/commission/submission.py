"""Submitting a treatment plan to the dental commission (C6): its units, its pack, its clock.

``actor`` None is the system (import, demo). A plan without a must of its pack is refused; one that
lacks another document is taken in, shown as incomplete, and its clock runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Centre,
    CentreDentist,
    Contract,
    Dentist,
    PlanRound,
    PlanUnit,
    Referral,
    Service,
    TreatmentPlan,
    new_id,
)
from workbench.db.queries import plans as queries
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.approval import MissingItem, Unit, approval_need, missing_from_pack
from workbench.rules.facts import Evidence
from workbench.rules.parameters import ApprovalNeed, load_parameters
from workbench.rules.workflow import PlanState
from workbench.rules.working_time import deadline
from workbench.services.access import Actor, require
from workbench.services.ceiling.coverage import letter_cover
from workbench.services.ceiling.enrolment import insurer_for
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.registration import not_in_future
from workbench.services.commission.access import record_plan
from workbench.services.commission.content import (
    UnitRequest,
    attach_to_plan,
    check_units,
    refuse_repeat,
)
from workbench.services.commission.count import freeze_panel
from workbench.services.numbers import next_number
from workbench.services.reference import row_by_code
from workbench.services.referrals.access import present_state
from workbench.services.referrals.letters import find_referral, refuse_closed_referral

PLAN_SERIES, PLAN_WIDTH = "plan", 7
CLOSED_STATES = frozenset({"expired", "invalid", "cancelled", "settled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanInput:
    """A plan as the centre sent it; without a number it is given the next one.

    ``submitted_at``, when the clock's round starts, is ``now`` unless told.
    """

    insurer_code: str
    referral_number: str
    medical_council_number: str
    units: tuple[UnitRequest, ...]
    images: tuple[ImageRequest, ...] = ()
    number: str | None = None
    submitted_at: datetime | None = None


def submit_plan(
    session: Session, actor: Actor | None, sent: PlanInput, *, now: datetime
) -> TreatmentPlan:
    """Take a plan in and start its clock.

    Refused: ``plan_exists``, ``plan_repeated``, ``unknown_…``, ``referral_closed``,
    ``letter_not_approved``, ``dentist_of_other_centre`` (B4), ``plan_without_units``,
    ``too_many_units``, ``unit_twice``, ``unit_wrong``, ``unknown_service``,
    ``unit_needs_no_approval``, ``plan_needs_no_approval``, ``service_excluded``,
    ``plan_after_treatment``, ``plan_pack_missing``, ``instant_in_future`` and what images refuse.
    """
    if actor is not None:
        require(actor, "plan.submit")
    insurer = insurer_for(session, actor, sent.insurer_code)
    referral = find_referral(session, insurer.id, sent.referral_number, is_held=True)
    submitted_at = not_in_future(sent.submitted_at, now)
    _check_referral(session, referral, submitted_at)
    dentist = row_by_code(session, Dentist, "medical_council_number", sent.medical_council_number)
    _check_dentist(session, referral, dentist)
    contract = session.get_one(Contract, (insurer.id, referral.contract_id))
    services = check_units(session, contract, sent.units)
    _check_cover(session, contract, referral, services, submitted_at)
    _check_untreated(session, referral, sent.units)
    if sent.number is None:
        refuse_repeat(session, referral, sent.units)
    needs = _needs(session, referral, sent.units, services, submitted_at)
    missing = _missing(sent, services, needs, submitted_at)
    must = tuple(item.name for item in missing if item.is_must)
    if must:
        raise Refused("plan_pack_missing", items=must)
    plan = _write(session, referral, dentist, sent, needs, submitted_at, is_complete=not missing)
    _write_content(session, actor, plan, sent, services, now)
    record_plan(
        session,
        plan,
        "submit",
        actor,
        now,
        referral=referral.number,
        units=len(sent.units),
        images=len(sent.images),
        missing=[item.name for item in missing],
        due_at=plan.due_at.isoformat(),
    )
    return plan


def _check_referral(session: Session, referral: Referral, at: datetime) -> None:
    """The letter is in force at that instant and still takes services."""
    refuse_closed_referral(session, referral)
    state = str(present_state(referral, at))
    if state in CLOSED_STATES:
        raise Refused("referral_closed", number=referral.number, state=state)
    if day_of(at) < referral.issued_on:
        raise Refused("plan_before_referral", number=referral.number, on=referral.issued_on)


def _check_dentist(session: Session, referral: Referral, dentist: Dentist) -> None:
    registered = select(CentreDentist.id).where(
        CentreDentist.centre_id == referral.centre_id, CentreDentist.dentist_id == dentist.id
    )
    if session.scalar(registered) is None:
        centre = session.get_one(Centre, referral.centre_id)
        raise Refused(
            "dentist_of_other_centre", number=dentist.medical_council_number, centre=centre.name
        )


def _check_cover(
    session: Session,
    contract: Contract,
    referral: Referral,
    services: dict[str, Service],
    at: datetime,
) -> None:
    """Nothing is planned that the contract does not cover (B1)."""
    cover = letter_cover(session, contract, referral.cover_code, day_of(at))
    for service in services.values():
        if service.group in cover.excluded_groups:
            raise Refused("service_excluded", service=service.title, contract=contract.number)


def _check_untreated(session: Session, referral: Referral, units: Sequence[UnitRequest]) -> None:
    """The approval comes before the treatment: what is billed already is not planned."""
    billed = {
        (row.code, row.tooth, row.jaw): row.service_on
        for row in session.execute(queries.billed_units(referral.insurer_id, _letters(referral)))
    }
    for unit in units:
        service_on = billed.get((unit.code, unit.tooth, unit.jaw))
        if service_on is not None:
            raise Refused("plan_after_treatment", line=unit.number, on=service_on)


def _needs(
    session: Session,
    referral: Referral,
    units: Sequence[UnitRequest],
    services: dict[str, Service],
    at: datetime,
) -> tuple[ApprovalNeed, ...]:
    """The needs the plan falls under, its units counted with those of earlier plans and cases."""
    parameters, on = load_parameters(), day_of(at)
    groups = {group for need in parameters.approval_needs for group in need.groups}
    for unit in units:
        if services[unit.code].group not in groups:
            raise Refused("unit_needs_no_approval", line=unit.number, service_code=unit.code)
    planned = [_unit(unit, services) for unit in units]
    together = planned + units_of_referral(session, referral)
    found = {
        need.kind: need
        for unit in planned
        for need in [approval_need(unit, together, parameters, on)]
        if need is not None
    }
    if not found:
        raise Refused("plan_needs_no_approval")
    return tuple(found.values())


def units_of_referral(session: Session, referral: Referral) -> list[Unit]:
    """All units of the plans and cases of a letter and of the expired one it replaces."""
    ids = _letters(referral)
    rows = [
        *session.execute(queries.planned_units(referral.insurer_id, ids)),
        *session.execute(queries.billed_units(referral.insurer_id, ids)),
    ]
    return [
        Unit(group=row.service_group, tooth=row.tooth, jaw=row.jaw, quantity=row.quantity)
        for row in rows
    ]


def _letters(referral: Referral) -> list[int]:
    """The letter and the expired one it replaces."""
    return [referral.id] + ([referral.replaces_id] if referral.replaces_id else [])


def _missing(
    sent: PlanInput,
    services: dict[str, Service],
    needs: Sequence[ApprovalNeed],
    at: datetime,
) -> tuple[MissingItem, ...]:
    images = [
        Evidence(number=number, kind=image.kind, phase=image.phase, teeth=image.teeth)
        for number, image in enumerate(sent.images, start=1)
    ]
    units = [_unit(unit, services) for unit in sent.units]
    return missing_from_pack(units, images, needs, load_parameters(), day_of(at))


def _unit(unit: UnitRequest, services: dict[str, Service]) -> Unit:
    return Unit(
        group=services[unit.code].group,
        tooth=unit.tooth,
        jaw=unit.jaw,
        quantity=unit.quantity,
    )


def _write(
    session: Session,
    referral: Referral,
    dentist: Dentist,
    sent: PlanInput,
    needs: Sequence[ApprovalNeed],
    at: datetime,
    *,
    is_complete: bool,
) -> TreatmentPlan:
    clock = deadline(at, work_calendar(session, is_held=True))
    plan = TreatmentPlan(
        insurer_id=referral.insurer_id,
        id=new_id(),
        number=_number(session, referral.insurer_id, sent.number),
        referral_id=referral.id,
        contract_id=referral.contract_id,
        person_id=referral.person_id,
        centre_id=referral.centre_id,
        dentist_id=dentist.id,
        kinds=",".join(sorted(need.kind for need in needs)),
        state=PlanState.SUBMITTED,
        round=1,
        amount_rial=sum(unit.amount_rial for unit in sent.units),
        is_complete=is_complete,
        submitted_at=at,
        start_at=clock.start_at,
        at_risk_at=clock.at_risk_at,
        due_at=clock.due_at,
        limit_at=clock.limit_at,
    )
    session.add(plan)
    session.flush()
    return plan


def _number(session: Session, insurer_id: int, number: str | None) -> str:
    """The sender's number, once, or the next one that no plan of the insurer has."""
    while True:
        wanted = number or next_number(session, PLAN_SERIES, PLAN_WIDTH)
        known = select(TreatmentPlan.id).where(
            TreatmentPlan.insurer_id == insurer_id, TreatmentPlan.number == wanted
        )
        if session.scalar(known) is None:
            return wanted
        if number is not None:
            raise Refused("plan_exists", number=number)


def _write_content(
    session: Session,
    actor: Actor | None,
    plan: TreatmentPlan,
    sent: PlanInput,
    services: dict[str, Service],
    now: datetime,
) -> None:
    """The first round with its units and images."""
    key = {"insurer_id": plan.insurer_id, "plan_id": plan.id}
    session.add(
        PlanRound(
            **key,
            number=1,
            submitted_at=plan.submitted_at,
            start_at=plan.start_at,
            due_at=plan.due_at,
            limit_at=plan.limit_at,
        )
    )
    session.execute(
        insert(PlanUnit),
        [
            {
                **key,
                "id": new_id(),
                "service_group": services[unit.code].group,
                **{name: getattr(unit, name) for name in UnitRequest.__slots__},
            }
            for unit in sent.units
        ],
    )
    attach_to_plan(session, plan, sent.images, actor=actor, now=now)
    freeze_panel(session, plan)
