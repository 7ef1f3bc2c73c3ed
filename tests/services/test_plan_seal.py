"""What was decided about a plan stays what it was: ``verify`` names every later change."""

from typing import Any

import pytest
from plan_world import Panel, decide, plan_of, vote, word
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, PlanUnit, PlanVote, TreatmentPlan
from workbench.persian.jalali import TEHRAN
from workbench.services.commission.seal import plan_problems


def problems(database: Database) -> list[str]:
    with database.reading() as session:
        return [problem for problem in plan_problems(session) if problem is not None]


def decided(database: Database, panel: Panel, now: Any) -> str:
    for member, marks in zip(panel.members[:2], ("aa", "ar"), strict=True):
        vote(database, panel, member, marks, now)
    return decide(database, panel, now, casting=[word(2, "m")])


def test_an_untouched_decision_is_sound(database: Database, panel: Panel, now: Any) -> None:
    assert problems(database) == [], "an open plan has nothing to seal"
    decided(database, panel, now)
    assert problems(database) == []


def test_the_clock_of_who_decides_does_not_matter(
    database: Database, panel: Panel, now: Any
) -> None:
    decided(database, panel, now.astimezone(TEHRAN))
    assert problems(database) == []


@pytest.mark.parametrize(
    "change",
    [
        update(TreatmentPlan).values(public_text="همه مورد تایید"),
        update(TreatmentPlan).values(is_late=True),
        update(TreatmentPlan).values(valid_until_on=None),
        update(PlanUnit).where(PlanUnit.number == 2).values(approved_rial=98_000_000),
        update(PlanUnit).where(PlanUnit.number == 2).values(tooth=38),
        update(PlanVote).where(PlanVote.choice == "reject").values(choice="approve"),
        delete(PlanVote).where(PlanVote.is_casting.is_(True)),
    ],
)
def test_whatever_is_changed_afterwards_shows(
    database: Database, panel: Panel, now: Any, change: Any
) -> None:
    number = decided(database, panel, now)

    def work(session: Session) -> None:
        session.execute(change)

    database.in_tx(work)
    assert problems(database) == [f"plan {number} is not what was decided"]


def test_a_decision_without_its_event_shows(database: Database, panel: Panel, now: Any) -> None:
    def work(session: Session) -> None:
        session.execute(delete(AuditEvent).where(AuditEvent.action == "plan.decide"))

    number = decided(database, panel, now)
    database.in_tx(work)
    assert plan_of(database).number == number
    assert problems(database) == [f"plan {number} is decided without its event"]
