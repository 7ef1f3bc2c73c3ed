"""The commission's inbox, its plan page and the promise board over all plans: their SQL, whole."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scripts.bench.timing import Result, Statement, p50_p95, replay_ms, statements_of, timed_ms
from workbench.db.engine import Database
from workbench.db.models import Claim, Insurer, Person, TreatmentPlan, User
from workbench.db.queries.calendar import work_calendar
from workbench.demo import names
from workbench.services.access import Actor, actor_of
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.inbox import Tab, count_inbox, read_inbox
from workbench.services.commission.listed import ListedPlan, plans_by_key
from workbench.services.commission.promise_board import read_board
from workbench.services.commission.reading import read_clock, read_plan
from workbench.services.list_pages import ListPage
from workbench.services.teeth.history import read_tooth_history

GOAL_LIST_MS, GOAL_PLAN_MS = 3.0, 30.0
RUNS, WARM_RUNS, VARIANTS = 30, 3, 12
PLANS, BOARDS = 150, 5
OWN_LISTS = (Tab.VOTE, Tab.MINE)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and what he is called in the table."""

    name: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """One list, or one search; ``text`` makes the next thing that is searched."""

    name: str
    tab: Tab = Tab.OPEN
    text: Callable[[random.Random], str] | None = None


def readers(database: Database) -> tuple[list[Reader], Reader]:
    """A chair of all insurers, of a large and of the smallest one; a member."""
    with database.reading() as session:
        chair = _actor(session, "bench-chair")
        counts = (
            select(TreatmentPlan.insurer_id)
            .join(Insurer, Insurer.id == TreatmentPlan.insurer_id)
            .where(TreatmentPlan.state == "submitted")
            .group_by(TreatmentPlan.insurer_id)
            .order_by(func.count())
        )
        small, *_others, large = session.scalars(counts).all()
        member = _actor(session, "bench-member-00")
    of_one = [
        Reader("a large insurer", replace(chair, insurer_ids=frozenset({large}))),
        Reader("a small insurer", replace(chair, insurer_ids=frozenset({small}))),
    ]
    return [Reader("all insurers", chair), *of_one], Reader("a member", member)


def _actor(session: Session, username: str) -> Actor:
    return actor_of(session, session.scalars(select(User).filter_by(username=username)).one())


def lists() -> Iterator[Asked]:
    """The lists of the inbox that are not a member's own."""
    for tab in Tab:
        if tab not in OWN_LISTS:
            yield Asked(str(tab), tab)


def searches(database: Database) -> Iterator[Asked]:
    """What can be looked for."""
    with database.reading() as session:
        numbers = session.scalars(select(TreatmentPlan.number).limit(2_000)).all()
        codes = session.scalars(select(Person.national_code).limit(2_000)).all()
    yield Asked("plan number", text=lambda c: c.choice(numbers))
    yield Asked("national code", text=lambda c: c.choice(codes))
    yield Asked("rare name", text=lambda c: f"{c.choice(names.FAMILY)} {c.choice(names.PLANTS)}")
    yield Asked("family name", text=lambda c: c.choice(names.FAMILY))
    yield Asked("three letters", text=lambda c: c.choice(names.FAMILY)[:3])


def measure(database: Database, now: datetime) -> list[Result]:
    """Every list for every reader, the counts, the plan page, the board."""
    chairs, member = readers(database)
    results = []
    for asked in [*lists(), *searches(database)]:
        for reader in chairs:
            results += measure_list(database, reader, asked, now)
    for tab in OWN_LISTS:
        results += measure_list(database, member, Asked(str(tab), tab), now)
    for reader in (*chairs, member):
        results.append(_counts(database, reader, now))
    results += _plans(database, chairs[0].actor, now)
    return [*results, *_boards(database, chairs, now)]


def measure_list(database: Database, reader: Reader, asked: Asked, now: datetime) -> list[Result]:
    """The first page, and the page behind its last row where there is one."""
    chance = random.Random(asked.name)
    taken: dict[str, list[tuple[float, float]]] = {}
    counts: dict[str, int] = {}
    with database.reading() as session:
        for _variant in range(VARIANTS if asked.text else 1):
            text = asked.text(chance) if asked.text else ""
            after = None
            for name in ("first page", "page by key"):
                page, sent = _one_page(database, session, reader, asked, text, now, after)
                own = _of_list(database, session, reader, page, sent, now)
                runs = RUNS // VARIANTS + 1 if asked.text else RUNS
                for _ in range(WARM_RUNS):
                    replay_ms(session, sent)
                taken.setdefault(name, []).extend(
                    (replay_ms(session, own), replay_ms(session, sent)) for _ in range(runs)
                )
                counts[name] = max(counts.get(name, 0), len(sent))
                after = page.next_key
                if after is None:
                    break
    return [_row(reader, asked, name, taken[name], counts[name]) for name in taken]


def _one_page(
    database: Database,
    session: Session,
    reader: Reader,
    asked: Asked,
    text: str,
    now: datetime,
    after: str | None,
) -> tuple[ListPage[ListedPlan], list[Statement]]:
    with statements_of(database.read_engine) as sent:
        page = read_inbox(session, reader.actor, asked.tab, text=text, now=now, after=after)
    session.expunge_all()
    return page, sent


def _of_list(
    database: Database,
    session: Session,
    reader: Reader,
    page: ListPage[ListedPlan],
    sent: list[Statement],
    now: datetime,
) -> list[Statement]:
    """What finds and counts the list's keys: the page without what then describes its rows."""
    keys = [(row.insurer_id, row.plan_id) for row in page.rows]
    calendar = work_calendar(session)
    with statements_of(database.read_engine) as second:
        plans_by_key(session, reader.actor, keys, calendar, now=now)
    session.expunge_all()
    left = Counter(statement for statement, _parameters in second)
    own = []
    for statement, parameters in sent:
        if left[statement]:
            left[statement] -= 1
        else:
            own.append((statement, parameters))
    return own


def _row(
    reader: Reader, asked: Asked, name: str, taken: list[tuple[float, float]], count: int
) -> Result:
    p50, p95 = p50_p95([own for own, _whole in taken])
    whole50, whole95 = p50_p95([whole for _own, whole in taken])
    return Result(
        part="inbox sql",
        name=f"{asked.name}, {reader.name}, {name}",
        measured=p50,
        p95=p95,
        unit="ms",
        goal=GOAL_LIST_MS,
        statements=count,
        note=f"with what its rows show {whole50:.2f}, p95 {whole95:.2f}",
    )


def _counts(database: Database, reader: Reader, now: datetime) -> Result:
    with database.reading() as session:
        with statements_of(database.read_engine) as sent:
            count_inbox(session, reader.actor, now=now)
        for _ in range(WARM_RUNS):
            replay_ms(session, sent)
        p50, p95 = p50_p95([replay_ms(session, sent) for _ in range(RUNS)])
    return Result(
        part="inbox sql",
        name=f"counts of all lists, {reader.name}",
        measured=p50,
        p95=p95,
        unit="ms",
        goal=GOAL_LIST_MS,
        statements=len(sent),
    )


def _plans(database: Database, actor: Actor, now: datetime) -> list[Result]:
    """What the plan page reads, of people with claims too."""
    with database.reading() as session:
        keys = session.execute(
            select(TreatmentPlan.insurer_id, TreatmentPlan.id)
            .join(Claim, Claim.person_id == TreatmentPlan.person_id)
            .where(TreatmentPlan.state == "submitted", Claim.state == "archived")
            .limit(PLANS)
        ).all()
    places = [PlanPlace(insurer_id=insurer_id, plan_id=plan_id) for insurer_id, plan_id in keys]

    def whole(session: Session, place: PlanPlace) -> None:
        view = read_plan(session, actor, place, now=now)
        read_tooth_history(session, actor, view.person_id, centre_id=view.centre_id)

    def clock(session: Session, place: PlanPlace) -> None:
        read_clock(session, actor, place, now=now)

    return [
        *_reading(database, places, "plan with its teeth", whole, GOAL_PLAN_MS),
        *_reading(database, places, "clock of a plan", clock, None),
    ]


def _reading(
    database: Database,
    places: list[PlanPlace],
    name: str,
    work: Callable[[Session, PlanPlace], None],
    goal: float | None,
) -> list[Result]:
    service, bare, counts = [], [], []
    for former, place in pairwise(places):
        with database.reading() as session:
            work(session, former)
            session.expunge_all()
            with statements_of(database.read_engine) as sent:
                service.append(timed_ms(lambda s=session, p=place: work(s, p)))
            bare.append(replay_ms(session, sent))
            counts.append(len(sent))
    rows = []
    for kind, taken in (("read by the service", service), ("its SQL", bare)):
        p50, p95 = p50_p95(taken)
        rows.append(
            Result(
                part="plan page",
                name=f"{name}, {kind}",
                measured=p50,
                p95=p95,
                unit="ms",
                goal=goal,
                goal_p95=goal,
                statements=max(counts),
            )
        )
    return rows


def _boards(database: Database, chairs: list[Reader], now: datetime) -> list[Result]:
    """The promise board: the first time in an hour, and at each refresh after it."""
    results = []
    for reader in chairs[:2]:
        taken = []
        for _ in range(BOARDS + 1):
            with database.reading() as session:
                taken.append(timed_ms(lambda s=session, r=reader: read_board(s, r.actor, now=now)))
        for name, times in (("first", taken[:1]), ("again", taken[1:])):
            p50, p95 = p50_p95(times)
            results.append(
                Result(
                    part="board",
                    name=f"promise board, {reader.name}, {name}",
                    measured=p50,
                    p95=p95,
                    unit="ms",
                )
            )
    return results
