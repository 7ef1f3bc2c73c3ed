"""What lists show of known plans, by their keys: at most a page of them, a statement each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, or_, select

from workbench.db.models import (
    Centre,
    Claim,
    Insurer,
    Person,
    PlanImage,
    PlanRound,
    PlanSeat,
    PlanUnit,
    Referral,
    TreatmentPlan,
    User,
)
from workbench.db.queries.listed import Rows, named_keys


def listed_plans(keys: Sequence[tuple[int, int]]) -> Rows:
    """What the inbox shows of known plans (insurer, plan); at most a page of them."""
    wanted = named_keys(keys)
    return (
        select(
            TreatmentPlan,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
            Referral.number.label("referral_number"),
            PlanRound.closed_at,
        )
        .select_from(wanted)
        .join(
            TreatmentPlan,
            and_(TreatmentPlan.insurer_id == wanted.c.insurer_id, TreatmentPlan.id == wanted.c.id),
        )
        .join(Person, Person.id == TreatmentPlan.person_id)
        .join(Centre, Centre.id == TreatmentPlan.centre_id)
        .join(Insurer, Insurer.id == TreatmentPlan.insurer_id)
        .join(
            Referral,
            and_(
                Referral.insurer_id == TreatmentPlan.insurer_id,
                Referral.id == TreatmentPlan.referral_id,
            ),
        )
        .join(
            PlanRound,
            and_(
                PlanRound.insurer_id == TreatmentPlan.insurer_id,
                PlanRound.plan_id == TreatmentPlan.id,
                PlanRound.number == TreatmentPlan.round,
            ),
        )
    )


def seats_on(keys: Sequence[tuple[int, int]]) -> Rows:
    """Seats of any round on some plans (insurer, plan), with the members' names."""
    wanted = named_keys(keys)
    return (
        select(PlanSeat, User.display_name)
        .select_from(wanted)
        .join(PlanSeat, _of_plan(PlanSeat, wanted))
        .join(User, User.id == PlanSeat.member_id)
        .order_by(PlanSeat.taken_at, PlanSeat.id)
    )


def units_on(keys: Sequence[tuple[int, int]]) -> Select[PlanUnit]:
    """The planned units of some plans (insurer, plan)."""
    wanted = named_keys(keys)
    return (
        select(PlanUnit)
        .select_from(wanted)
        .join(PlanUnit, _of_plan(PlanUnit, wanted))
        .order_by(PlanUnit.plan_id, PlanUnit.number)
    )


def images_on(keys: Sequence[tuple[int, int]]) -> Rows:
    """What the images of some plans (insurer, plan) show."""
    wanted = named_keys(keys)
    return (
        select(
            PlanImage.plan_id, PlanImage.number, PlanImage.kind, PlanImage.phase, PlanImage.teeth
        )
        .select_from(wanted)
        .join(PlanImage, _of_plan(PlanImage, wanted))
        .order_by(PlanImage.plan_id, PlanImage.number)
    )


def own_letters(keys: Sequence[tuple[int, int]], user_id: int) -> Rows:
    """Those of some letters (insurer, referral) under which the user assesses or assessed."""
    wanted = named_keys(keys)
    is_of_letter = and_(
        Claim.insurer_id == wanted.c.insurer_id,
        Claim.referral_id == wanted.c.id,
        Claim.referral_id.is_not(None),
    )
    return (
        select(Claim.insurer_id, Claim.referral_id)
        .select_from(wanted)
        .join(Claim, is_of_letter)
        .where(or_(Claim.assignee_id == user_id, Claim.finished_by_id == user_id))
        .distinct()
    )


def _of_plan(table: Any, wanted: Subquery) -> ColumnElement[bool]:
    return and_(table.insurer_id == wanted.c.insurer_id, table.plan_id == wanted.c.id)
