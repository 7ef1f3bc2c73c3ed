"""The first page of the queue under each filter, as the page reads it and as bare SQL."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from scripts.bench.timing import Result, p50_p95, replay_ms, statements_of, timed_ms
from workbench.db.engine import Database
from workbench.db.models import Centre, Claim, Insurer, User
from workbench.demo import names
from workbench.services.access import Actor
from workbench.services.desk.queue import count_queue, read_queue
from workbench.services.desk.queue_filter import QueueFilter

VARIANTS = 40
RUNS_A_VARIANT = 6
WARM_RUNS = 2
GOAL_P50_MS, GOAL_P95_MS, GOAL_TEXT_MS = 1.0, 3.0, 20.0

Choose = Callable[[random.Random], QueueFilter]


@dataclass(frozen=True, slots=True)
class Places:
    """Ids that filters choose from."""

    insurers: list[int]
    centres: list[int]
    assessors: list[int]
    numbers: list[str]


def read_places(database: Database) -> Places:
    """Insurers, centres, assessors and some case numbers of the filled database."""
    with database.reading() as session:
        numbers = session.scalars(select(Claim.number).where(Claim.is_open).limit(2_000)).all()
        return Places(
            insurers=list(session.scalars(select(Insurer.id))),
            centres=list(session.scalars(select(Centre.id))),
            assessors=list(session.scalars(select(User.id).where(User.username.like("bench0%")))),
            numbers=list(numbers),
        )


def filters(places: Places) -> dict[str, Choose]:
    """Each filter alone; the values differ from run to run."""
    return {
        "no filter (all open)": lambda _c: QueueFilter(),
        "state accepted": lambda _c: QueueFilter(state="accepted"),
        "state returned": lambda _c: QueueFilter(state="returned"),
        "state archived": lambda _c: QueueFilter(state="archived"),
        "insurer": lambda c: QueueFilter(insurer_id=c.choice(places.insurers)),
        "centre": lambda c: QueueFilter(centre_id=c.choice(places.centres)),
        "kind direct": lambda _c: QueueFilter(kind="direct"),
        "older than days": lambda c: QueueFilter(age_days=c.choice((1, 3, 7, 30))),
        "amount from": lambda c: QueueFilter(amount_from_rial=c.randint(1, 30) * 1_000_000),
        "amount between": lambda c: _between(c.randint(1, 30) * 1_000_000),
        "assessor": lambda c: QueueFilter(assignee=c.choice(places.assessors)),
        "free": lambda _c: QueueFilter(assignee="free"),
        "with a finding": lambda _c: QueueFilter(finding=True),
        "overdue": lambda _c: QueueFilter(is_overdue=True),
        "second round": lambda _c: QueueFilter(is_second_round=True),
        "text: case number": lambda c: QueueFilter(text=c.choice(places.numbers)),
        "text: rare name": lambda c: QueueFilter(
            text=f"{c.choice(names.FAMILY)} {c.choice(names.PLANTS)}"
        ),
        "text: family name": lambda c: QueueFilter(text=c.choice(names.FAMILY)),
        "text: three letters": lambda c: QueueFilter(text=c.choice(names.FAMILY)[:3]),
        "text: first name": lambda c: QueueFilter(text=c.choice(names.MALE)),
    }


def _between(low: int) -> QueueFilter:
    return QueueFilter(amount_from_rial=low, amount_to_rial=low + 3_000_000)


def with_state_and_insurer(places: Places) -> dict[str, Choose]:
    """State accepted, an insurer, and each further filter."""

    def more(choose: Choose) -> Choose:
        return lambda c: replace(choose(c), state="accepted", insurer_id=c.choice(places.insurers))

    alone = filters(places)
    left_out = ("no filter", "state", "insurer", "overdue")
    return {
        f"accepted + insurer + {name}": more(choose)
        for name, choose in alone.items()
        if not name.startswith(left_out)
    }


def measure(database: Database, actor: Actor, now: datetime) -> list[Result]:
    """All filters: ``service`` is ``read_queue``, ``sql`` the bare statements it sends."""
    places = read_places(database)
    chosen = filters(places) | with_state_and_insurer(places)
    results = []
    for name, choose in chosen.items():
        results += measure_one(database, actor, now, name, choose)
    return [*results, _counts(database, actor, now)]


def measure_one(
    database: Database, actor: Actor, now: datetime, name: str, choose: Choose
) -> list[Result]:
    """One filter with ``VARIANTS`` values of it, each run some times after a warm run."""
    chance = random.Random(name)
    service, bare, counts = [], [], []
    with database.reading() as session:
        for _variant in range(VARIANTS):
            chosen = choose(chance)

            def work(chosen: QueueFilter = chosen) -> None:
                read_queue(session, actor, chosen, now=now)

            with statements_of(database.read_engine) as sent:
                work()
            counts.append(len(sent))
            for _ in range(WARM_RUNS - 1):
                work()
            service += [timed_ms(work) for _ in range(RUNS_A_VARIANT)]
            bare += [replay_ms(session, sent) for _ in range(RUNS_A_VARIANT)]
    is_text = "text:" in name
    p50, p95 = p50_p95(bare)
    sql = Result(
        part="queue sql",
        name=name,
        measured=p50,
        p95=p95,
        unit="ms",
        goal=GOAL_TEXT_MS if is_text else GOAL_P50_MS,
        goal_p95=None if is_text else GOAL_P95_MS,
        statements=max(counts),
    )
    p50, p95 = p50_p95(service)
    whole = Result(part="queue service", name=name, measured=p50, p95=p95, unit="ms")
    return [sql, whole]


def _counts(database: Database, actor: Actor, now: datetime) -> Result:
    with database.reading() as session:

        def work() -> None:
            count_queue(session, actor, now=now)

        with statements_of(database.read_engine) as sent:
            work()
        taken = [replay_ms(session, sent) for _ in range(VARIANTS * RUNS_A_VARIANT)]
    p50, p95 = p50_p95(taken)
    return Result(
        part="queue sql",
        name="counts beside the filters",
        measured=p50,
        p95=p95,
        unit="ms",
        goal=GOAL_P50_MS,
        goal_p95=GOAL_P95_MS,
        statements=len(sent),
    )
