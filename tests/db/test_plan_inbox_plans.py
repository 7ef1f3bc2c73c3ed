"""No list of the commission's inbox reads all plans: said by EXPLAIN, over 20,000."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import plan_world
import pytest
from queue_rows import FAMILY_NAMES, FIRST_NAMES, plan_of
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Person, PlanRound, PlanSeat, TreatmentPlan, User, new_id
from workbench.db.queries import plan_flow, plan_lists
from workbench.db.queries import plan_inbox as queries
from workbench.persian.identifiers import make_national_code
from workbench.persian.text import normalise

COUNT, PEOPLE, SIZE = 20_000, 400, 26
OPEN_SHARE = 10  # one plan in so many
FULL_SCAN = re.compile(
    r"SCAN (treatment_plan|plan_seat|person)\b(?! USING (COVERING )?INDEX)"
    r"|Seq Scan on (treatment_plan|plan_seat|person)\b"
)
WHOLE_INDEX = re.compile(
    r"SCAN (treatment_plan|plan_seat) USING (COVERING )?INDEX (?!ix_treatment_plan_(free|chair))"
)
FROM_THE_TABLE = re.compile(r"SEARCH treatment_plan USING INDEX")


@pytest.fixture
def insurer_id(database: Database, now: datetime) -> int:
    """Twenty thousand plans of four hundred people, a tenth of them open, some held or voted on."""
    plan_world.fill(database, now)

    def work(session: Session) -> int:
        panel = plan_world.seat_panel(session, now)
        place = (panel.place.insurer_id, panel.place.plan_id)
        template = session.get_one(TreatmentPlan, place)
        columns = {c.key: getattr(template, c.key) for c in TreatmentPlan.__mapper__.columns}
        people = [_person(n) for n in range(PEOPLE)]
        session.execute(insert(Person), people)
        plans = [_plan(columns, people, now, n) for n in range(COUNT)]
        for start in range(0, COUNT, 1_000):
            session.execute(insert(TreatmentPlan), plans[start : start + 1_000])
        session.execute(insert(PlanSeat), list(_seats(plans, panel.members[0].user_id, now)))
        session.execute(insert(PlanRound), list(_rounds(plans)))
        return panel.place.insurer_id

    return database.in_tx(work)


def _person(n: int) -> dict[str, Any]:
    first, last = FIRST_NAMES[n % len(FIRST_NAMES)], FAMILY_NAMES[n % len(FAMILY_NAMES)]
    return {
        "id": new_id(),
        "national_code": make_national_code(f"{400_000_000 + n}"),
        "first_name": first,
        "last_name": last,
        "birth_on": datetime(1990, 1, 1).date(),  # noqa: DTZ001
        "search_key": normalise(f"{last} {first}"),
        "first_search_key": normalise(f"{first} {last}"),
    }


def _plan(
    columns: dict[str, Any], people: list[dict[str, Any]], now: datetime, n: int
) -> dict[str, Any]:
    is_open = n % OPEN_SHARE == 0
    at = timedelta(minutes=n % 4_000 - 500)
    return columns | {
        "id": new_id(),
        "number": f"{5_000_000 + n}",
        "person_id": people[n % PEOPLE]["id"],
        "state": "submitted" if is_open else "returned" if n % OPEN_SHARE == 1 else "decided",
        "due_at": now + at,
        "limit_at": now + at + timedelta(hours=20),
        "votes": n // OPEN_SHARE % 3,
        "needs_chair": n % 400 == 0,
    }


def _seats(plans: list[dict[str, Any]], member_id: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n, plan in enumerate(plans):
        if n % 4 == 0:
            yield {
                "insurer_id": plan["insurer_id"],
                "id": new_id(),
                "plan_id": plan["id"],
                "round": 1,
                "member_id": member_id,
                "taken_at": now,
                "held_until_at": now + timedelta(minutes=n % 60 - 30),
                "due_at": plan["due_at"],
                "has_voted": n % 8 == 0,
                "is_open": plan["state"] == "submitted",
            }


def _rounds(plans: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for plan in plans:
        yield {
            "insurer_id": plan["insurer_id"],
            "id": new_id(),
            "plan_id": plan["id"],
            "number": 1,
            "submitted_at": plan["submitted_at"],
            "start_at": plan["start_at"],
            "due_at": plan["due_at"],
            "limit_at": plan["limit_at"],
            "explanation": "",
            "closed_at": None if plan["state"] == "submitted" else plan["due_at"],
            "result": None if plan["state"] == "submitted" else plan["state"],
        }


def _lists(
    now: datetime, insurer_id: int, member_id: int
) -> Iterator[tuple[str, queries.Wanted, str]]:
    """Name, what is wanted, and the index its pages go by."""
    day = timedelta(days=1)
    for name, of, index, free in (
        ("all", None, "ix_treatment_plan_inbox", "ix_treatment_plan_free"),
        ("one", (insurer_id,), "ix_treatment_plan_insurer", "ix_treatment_plan_insurer_free"),
        ("two", (insurer_id, 9), "ix_treatment_plan_insurer", "ix_treatment_plan_insurer_free"),
    ):
        base = {"insurer_ids": of}
        yield f"open, {name}", queries.Wanted(**base), index
        yield f"free, {name}", queries.Wanted(**base, free_at=now), free
        yield f"chair, {name}", queries.Wanted(**base, needs_chair=True), "ix_treatment_plan_chair"
        coming = queries.Wanted(**base, due_from=now, due_before=now + day)
        yield f"at risk, {name}", coming, index
        overdue = queries.Wanted(**base, due_from=now - day, due_before=now, limit_from=now)
        yield f"overdue, {name}", overdue, index
        breached = queries.Wanted(**base, due_before=now - day, limit_before=now)
        yield f"breached, {name}", breached, index
        yield f"returned, {name}", queries.Wanted(**base, state="returned"), index
        yield f"decided, {name}", queries.Wanted(**base, state="decided"), index
        own = queries.Wanted(**base, seated_id=member_id, seated_at=now, has_voted=True)
        yield f"mine, {name}", own, "ix_plan_seat_mine"
        waits = queries.Wanted(**base, seated_id=member_id, seated_at=now)
        yield f"vote, {name}", waits, "ix_plan_seat_mine"
        number = queries.Wanted(**base, state=None, number="5000007")
        yield f"number, {name}", number, "ix_treatment_plan_number"
        named = queries.Wanted(**base, state=None, name_key="کریمی مهتاب")
        yield f"name, {name}", named, "ix_treatment_plan_person"


def _statements(wanted: queries.Wanted, now: datetime) -> Iterator[tuple[str, Any]]:
    key = queries.Boundary(due_at=now, plan_id=5)
    yield "first", queries.plan_rows(wanted, None, descending=False, size=SIZE)
    yield "last first", queries.plan_rows(wanted, None, descending=True, size=SIZE)
    yield "after", queries.plan_rows(wanted, key, descending=False, size=SIZE)
    yield "before", queries.plan_rows(wanted, key, descending=True, size=SIZE)
    yield "total", queries.plan_total(wanted)


def _problems(database: Database, insurer_id: int, now: datetime) -> list[str]:
    with database.reading() as session:
        member_id = session.scalars(select(PlanSeat.member_id)).first() or 0
    problems = []
    for name, wanted, index in _lists(now, insurer_id, member_id):
        for which, statement in _statements(wanted, now):
            plan = plan_of(database, statement)
            is_read_whole = FULL_SCAN.search(plan) or WHOLE_INDEX.search(plan)
            # A list is read from its index alone; what is looked for by its number is one row.
            is_off_index = not name.startswith("number") and FROM_THE_TABLE.search(plan)
            if is_read_whole or is_off_index or index not in plan:
                problems.append(f"{name}, {which}: not by {index} alone\n{plan}")
    return problems


def test_each_list_goes_by_its_index_alone(
    database: Database, insurer_id: int, now: datetime
) -> None:
    problems = _problems(database, insurer_id, now)
    assert not problems, "\n\n".join(problems)
    database.refresh_statistics()
    database.dispose()
    problems = _problems(database, insurer_id, now)
    assert not problems, "\n\n".join(problems)


def test_a_later_page_starts_at_its_key(database: Database, insurer_id: int, now: datetime) -> None:
    wanted = queries.Wanted(insurer_ids=(insurer_id,), due_from=now)
    key = queries.Boundary(due_at=now, plan_id=5)
    plan = plan_of(database, queries.plan_rows(wanted, key, descending=False, size=SIZE))
    start = r"state=\? AND \(due_at,id\)>\(\?,\?\)" if database.is_sqlite else r"Index Cond.*ROW"
    assert re.search(start, plan), plan


def test_what_a_page_shows_is_found_by_key(
    database: Database, insurer_id: int, now: datetime
) -> None:
    database.refresh_statistics()
    database.dispose()
    with database.reading() as session:
        keys = [
            (insurer_id, each) for each in session.scalars(select(TreatmentPlan.id).limit(SIZE))
        ]
        user_id = session.scalars(select(User.id)).first() or 0
    for statement in (
        plan_lists.listed_plans(keys),
        plan_lists.units_on(keys),
        plan_lists.images_on(keys),
        plan_lists.seats_on(keys),
        plan_lists.own_letters(keys, user_id),
    ):
        plan = plan_of(database, statement)
        assert not FULL_SCAN.search(plan) and not WHOLE_INDEX.search(plan), plan


def test_decisions_are_counted_from_the_index_alone(
    database: Database, insurer_id: int, now: datetime
) -> None:
    database.refresh_statistics()
    database.dispose()
    since = now - timedelta(days=1)
    counts = plan_flow.decided_counts(since, now).where(PlanRound.insurer_id == insurer_id)
    plan = plan_of(database, counts)
    assert "ix_plan_round_closed" in plan, plan
    if database.is_sqlite:
        assert "COVERING" in plan, plan
