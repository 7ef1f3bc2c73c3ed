"""No page of the queue, the desk or the search reads all claims: said by EXPLAIN, over 20,000."""

import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.services import queue_rows
from tests.services.queue_rows import Hall
from workbench.db.engine import Database
from workbench.db.queries import queue as queries
from workbench.services.queue_filter import QueueFilter, wanted_of

COUNT = 20_000
FULL_SCAN = re.compile(r"SCAN claim\b(?! USING (COVERING )?INDEX)|Seq Scan on claim\b")
WHOLE_INDEX = re.compile(r"SCAN claim USING (COVERING )?INDEX (?!ix_claim_(waiting|open))")


@pytest.fixture
def hall(database: Database, now: datetime) -> Hall:
    """Twenty thousand claims of two thousand people."""

    def work(session: Any) -> Hall:
        made = queue_rows.open_hall(session, now, people=400, centres=20)
        queue_rows.add_claims(session, made, now, COUNT)
        return made

    return database.in_tx(work)


def _analyse(database: Database) -> None:
    with database.write_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _queues(hall: Hall) -> list[tuple[str, QueueFilter, str]]:
    """Name, filter, and the index its pages go by."""
    return [
        ("open", QueueFilter(), "ix_claim_state"),
        ("state", QueueFilter(state="accepted"), "ix_claim_state"),
        ("insurer", QueueFilter(insurer_id=hall.insurer_id), "ix_claim_insurer_state"),
        ("centre", QueueFilter(centre_id=hall.centre_ids[0]), "ix_claim_centre_state"),
        ("assignee", QueueFilter(assignee="me"), "ix_claim_assignee"),
        ("free", QueueFilter(assignee="free"), "ix_claim_state"),
        ("overdue", QueueFilter(is_overdue=True), "ix_claim_state"),
        ("kind", QueueFilter(kind="direct"), "ix_claim_state"),
        ("age", QueueFilter(age_days=2), "ix_claim_state"),
        ("amount", QueueFilter(amount_from_rial=9_000_000), "ix_claim_state"),
        ("finding", QueueFilter(finding=True), "ix_claim_state"),
        (
            "state, insurer, centre",
            QueueFilter(state="accepted", insurer_id=hall.insurer_id, centre_id=hall.centre_ids[0]),
            "ix_claim_centre_state",
        ),
        (
            "state, insurer, amount",
            QueueFilter(state="accepted", insurer_id=hall.insurer_id, amount_from_rial=9_000_000),
            "ix_claim_insurer_state",
        ),
        ("name", QueueFilter(text="کریمی مهتاب"), "ix_claim_person"),
        ("case number", QueueFilter(text="990000012"), "ix_claim_number"),
        ("national code", QueueFilter(text="1234567890"), "ix_claim_person"),
    ]


def _problems(database: Database, hall: Hall, now: datetime) -> list[str]:
    boundary = queries.Boundary(due_at=now, claim_id=5)
    problems = []
    for name, chosen, index in _queues(hall):
        with database.reading() as session:
            wanted = wanted_of(session, hall.assessor, chosen, now)
        pages = [
            queries.queue_rows(wanted, start, descending=is_back, size=26)
            for start, is_back in ((None, False), (boundary, False), (boundary, True))
        ]
        for statement in [*pages, queries.queue_total(wanted)]:
            plan = queue_rows.plan_of(database, statement)
            if FULL_SCAN.search(plan) or WHOLE_INDEX.search(plan):
                problems.append(f"{name}: reads every claim\n{plan}")
            if statement in pages and index not in plan:
                problems.append(f"{name}: not by {index}\n{plan}")
    return problems


def test_each_filter_goes_by_its_index(database: Database, hall: Hall, now: datetime) -> None:
    problems = _problems(database, hall, now)
    assert not problems, "\n\n".join(problems)
    _analyse(database)
    problems = _problems(database, hall, now)
    assert not problems, "\n\n".join(problems)


def test_a_later_page_starts_at_its_key(database: Database, hall: Hall, now: datetime) -> None:
    with database.reading() as session:
        wanted = wanted_of(session, hall.assessor, QueueFilter(state="accepted"), now)
    boundary = queries.Boundary(due_at=now, claim_id=5)
    statement = queries.queue_rows(wanted, boundary, descending=False, size=26)
    plan = queue_rows.plan_of(database, statement)
    start = r"state=\? AND \(due_at,id\)>\(\?,\?\)" if database.is_sqlite else r"Index Cond.*ROW"
    assert re.search(start, plan), plan
