"""The tooth history reads the claims of one person only: said by EXPLAIN, over 20,000."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text

from tests.services import queue_rows
from workbench.db.engine import Database
from workbench.db.models import ClaimLine, Membership, new_id
from workbench.db.queries import tooth_history as queries

COUNT = 20_000
WHOLE_TABLE = re.compile(r"SCAN (claim|claim_line|contract|service|centre)\b|Seq Scan")


def _fill(session: Any, now: datetime) -> queue_rows.Hall:
    """Twenty thousand claims with a line each, of four hundred members."""
    hall = queue_rows.open_hall(session, now, people=400)
    line, member = _columns(session, ClaimLine), _columns(session, Membership)
    claims = queue_rows.add_claims(session, hall, now, COUNT)
    rows = [line | {"id": new_id(), "claim_id": claim["id"], "round": 1} for claim in claims]
    session.execute(insert(ClaimLine), rows)
    members = [member | {"id": new_id(), "person_id": person} for person in hall.person_ids]
    session.execute(insert(Membership), members)
    return hall


def _columns(session: Any, model: Any) -> dict[str, Any]:
    """A row to copy."""
    row = session.scalars(select(model)).first()
    return {column.key: getattr(row, column.key) for column in model.__mapper__.columns}


def _plan(database: Database, statement: Any, person_id: int, **given: Any) -> str:
    """How the database would read it; PostgreSQL is asked what it would do with large tables."""
    with database.reading() as session:
        dialect = session.get_bind().dialect
        whole = statement.params(person_id=person_id, **given)
        compiled = whole.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        if dialect.name != "sqlite":
            session.execute(text("SET LOCAL enable_seqscan = off"))
        prefix = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
        rows = session.connection().exec_driver_sql(f"{prefix} {compiled}")
        return "\n".join(str(row[-1]) for row in rows)


def test_the_history_goes_by_the_index_of_the_person(database: Database, now: datetime) -> None:
    hall = database.in_tx(lambda session: _fill(session, now))
    for _ in ("without statistics", "with them"):
        plan = _plan(database, queries.treatments(10), hall.person_ids[0])
        assert "ix_claim_person" in plan
        assert not WHOLE_TABLE.search(plan), plan
        of_person = _plan(database, queries.INSURERS_OF_PERSON, hall.person_ids[0])
        assert "ix_membership_person" in of_person
        database.refresh_statistics()
        database.dispose()


def test_what_was_treated_before_a_case_goes_by_the_person_too(
    database: Database, now: datetime
) -> None:
    hall = database.in_tx(lambda session: _fill(session, now))
    asked = {"insurer_id": 1, "claim_id": 1, "groups": ["filling"], "codes": ["125"]}
    days = {"from_on": now.date(), "until_on": now.date()}
    for _ in ("without statistics", "with them"):
        plan = _plan(database, queries.EARLIER, hall.person_ids[0], **asked, **days)
        assert "ix_claim_person" in plan
        assert not WHOLE_TABLE.search(plan), plan
        images = _plan(database, queries.IMAGES, 0, insurer_id=1, claim_ids=[1, 2])
        assert "attachment" in images and not re.search(r"SCAN attachment|Seq Scan", images)
        database.refresh_statistics()
        database.dispose()
