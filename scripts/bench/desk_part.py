"""Taking, opening, finishing, searching, computing, verifying: each as the desk does it."""

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench.queue_part import read_places
from scripts.bench.timing import Result, p50_p95, replay_ms, statements_of, timed_ms
from workbench.db.engine import Database
from workbench.db.models import Batch, Claim, Person, Referral, new_id
from workbench.demo import names
from workbench.rules.facts import Case
from workbench.rules.lines import case_money
from workbench.services.access import Actor
from workbench.services.claims import deciding, taking
from workbench.services.claims.assessing import Place
from workbench.services.claims.facts import assess
from workbench.services.claims.reading import read_case
from workbench.services.desk.search import search
from workbench.services.verification.verification import verify

Key = tuple[int, int]
TAKES_A_WORKER = 200
WORKERS = 8
OPENED = 250
FINISHES_MAX = 400
FOUR_LINES = 4
SEARCHES = 200
MONEY_SECONDS = 2.0


def take(database: Database, actors: list[Actor], now: datetime) -> list[Result]:
    """``take_next`` by one worker and by eight at once; what was taken is given back."""
    alone, inside = [], []
    taken = []
    for _ in range(TAKES_A_WORKER):
        claim_key, whole_ms, inside_ms = _take_one(database, actors[0], now)
        taken.append((actors[0], claim_key))
        alone.append(whole_ms)
        inside.append(inside_ms)
    _give_back(database, taken, now)
    p50, p95 = p50_p95(alone)
    results = [
        Result(part="take", name="1 worker, with commit", measured=p50, p95=p95, unit="ms", goal=3),
        Result(
            part="take",
            name="1 worker, before the commit",
            measured=p50_p95(inside)[0],
            p95=p50_p95(inside)[1],
            unit="ms",
            goal=3,
        ),
    ]
    return results + _take_together(database, actors[:WORKERS], now)


def _take_one(database: Database, actor: Actor, now: datetime) -> tuple[Key, float, float]:
    inside = 0.0

    def work(session: Session) -> Key:
        nonlocal inside
        began = time.perf_counter()
        claim = taking.take_next(session, actor, now=now)
        session.flush()
        inside = (time.perf_counter() - began) * 1000
        assert claim is not None, "nothing waits any more: fill the database again"
        return claim.insurer_id, claim.id

    began = time.perf_counter()
    key = database.in_tx(work)
    return key, (time.perf_counter() - began) * 1000, inside


def _take_together(database: Database, actors: list[Actor], now: datetime) -> list[Result]:
    found: list[tuple[Actor, Key]] = []
    taken: list[float] = []
    lock = threading.Lock()

    def work(actor: Actor) -> None:
        for _ in range(TAKES_A_WORKER // 4):
            key, whole_ms, _inside = _take_one(database, actor, now)
            with lock:
                found.append((actor, key))
                taken.append(whole_ms)

    threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    twice = len(found) - len({key for _actor, key in found})
    _give_back(database, found, now)
    p50, p95 = p50_p95(taken)
    count = len(actors)
    return [
        Result(
            part="take", name=f"{count} workers, each", measured=p50, p95=p95, unit="ms",
            note="with the wait for the others",
        ),
        Result(
            part="take", name=f"{count} workers", measured=len(found) / seconds, unit="1/s",
            is_rate=True,
        ),
        Result(part="take", name=f"{count} workers, taken twice", measured=twice, unit="", goal=0),
    ]  # fmt: skip


def _give_back(database: Database, taken: list[tuple[Actor, Key]], now: datetime) -> None:
    def work(session: Session) -> None:
        for actor, (insurer_id, claim_id) in taken:
            taking.release_claim(session, actor, insurer_id, claim_id, now=now)

    database.in_tx(work)


def open_cases(database: Database, actor: Actor, now: datetime) -> list[Result]:
    """``read_case`` over open and over archived claims, with all its statements."""
    results = []
    for name, states in (
        ("open", ("accepted", "under_review", "parked", "returned")),
        ("archived", ("archived",)),
    ):
        service, bare, counts = [], [], []
        with database.reading() as session:
            keys = session.execute(
                select(Claim.insurer_id, Claim.id)
                .where(Claim.state.in_(states))
                .order_by(Claim.number.desc())
                .limit(OPENED * 20)
            ).all()
        chosen = random.Random(name).sample(keys, min(OPENED, len(keys)))
        for insurer_id, claim_id in chosen:
            with database.reading() as session:

                def work(
                    session: Session = session, i: int = insurer_id, c: int = claim_id
                ) -> None:
                    read_case(session, actor, i, c, now=now)

                with statements_of(database.read_engine) as sent:
                    work()
                session.expunge_all()
                service.append(timed_ms(work))
                bare.append(replay_ms(session, sent))
            counts.append(len(sent))
        p50, p95 = p50_p95(bare)
        results.append(
            Result(
                part="open case",
                name=f"{name}, its SQL",
                measured=p50,
                p95=p95,
                unit="ms",
                goal=10,
                statements=max(counts),
            )  # fmt: skip
        )
        p50, p95 = p50_p95(service)
        results.append(
            Result(part="open case", name=f"{name}, read_case", measured=p50, p95=p95, unit="ms")
        )
    return results


def finish(database: Database, actor: Actor, now: datetime) -> list[Result]:
    """Finish clean four-line claims one after the other: results, ledger, document, audit."""
    with database.reading() as session:
        keys = session.execute(
            select(Claim.insurer_id, Claim.id)
            .where(
                Claim.state == "accepted",
                Claim.line_count == FOUR_LINES,
                Claim.open_finding_count == 0,
            )
            .limit(FINISHES_MAX)
        ).all()
    taken = [(key, database.in_tx(_preparing(actor, key, now))) for key in keys]
    prepared = [(key, case) for key, (case, is_clean) in taken if is_clean]
    times, inside = [], []
    began = time.perf_counter()
    for key, (version, available) in prepared:
        place = Place(insurer_id=key[0], claim_id=key[1], version=version)
        one_began = time.perf_counter()
        inside.append(_finish_one(database, actor, place, available, now))
        times.append((time.perf_counter() - one_began) * 1000)
    seconds = time.perf_counter() - began
    p50, p95 = p50_p95(times)
    before = p50_p95(inside)
    note = f"{len(prepared)} claims"
    return [
        Result(
            part="finish", name="one writer, with commit", measured=len(prepared) / seconds,
            unit="1/s", goal=300, is_rate=True, note=note,
        ),
        Result(part="finish", name="each, with commit", measured=p50, p95=p95, unit="ms"),
        Result(
            part="finish", name="each, before the commit", measured=before[0], p95=before[1],
            unit="ms", note=f"{1000 / before[0]:.0f} a second without the disk",
        ),
    ]  # fmt: skip


def _preparing(
    actor: Actor, key: Any, now: datetime
) -> Callable[[Session], tuple[tuple[int, int | None], bool]]:
    """Take a claim: its version, the ceiling that is available, and whether nothing is open."""

    def work(session: Session) -> tuple[tuple[int, int | None], bool]:
        claim = taking.take_claim(session, actor, key[0], key[1], now=now)
        session.flush()
        found = assess(session, claim)
        return (claim.version, found.case.available_rial), not found.open_findings

    return work


def _finish_one(
    database: Database, actor: Actor, place: Place, available: int | None, now: datetime
) -> float:
    inside = 0.0

    def work(session: Session) -> None:
        nonlocal inside
        began = time.perf_counter()
        deciding.finish_claim(
            session, actor, place, nonce=f"bench:{new_id()}", seen_available_rial=available, now=now
        )
        session.flush()
        inside = (time.perf_counter() - began) * 1000

    database.in_tx(work)
    return inside


def searching(database: Database, actor: Actor, now: datetime) -> list[Result]:
    """The search box: national code (written to the trail), names and numbers."""
    chance = random.Random("search")
    with database.reading() as session:
        codes = session.scalars(select(Person.national_code).limit(5_000)).all()
        referrals = session.scalars(select(Referral.number).limit(5_000)).all()
        batches = session.scalars(select(Batch.acceptance_number).limit(5_000)).all()
    chosen: dict[str, Callable[[], str]] = {
        "case number": lambda: chance.choice(read.numbers),
        "referral": lambda: chance.choice(referrals),
        "batch": lambda: chance.choice(batches),
        "rare name": lambda: f"{chance.choice(names.FAMILY)} {chance.choice(names.PLANTS)}",
        "three letters": lambda: chance.choice(names.FAMILY)[:3],
        "national code": lambda: chance.choice(codes),
    }
    read = read_places(database)
    results = []
    for name, make in chosen.items():
        taken = []
        for _ in range(SEARCHES):
            text = make()

            def work(session: Session, text: str = text, taken: list[float] = taken) -> None:
                taken.append(timed_ms(lambda: search(session, actor, text, now=now)))

            if name == "national code":
                database.in_tx(work)
            else:
                with database.reading() as session:
                    work(session)
        p50, p95 = p50_p95(taken)
        results.append(Result(part="search", name=name, measured=p50, p95=p95, unit="ms", goal=5))
    return results


def money(database: Database) -> list[Result]:
    """The one function of the money on four-line cases in memory."""
    with database.reading() as session:
        claim = session.scalars(
            select(Claim).where(Claim.is_open, Claim.line_count == FOUR_LINES).limit(1)
        ).one()
        case: Case = assess(session, claim).case
    count = 0
    began = time.perf_counter()
    while time.perf_counter() - began < MONEY_SECONDS:
        for _ in range(200):
            case_money(case)
        count += 200
    rate = count * FOUR_LINES / (time.perf_counter() - began)
    return [
        Result(
            part="money", name="lines in memory", measured=rate, unit="lines/s", goal=50_000,
            is_rate=True,
        )
    ]  # fmt: skip


def verifying(database: Database, now: datetime) -> list[Result]:
    """``verify`` over everything; a problem found ends the measuring."""
    began = time.perf_counter()
    with database.reading() as session:
        found = verify(session, now=now)
    seconds = time.perf_counter() - began
    assert found.is_sound, [problem for check in found.checks for problem in check.problems][:10]
    counts = ", ".join(f"{check.name} {check.count:,}" for check in found.checks)
    return [Result(part="verify", name="all checks", measured=seconds, unit="s", note=counts)]
