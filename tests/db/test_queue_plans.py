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
from workbench.services.desk.queue_filter import QueueFilter, wanted_of

COUNT = 20_000
FULL_SCAN = re.compile(r"SCAN claim\b(?! USING (COVERING )?INDEX)|Seq Scan on claim\b")
JOIN_FROM_BEHIND = re.compile(r"SCAN (centre|person|app_user)\b")
WHOLE_INDEX = re.compile(r"SCAN claim USING (COVERING )?INDEX (?!ix_claim_(waiting|open))")


@pytest.fixture
def hall(database: Database, now: datetime) -> Hall:
    """Twenty thousand claims of two thousand people."""

    def work(session: Any) -> Hall:
        made = queue_rows.open_hall(session, now, people=400, centres=20)
        queue_rows.add_claims(session, made, now, COUNT)
        return made

    return database.in_tx(work)


def _queues(hall: Hall) -> list[tuple[str, QueueFilter, str]]:
    """Name, filter, and the index its pages go by."""
    return [
        ("open", QueueFilter(), "ix_claim_open"),
        ("state", QueueFilter(state="accepted"), "ix_claim_state"),
        ("insurer", QueueFilter(insurer_id=hall.insurer_id), "ix_claim_insurer_open"),
        ("centre", QueueFilter(centre_id=hall.centre_ids[0]), "ix_claim_centre_state"),
        ("assignee", QueueFilter(assignee="me"), "ix_claim_assignee"),
        ("free", QueueFilter(assignee="free"), "ix_claim_open"),
        ("overdue", QueueFilter(is_overdue=True), "ix_claim_open"),
        ("kind", QueueFilter(kind="direct"), "ix_claim_open"),
        ("age", QueueFilter(age_days=2), "ix_claim_open"),
        ("amount", QueueFilter(amount_from_rial=9_000_000), "ix_claim_open"),
        ("finding", QueueFilter(finding=True), "ix_claim_open"),
        (
            "state, insurer, centre",
            QueueFilter(state="accepted", insurer_id=hall.insurer_id, centre_id=hall.centre_ids[0]),
            "ix_claim_centre_state",
        ),
        (
            "state, insurer, amount",
            QueueFilter(state="accepted", insurer_id=hall.insurer_id, amount_from_rial=9_000_000),
            "ix_claim_insurer_open",
        ),
        ("name", QueueFilter(text="کریمی مهتاب"), "ix_claim_person"),
        ("case number", QueueFilter(text="990000012"), "ix_claim_number"),
        ("national code", QueueFilter(text="1234567890"), "ix_claim_person"),
    ]


def _problems(database: Database, hall: Hall, now: datetime) -> list[str]:
    boundary = queries.Boundary(due_at=now, claim_id=5)
    # Which of its indexes PostgreSQL takes for so few rows is its own affair; no scan is not.
    is_sqlite = database.write_engine.dialect.name == "sqlite"
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
            if any(scan.search(plan) for scan in (FULL_SCAN, WHOLE_INDEX, JOIN_FROM_BEHIND)):
                problems.append(f"{name}: reads every claim\n{plan}")
            if statement in pages and is_sqlite and index not in plan:
                problems.append(f"{name}: not by {index}\n{plan}")
    return problems


def test_each_filter_goes_by_its_index(database: Database, hall: Hall, now: datetime) -> None:
    problems = _problems(database, hall, now)
    assert not problems, "\n\n".join(problems)
    database.refresh_statistics()
    database.dispose()
    problems = _problems(database, hall, now)
    assert not problems, "\n\n".join(problems)


def _as_with_a_million(database: Database) -> None:
    """The statistics of SQLite as ``ANALYZE`` writes them for 1,000,000 claims, 5 % open."""
    rows = {
        ("claim", "ix_claim_open"): "44967 15 1" + " 1" * 12,
        ("claim", "ix_claim_waiting"): "35974 12 1" + " 1" * 12,
        ("claim", "ix_claim_insurer_open"): "44967 14989 5 1" + " 1" * 11,
        ("claim", "ix_claim_state"): "1000000 111112 11 1",
        ("claim", "ix_claim_insurer_state"): "1000000 333334 37038 11 1",
        ("claim", "ix_claim_centre_state"): "1000000 2000 240 11 1",
        ("claim", "ix_claim_assignee"): "1000000 15874 3175 2 1",
        ("claim", "ix_claim_person"): "1000000 7 1",
        ("claim", "ix_claim_number"): "1000000 1",
        ("claim", "ix_claim_tracking_code"): "1000000 157",
        ("claim", "ix_claim_batch"): "1000000 333334 19 1",
        ("claim", "sqlite_autoindex_claim_1"): "1000000 333334 1",
        ("claim", "sqlite_autoindex_claim_2"): "1000000 333334 1",
        ("claim", "ix_claim_referral"): "1000000 333334 1 1",
        ("claim", "ix_claim_remittance"): "3000 1000 16",
        ("centre", "sqlite_autoindex_centre_1"): "500 1",
        ("insurer", "sqlite_autoindex_insurer_1"): "3 1",
        ("person", "sqlite_autoindex_person_1"): "150000 1",
        ("person", "ix_person_search_key"): "150000 3",
        ("person", "ix_person_first_search_key"): "150000 3",
        ("app_user", "sqlite_autoindex_app_user_1"): "63 1",
    }
    with database.write_engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("DELETE FROM sqlite_stat1"))
        for (table, index), stat in rows.items():
            connection.execute(
                text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :stat)"),
                {"table": table, "index": index, "stat": stat},
            )
        connection.commit()
    database.dispose()


def test_plans_stay_with_a_million_claims(database: Database, hall: Hall, now: datetime) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL's statistics cannot be written by hand")
    _as_with_a_million(database)
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
