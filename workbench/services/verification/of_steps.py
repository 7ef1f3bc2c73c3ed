"""``verify``: whether the steps that the managers' figures count are those of the trail."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimStep
from workbench.db.step_rows import AMOUNTS, ROWS_AT_ONCE, expected_steps
from workbench.rules import steps

COMPARED = (
    *("action", "at", "day", "month", "centre_id", "actor_id", "kind", "round"),
    *("former", "clock_at", "is_undone"),
)
"""Working minutes and promptness are those of the calendar of then, and not made again."""

Key = tuple[int, int]


def step_problems(session: Session) -> Iterator[str | None]:
    """Claim by claim the steps kept against those of the trail; None for each that is right."""
    kept = _kept(session)
    key, rows = next(kept, (None, []))
    for expected in expected_steps(session):
        wanted = (expected[0]["insurer_id"], expected[0]["claim_id"])
        while key is not None and key < wanted:
            yield f"claim {key[1]}: steps without an event"
            key, rows = next(kept, (None, []))
        found = rows if key == wanted else []
        yield _problem(wanted, expected, found)
        if key == wanted:
            key, rows = next(kept, (None, []))
    while key is not None:
        yield f"claim {key[1]}: steps without an event"
        key, rows = next(kept, (None, []))
    yield from _group_problems(session)


def _group_problems(session: Session) -> Iterator[str | None]:
    """Decisions of the round a case stands in, whose groups of services are not the case's."""
    statement = (
        select(ClaimStep.claim_id)
        .join(Claim, (Claim.insurer_id == ClaimStep.insurer_id) & (Claim.id == ClaimStep.claim_id))
        .where(ClaimStep.action.in_((steps.FINISH, steps.RETURN)), ClaimStep.round == Claim.round)
        .where(func.coalesce(ClaimStep.service_groups, "") != Claim.service_groups)
    )
    for claim_id in session.scalars(statement):
        yield f"claim {claim_id}: a decision of other services than its own"


def _kept(session: Session) -> Iterator[tuple[Key, list[Any]]]:
    statement = (
        select(*ClaimStep.__table__.c)
        .order_by(ClaimStep.insurer_id, ClaimStep.claim_id, ClaimStep.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    rows = session.execute(statement)
    for key, group in groupby(rows, key=lambda row: (row.insurer_id, row.claim_id)):
        yield key, list(group)


def _problem(key: Key, expected: list[dict[str, Any]], found: list[Any]) -> str | None:
    if len(expected) != len(found):
        return f"claim {key[1]}: {len(found)} steps, the trail has {len(expected)}"
    for number, (wanted, row) in enumerate(zip(expected, found, strict=True), 1):
        is_kept = wanted["action"] == steps.FINISH and not wanted["is_undone"]
        names = COMPARED + (AMOUNTS if is_kept else ())
        wrong = [name for name in names if wanted[name] != getattr(row, name)]
        if wrong:
            return f"claim {key[1]}, step {number}: {wrong[0]} is not that of the trail"
    return None
