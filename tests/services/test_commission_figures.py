"""The commission's figures of a period against plain counts of the same rows."""

import random
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import registered_world as world
from plan_world import CLERK, Panel, compare_images, plan_of, refused, vote
from sqlalchemy import insert, select, update

from workbench.db.engine import Database
from workbench.db.models import PlanRound, PlanUnit, PlanVote, TreatmentPlan, User, new_id
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.commission_figures import MEMBER_UNITS_LEAST
from workbench.rules.workflow import Role
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.figures.commission import CommissionFigures, read_commission, read_plans
from workbench.services.figures.throughput import Wanted

MANAGER = world.actor(Role.MANAGER)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEFECT = PlanDefectInput(reason="R06", text="سفالومتری")
GROUPS = ("implant", "crown", "bridge", "orthodontics")
CHOICES = ("approve", "modify", "reject")


def wanted(now: Any, days: int = 42, **limits: Any) -> Wanted:
    return Wanted(first_on=day_of(now) - (days - 1) * DAY, last_on=day_of(now), **limits)


def figures(
    database: Database, now: Any, limits: Wanted, actor: Any = MANAGER
) -> CommissionFigures:
    with database.reading() as session:
        return read_commission(session, actor, limits, now=now)


def numbers(database: Database, now: Any, limits: Wanted, figure: str, **of: Any) -> list[str]:
    with database.reading() as session:
        rows = read_plans(session, MANAGER, limits, figure, now=now, **of)
        return [row.number for row in rows]


@pytest.fixture
def decided(database: Database, panel: Panel, now: Any) -> Any:
    """Returned, sent again, and decided by three of whom one disagreed about a unit."""
    place = panel.place
    at = now + HOUR
    database.in_tx(lambda s: return_plan(s, panel.members[0], place, [DEFECT], now=at))
    at += HOUR
    database.in_tx(lambda s: resubmit_plan(s, CLERK, place, explanation="پیوست شد", now=at))
    database.in_tx(compare_images)
    at += HOUR
    for member, marks in zip(panel.members, ("aa", "ra", "aa"), strict=False):
        vote(database, panel, member, marks, at)
    assert plan_of(database).state == "decided"
    return at


def test_a_plan_that_came_twice_is_two_rounds_and_one_decision(
    database: Database, panel: Panel, decided: Any
) -> None:
    found = figures(database, decided, wanted(decided))
    assert [found.total(name) for name in ("came", "decided", "returned", "left")] == [2, 1, 1, 2]
    assert (found.on_time_percent, found.hours.count) == (100, 2)
    (group,) = found.groups
    assert (group.group, group.plans, group.rounds, group.returns) == ("implant", 1, 2, 1)
    assert (group.approved, group.modified, group.rejected) == (2, 0, 0)
    assert group.rounds_per_plan == 2 and found.approved_percent == 100
    units = 2 * 98_000_000
    assert (group.asked_rial, group.allowed_rial) == (units, units)


def test_members_are_counted_by_what_they_said_and_not_compared_while_few(
    database: Database, panel: Panel, decided: Any
) -> None:
    found = {each.member_id: each for each in figures(database, decided, wanted(decided)).members}
    said = [found[member.user_id] for member in panel.members[:3]]
    assert [(m.plans, m.units, m.approved, m.agreed) for m in said] == [
        (1, 2, 2, 2),
        (1, 2, 1, 1),
        (1, 2, 2, 2),
    ]
    assert panel.members[3].user_id not in found
    assert all((m.approved_percent, m.agreed_percent) == (None, None) for m in said)


def test_the_plans_behind_each_figure(database: Database, panel: Panel, decided: Any) -> None:
    number, limits = plan_of(database).number, wanted(decided)
    assert numbers(database, decided, limits, "came") == [number, number]
    assert numbers(database, decided, limits, "decided") == [number]
    assert numbers(database, decided, limits, "returned") == [number]
    assert numbers(database, decided, limits, "late") == []
    assert numbers(database, decided, limits, "decided", group="implant") == [number]
    assert numbers(database, decided, limits, "decided", group="crown") == []
    member = panel.members[1].user_id
    assert numbers(database, decided, limits, "decided", member_id=member) == [number]
    other = panel.members[3].user_id
    assert numbers(database, decided, limits, "decided", member_id=other) == []


def test_a_decision_after_its_deadline_is_listed(
    database: Database, panel: Panel, decided: Any
) -> None:
    database.in_tx(
        lambda s: s.execute(
            update(PlanRound).where(PlanRound.result == "decided").values(due_at=decided - HOUR)
        )
    )
    found = figures(database, decided, wanted(decided))
    assert found.on_time_percent == 0
    assert numbers(database, decided, wanted(decided), "late") == [plan_of(database).number]


@pytest.fixture
def many(database: Database, panel: Panel, now: Any) -> dict[str, list[dict[str, Any]]]:
    """Two hundred plans of sixty days with units and a vote each, as rows."""
    dice, rows = random.Random(9), {"plans": [], "rounds": [], "units": [], "votes": []}
    with database.reading() as session:
        template = {
            table: {c.key: getattr(row, c.key) for c in table.__mapper__.column_attrs}
            for table in (TreatmentPlan, PlanRound, PlanUnit)
            for row in [session.scalars(select(table)).first()]
        }
    for n in range(200):
        plan_id, at = new_id(), now - dice.randrange(60 * 24 * 60) * timedelta(minutes=1)
        result = dice.choice(("decided", "decided", "decided", "returned", None))
        closed = at + dice.randrange(1, 120) * HOUR if result else None
        closed, result = (None, None) if closed and closed > now else (closed, result)
        times = {"submitted_at": at, "start_at": at, "due_at": at + 60 * HOUR}
        state = {None: "submitted"}.get(result, result)
        key = {"id": plan_id, "number": f"9{n:05}", "state": state, "decided_at": closed}
        rows["plans"].append(template[TreatmentPlan] | times | key)
        opened = {"id": new_id(), "plan_id": plan_id, "closed_at": closed, "result": result}
        rows["rounds"].append(template[PlanRound] | times | opened)
        for number in range(1, 1 + dice.randrange(1, 4)):
            choice = dice.choice(CHOICES) if result == "decided" else None
            unit = {"id": new_id(), "plan_id": plan_id, "number": number, "choice": choice}
            unit |= {"service_group": dice.choice(GROUPS), "amount_rial": 1_000 * n}
            unit["approved_rial"] = 500 * n if choice == "modify" else None
            rows["units"].append(template[PlanUnit] | unit)
            said = {"choice": dice.choice(CHOICES), "reason": "", "is_casting": False, "at": at}
            said |= {"plan_id": plan_id, "round": 1, "unit_number": number, "id": new_id()}
            said["insurer_id"] = template[TreatmentPlan]["insurer_id"]
            rows["votes"].append(said | {"member_id": panel.members[n % 2].user_id, "cites": []})

    def write(session: Any) -> None:
        tables = (TreatmentPlan, PlanRound, PlanUnit, PlanVote)
        for table, found in zip(tables, rows.values(), strict=True):
            session.execute(insert(table), found)

    database.in_tx(write)
    return rows


def within(limits: Wanted, at: Any) -> bool:
    return at is not None and limits.first_on <= day_of(at) <= limits.last_on


@pytest.mark.parametrize("days", [1, 20, 42, 3_650])
def test_every_figure_is_a_plain_count(
    database: Database, panel: Panel, many: dict[str, list[dict[str, Any]]], now: Any, days: int
) -> None:
    limits = wanted(now, days)
    found = figures(database, now, limits)
    closed = [r for r in many["rounds"] if within(limits, r["closed_at"])]
    decided = {r["plan_id"]: r for r in closed if r["result"] == "decided"}
    came = sum(within(limits, r["submitted_at"]) for r in many["rounds"])
    assert found.total("came") == came + 1  # the panel's own plan of today
    assert found.total("decided") == len(decided)
    assert found.total("returned") == len(closed) - len(decided)
    assert found.total("on_time") == sum(r["closed_at"] <= r["due_at"] for r in decided.values())
    assert found.hours.count == len(closed)
    for group in found.groups:
        units = [
            u
            for u in many["units"]
            if u["plan_id"] in decided and u["service_group"] == group.group
        ]
        said = [u["choice"] for u in units]
        assert [group.approved, group.modified, group.rejected] == [said.count(c) for c in CHOICES]
        assert group.plans == group.rounds == len({u["plan_id"] for u in units})
        assert group.asked_rial == sum(u["amount_rial"] for u in units)
        assert group.allowed_rial == sum(
            {"approve": u["amount_rial"], "modify": u["approved_rial"], "reject": 0}[u["choice"]]
            for u in units
        )
    assert sum(g.units for g in found.groups) == sum(u["plan_id"] in decided for u in many["units"])
    choices = {(u["plan_id"], u["number"]): u["choice"] for u in many["units"]}
    for member in found.members:
        votes = [
            v
            for v in many["votes"]
            if v["plan_id"] in decided and v["member_id"] == member.member_id
        ]
        assert member.units == len(votes)
        assert member.plans == len({v["plan_id"] for v in votes})
        agreed = sum(choices[v["plan_id"], v["unit_number"]] == v["choice"] for v in votes)
        assert member.agreed == agreed
        is_compared = len(votes) >= MEMBER_UNITS_LEAST
        assert (member.agreed_percent is not None) == is_compared
        if is_compared:
            assert member.agreed_percent == pytest.approx(100 * agreed / len(votes))
    late = [n for n, r in decided.items() if r["closed_at"] > r["due_at"]]
    plans = {p["id"]: p["number"] for p in many["plans"]}
    listed = numbers(database, now, limits, "late")
    assert len(listed) == min(50, len(late)) and set(listed) <= {plans[n] for n in late}


def test_the_last_half_second_of_a_day_is_of_that_day(
    database: Database, panel: Panel, decided: Any
) -> None:
    last = datetime.combine(day_of(decided), time(23, 59, 59, 700_000), TEHRAN)
    database.in_tx(
        lambda s: s.execute(
            update(PlanRound).where(PlanRound.result == "decided").values(closed_at=last)
        )
    )
    found = figures(database, decided + DAY, wanted(decided + DAY, 2))
    assert [flow.decided for flow in found.flows] == [1, 0]


def test_a_member_who_left_is_shown_and_marked(
    database: Database, panel: Panel, decided: Any
) -> None:
    who = panel.members[1].user_id
    database.in_tx(lambda s: s.execute(update(User).where(User.id == who).values(is_disabled=True)))
    members = figures(database, decided, wanted(decided)).members
    assert [each.member_id for each in members if each.has_left] == [who]


def test_an_empty_period_has_figures_of_nothing(database: Database, panel: Panel, now: Any) -> None:
    limits = Wanted(first_on=day_of(now) - 60 * DAY, last_on=day_of(now) - 50 * DAY)
    found = figures(database, now, limits)
    assert (found.groups, found.members, found.hours.count) == ((), (), 0)
    assert (found.on_time_percent, found.approved_percent, found.total("came")) == (None, None, 0)
    assert len(found.flows) == 11 and all(each.came == 0 for each in found.told)


def test_a_filter_of_cases_leaves_plans_alone_and_a_centre_does_not(
    database: Database, panel: Panel, decided: Any
) -> None:
    whole = figures(database, decided, wanted(decided))
    same = figures(database, decided, wanted(decided, assessor_id=1, kind="direct"))
    assert (same.flows, same.groups, same.members) == (whole.flows, whole.groups, whole.members)
    own = figures(database, decided, wanted(decided, centre_id=plan_of(database).centre_id))
    assert (own.flows, own.groups, own.members) == (whole.flows, whole.groups, whole.members)
    other = figures(database, decided, wanted(decided, centre_id=1))
    assert (other.total("came"), other.groups, other.members) == (0, (), ())


def test_only_who_may_and_only_his_insurers(database: Database, panel: Panel, decided: Any) -> None:
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN, Role.COMMISSION):
        actor = world.actor(role)
        assert (
            refused(lambda a=actor: figures(database, decided, wanted(decided), a)).code
            == "not_permitted"
        )
    foreign = world.actor(Role.MANAGER, insurer_ids=frozenset({1}))
    found = figures(database, decided, wanted(decided), foreign)
    assert (found.total("came"), found.groups, found.members) == (0, (), ())
    asked = wanted(decided, insurer_id=panel.place.insurer_id)
    assert refused(lambda: figures(database, decided, asked, foreign)).code == "not_permitted"
