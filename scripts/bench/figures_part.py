"""The managers' pages of figures over all steps: the statements of each page, together.

A page is read once by its service; its statements are then sent again by the bare driver. The
price of the indexes is that of a step in its table against one in a table with its key alone.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from scripts.bench.timing import Result, p50_p95, replay_ms, statements_of, timed_ms
from workbench.db.engine import Database
from workbench.db.models import ClaimStep, Insurer, MixSum, StepSum, WaitSum
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.figures.assessors import read_assessors
from workbench.services.figures.commission import read_commission, read_plans
from workbench.services.figures.deductions import read_deducted_cases, read_deductions
from workbench.services.figures.referrals import read_letters_behind, read_letters_figures
from workbench.services.figures.step_sums import sum_closed_days
from workbench.services.figures.throughput import Wanted, read_cases, read_throughput

PERIODS = {"90 days": (90, 150.0), "one year": (365, None), "four years": (1_461, 500.0)}
GOAL_CASES_MS, GOAL_INDEXES_MS = 10.0, 0.1
RUNS = 7
STEPS = 5_000
MANAGER = Actor(user_id=1, username="bench", display_name="bench", roles=frozenset({Role.MANAGER}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is read, and whether it is a list of cases."""

    name: str
    read: Callable[[Session, Wanted, datetime], object]
    is_list: bool = False
    is_whole: bool = False
    """Whether only a whole filling has something to read."""


def _parted(group: str) -> Page:
    return Page(
        name=f"deductions by {group}",
        read=lambda s, w, now: read_deductions(s, MANAGER, w, now=now, part_by=group),
        is_whole=True,
    )


PAGES = (
    Page(name="throughput", read=lambda s, w, now: read_throughput(s, MANAGER, w, now=now)),
    Page(name="deductions", read=lambda s, w, now: read_deductions(s, MANAGER, w, now=now)),
    Page(name="assessors", read=lambda s, w, now: read_assessors(s, MANAGER, w, now=now)),
    Page(
        name="cases decided",
        read=lambda s, w, now: read_cases(s, MANAGER, w, ("finish",), now=now),
        is_list=True,
    ),
    Page(
        name="cases by deduction",
        read=lambda s, w, now: read_deducted_cases(
            s, MANAGER, w, "column", "technical_deduction_rial", now=now
        ),
        is_list=True,
    ),
    *(_parted(group) for group in ("service", "assessor", "insurer")),
    Page(
        name="commission",
        read=lambda s, w, now: read_commission(s, MANAGER, w, now=now),
        is_whole=True,
    ),
    Page(
        name="letters",
        read=lambda s, w, now: read_letters_figures(s, MANAGER, w, now=now),
        is_whole=True,
    ),
    Page(
        name="cases by reason",
        read=lambda s, w, now: read_deducted_cases(s, MANAGER, w, "reason", "D02", now=now),
        is_list=True,
        is_whole=True,
    ),
    Page(
        name="plans decided",
        read=lambda s, w, now: read_plans(s, MANAGER, w, "decided", now=now),
        is_list=True,
        is_whole=True,
    ),
    Page(
        name="letters used",
        read=lambda s, w, now: read_letters_behind(s, MANAGER, w, "used", now=now),
        is_list=True,
        is_whole=True,
    ),
)


def sum_steps(database: Database, now: datetime) -> Iterator[Result]:
    """Sum the closed days that are not summed yet, and how long that took."""
    began = time.monotonic()
    days = sum(1 for _ in sum_closed_days(database, now=now, least_steps=1))
    seconds = time.monotonic() - began
    database.refresh_statistics()
    if not database.is_sqlite:
        engine = database.write_engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE step_sum, wait_sum, mix_sum"))
    with database.reading() as session:
        counts = (select(func.count()).select_from(table) for table in (StepSum, WaitSum, MixSum))
        rows = sum(session.scalar(statement) or 0 for statement in counts)
    if days:
        note = f"{days:,} days, {rows:,} rows"
        yield Result(
            part="figures", name="closed days summed", measured=seconds, unit="s", note=note
        )


def measure(database: Database, now: datetime, *, is_whole: bool = False) -> Iterator[Result]:
    """What is summed first, each page by period and filter, then the price of the indexes."""
    yield from sum_steps(database, now)
    with database.reading() as session:
        filters = _filters(session)
    for period, (days, goal_ms) in PERIODS.items():
        for name, limits in filters.items():
            last_on = day_of(now)
            wanted = Wanted(first_on=last_on - timedelta(days=days - 1), last_on=last_on, **limits)
            for page in PAGES:
                if page.is_whole and not is_whole:
                    continue
                goal = GOAL_CASES_MS if page.is_list else goal_ms
                yield _page(database, page, wanted, f"{page.name}, {period}, {name}", goal, now)
    yield _indexes(database)


def _filters(session: Session) -> dict[str, dict[str, Any]]:
    """Nothing; an insurer; a centre and an assessor in the middle of all by their cases."""

    def middle(column: Any) -> int:
        finishes = select(column).where(ClaimStep.action == "finish", column.is_not(None))
        known = session.execute(finishes.group_by(column).order_by(func.count())).all()
        return int(known[len(known) // 2][0])

    return {
        "all": {},
        "an insurer": {"insurer_id": session.scalars(select(Insurer.id).limit(1)).one()},
        "a centre": {"centre_id": middle(ClaimStep.centre_id)},
        "an assessor": {"assessor_id": middle(ClaimStep.actor_id)},
    }


def _page(
    database: Database, page: Page, wanted: Wanted, name: str, goal: float | None, now: datetime
) -> Result:
    with database.reading() as session:
        page.read(session, wanted, now)
        with statements_of(database.read_engine) as sent:
            service = timed_ms(lambda: page.read(session, wanted, now))
        runs = [replay_ms(session, sent) for _ in range(RUNS)]
    p50, p95 = p50_p95(runs)
    return Result(
        part="figures",
        name=name,
        measured=p50,
        p95=p95,
        unit="ms",
        goal=goal,
        statements=len(sent),
        note=f"least {min(runs):.1f}, by the service {service:.0f}",
    )


def _indexes(database: Database) -> Result:
    """New steps of the last day with all indexes, and with the key alone; nothing is kept."""
    with database.write_engine.connect() as connection:
        last_day = connection.scalar(
            select(func.max(ClaimStep.day)).where(ClaimStep.action == "finish")
        )
        names = ", ".join(column.name for column in ClaimStep.__table__.c)
        moved = names.replace(", id", ", id + 1073741824")
        connection.execute(
            text(
                f"CREATE TEMP TABLE bench_new AS SELECT {moved} FROM claim_step"
                " WHERE action IN ('arrive', 'take', 'finish', 'archive')"
                f" AND day BETWEEN {last_day - 60} AND {last_day} LIMIT {STEPS}"
            )
        )
        connection.execute(
            text(f"CREATE TABLE bench_plain AS SELECT {names} FROM claim_step LIMIT 100000")
        )
        connection.execute(
            text("CREATE UNIQUE INDEX bench_plain_key ON bench_plain (insurer_id, id)")
        )
        costs = {}
        for table in ("bench_plain", "claim_step"):
            insert = f"INSERT INTO {table} ({names}) SELECT * FROM bench_new"
            costs[table] = timed_ms(lambda i=insert: connection.execute(text(i))) / STEPS
        connection.rollback()
    with_indexes, plain = costs["claim_step"], costs["bench_plain"]
    return Result(
        part="figures",
        name="indexes of a step",
        measured=with_indexes - plain,
        unit="ms",
        goal=GOAL_INDEXES_MS,
        note=f"an insert {with_indexes:.4f}, with its key alone {plain:.4f}",
    )
