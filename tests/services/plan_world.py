"""What the tests of the commission begin with: plans, a panel, its votes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import desk as people
import pytest
import registered_world as world
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import ContractCover, ImageJob, TreatmentPlan
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind
from workbench.rules.panel import Choice
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.content import UnitRequest
from workbench.services.commission.submission import PlanInput, submit_plan
from workbench.services.commission.votes import PlanStanding, UnitVote, cast_vote, decide_plan

LETTER = "700001"
CLERK = world.actor(Role.RECEPTION)
PACK = (
    EvidenceKind.IDENTITY,
    EvidenceKind.PLAN_FORM,
    EvidenceKind.PANORAMIC,
    EvidenceKind.PHOTOGRAPH,
)
NO_BONE = "استخوان کافی دیده نمی‌شود"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A plan of two implants, three members and two chairs."""

    members: tuple[Actor, ...]
    chair: Actor
    other_chair: Actor
    place: PlanPlace


def fill(database: Any, now: Any) -> None:
    def work(session: Any) -> None:
        world.build(session, now)
        session.execute(update(ContractCover).values(excluded_groups=["cosmetic"]))
        world.referral(session, now, issued_on=day_of(now))

    database.in_tx(work)


def seat_panel(session: Session, now: datetime) -> Panel:
    """A plan of two implants with its panel."""
    row = submit_plan(session, None, plan(units=(unit(), unit(2, 37))), now=now)
    compare_images(session)
    return Panel(
        members=tuple(
            people.user(session, now, f"member-{n}", Role.COMMISSION) for n in (1, 2, 3, 4)
        ),
        chair=people.user(session, now, "chair-1", Role.CHAIR),
        other_chair=people.user(session, now, "chair-2", Role.CHAIR),
        place=PlanPlace(insurer_id=row.insurer_id, plan_id=row.id),
    )


def seat_panel_in(database: Any, now: datetime) -> Panel:
    """``seat_panel`` in a transaction of its own."""
    return database.in_tx(lambda session: seat_panel(session, now))


def compare_images(session: Session) -> None:
    """Every image that waited was read and is like no other."""
    session.execute(delete(ImageJob))


def unit(number=1, tooth=36, code="610", **changes):
    return UnitRequest(
        **({"number": number, "code": code, "tooth": tooth, "amount_rial": 98_000_000} | changes)
    )


def crowns(*teeth):
    return tuple(unit(n, tooth, "510", amount_rial=18_500_000) for n, tooth in enumerate(teeth, 1))


def pack(kinds=PACK, first_shade=1):
    return tuple(
        world.image(first_shade + n, f"{kind}.jpg", kind=kind) for n, kind in enumerate(kinds)
    )


def plan(**changes: Any) -> PlanInput:
    base = PlanInput(
        insurer_code=world.INSURER,
        referral_number=LETTER,
        medical_council_number=world.COUNCIL,
        units=(unit(),),
        images=pack(),
    )
    return replace(base, **changes)


def word(number: int, mark: str) -> UnitVote:
    """``a`` approves, ``r`` rejects, ``m`` allows a cheaper implant part instead."""
    if mark == "a":
        return UnitVote(unit_number=number, choice=Choice.APPROVE)
    if mark == "r":
        return UnitVote(unit_number=number, choice=Choice.REJECT, reason=NO_BONE)
    return UnitVote(
        unit_number=number, choice=Choice.MODIFY, changed_code="620", changed_rial=39_000_000
    )


def vote(database: Database, panel: Panel, member: Actor, marks: str, now: Any) -> PlanStanding:
    votes = [word(number, mark) for number, mark in enumerate(marks, 1)]
    database.in_tx(compare_images)
    return database.in_tx(lambda s: cast_vote(s, member, panel.place, votes, now=now))


def decide(
    database: Database, panel: Panel, now: Any, chair: Actor | None = None, **given: Any
) -> str:
    return database.in_tx(
        lambda s: decide_plan(s, chair or panel.chair, panel.place, now=now, **given).number
    )


def refused(work: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


def plan_of(database: Database) -> TreatmentPlan:
    with database.reading() as session:
        return session.scalars(select(TreatmentPlan)).one()
