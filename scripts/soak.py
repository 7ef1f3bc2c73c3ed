"""Eight assessors at work for a while: through the services and a real server, then ``verify``.

Each takes the next case, opens it, answers its findings, finishes or returns or parks it; beside
them desk and queue are run again and again over the websocket. The server's memory, after a warm-up
of two fifths of the time, must not grow by 5 % or more; ``verify`` must find nothing; no case is
decided twice. Exits 1 otherwise. The database is a copy that is thrown away.
"""

import argparse
import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT), *(p for p in sys.path if Path(p or ".").resolve() != ROOT / "scripts")]

from sqlalchemy import select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402

from scripts.bench.filling import fill_sqlite  # noqa: E402
from scripts.bench.page_client import PageClient  # noqa: E402
from scripts.bench.server import Server, open_sessions, running_server  # noqa: E402
from workbench import clock  # noqa: E402
from workbench.db.engine import Database  # noqa: E402
from workbench.db.models import Claim, User, new_id  # noqa: E402
from workbench.errors import Refused  # noqa: E402
from workbench.services import runtime  # noqa: E402
from workbench.services.access import Actor, actor_of  # noqa: E402
from workbench.services.claims import assessing, deciding, taking  # noqa: E402
from workbench.services.claims.assessing import Place  # noqa: E402
from workbench.services.claims.facts import assess  # noqa: E402
from workbench.services.claims.reading import read_case  # noqa: E402
from workbench.services.verification.verification import verify  # noqa: E402

USERS = 8
CLAIMS = 50_000
GROWTH_MAX = 0.05
WARM_UP_SHARE = 0.4  # the server keeps what it knows of a closed tab for ten minutes
RERUNS_A_TAB = 200
SAMPLE_SECONDS = 5.0
PAUSE_SECONDS = (0.2, 1.0)
RETURNED_SHARE, PARKED_SHARE = 0.1, 0.05
EXPECTED_REFUSALS = {
    "images_not_compared",
    "claim_taken",
    "claim_changed",
    "wrong_state",
    "database_busy",
}


class Worker(threading.Thread):
    """One assessor through the services, in a process of its own database connection."""

    def __init__(self, database: Database, actor: Actor, end: float) -> None:
        super().__init__(name=actor.username, daemon=True)
        self.done: Counter[str] = Counter()
        self.decided: list[int] = []
        self.problems: list[BaseException] = []
        self._database, self._actor, self._end = database, actor, end
        self._chance = random.Random(actor.username)

    def run(self) -> None:
        """Case after case until the time is over; what goes wrong is kept and ends the worker."""
        try:
            while time.monotonic() < self._end:
                self._one_case()
                time.sleep(self._chance.uniform(*PAUSE_SECONDS))
        except BaseException as problem:
            self.problems.append(problem)

    def _one_case(self) -> None:
        key = self._database.in_tx(self._take)
        if key is None:
            self.done["nothing waits"] += 1
            return
        with self._database.reading() as session:
            read_case(session, self._actor, *key, now=clock.now())
        try:
            while self._database.in_tx(lambda s: self._answer_one(s, key)):
                self.done["answered"] += 1
            self.done[self._database.in_tx(lambda s: self._decide(s, key))] += 1
            self.decided.append(key[1])
        except Refused as refused:
            if refused.code not in EXPECTED_REFUSALS:
                raise
            self.done[refused.code] += 1

    def _take(self, session: Session) -> tuple[int, int] | None:
        claim = taking.take_next(session, self._actor, now=clock.now())
        return None if claim is None else (claim.insurer_id, claim.id)

    def _place(self, claim: Claim) -> Place:
        return Place(insurer_id=claim.insurer_id, claim_id=claim.id, version=claim.version)

    def _answer_one(self, session: Session, key: tuple[int, int]) -> bool:
        claim = session.get_one(Claim, key)
        found = assess(session, claim).open_findings
        if not found:
            return False
        assessing.override_finding(
            session, self._actor, self._place(claim), key=found[0].key, reason="بررسی شد",
            now=clock.now(),
        )  # fmt: skip
        return True

    def _decide(self, session: Session, key: tuple[int, int]) -> str:
        claim = session.get_one(Claim, key)
        place, now, nonce = self._place(claim), clock.now(), f"soak:{new_id()}"
        lot = self._chance.random()
        if lot < RETURNED_SHARE:
            defects = [deciding.DefectInput(reason="R03", text="تصویر بعد")]
            deciding.return_claim(
                session, self._actor, place, defects=defects, nonce=nonce, now=now
            )
            return "returned"
        if lot < RETURNED_SHARE + PARKED_SHARE:
            taking.park_claim(
                session, self._actor, *key, reason="در انتظار پاسخ", until_on=now.date(),
                version=place.version, now=now,
            )  # fmt: skip
            return "parked"
        available = assess(session, claim).case.available_rial
        deciding.finish_claim(
            session, self._actor, place, nonce=nonce, seen_available_rial=available, now=now
        )
        return "finished"


def main() -> int:
    """Soak, then say what was done and whether all is well; 0 or 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    try:
        return _soak(folder, chosen.minutes, chosen.claims)
    finally:
        if chosen.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _soak(folder: Path, minutes: float, claims: int) -> int:
    path = folder / "workbench.db"
    print(f"filling {claims:,} claims", flush=True)
    fill_sqlite(path, claims, now=clock.now(), tell=lambda _sentence: None)
    database = Database(f"sqlite:///{path}")
    with database.reading() as session:
        users = session.scalars(
            select(User).where(User.username.like("bench0%")).order_by(User.username).limit(USERS)
        ).all()
        actors = [actor_of(session, user) for user in users]
    with running_server(database.url, folder / "server") as server:
        tokens = open_sessions(database, [actor.username for actor in actors])
        end = time.monotonic() + minutes * 60
        workers = [Worker(database, actor, end) for actor in actors]
        for worker in workers:
            worker.start()
        samples, reruns = asyncio.run(_pages(server, tokens, end))
        for worker in workers:
            worker.join(60)
    while runtime.seal_waiting(database):
        pass
    return _told(database, workers, samples, reruns)


async def _pages(
    server: Server, tokens: list[str], end: float
) -> tuple[list[tuple[float, int]], int]:
    """Every user runs his desk and queue again and again; the server's memory is sampled."""
    samples: list[tuple[float, int]] = []
    reruns = 0

    async def user(token: str) -> None:
        nonlocal reruns
        chance = random.Random(token)
        while time.monotonic() < end:
            async with PageClient(
                server.address, token, chance.choice(("queue", "desk"))
            ) as client:
                for _ in range(RERUNS_A_TAB):
                    if time.monotonic() >= end:
                        break
                    await client.rerun()
                    reruns += 1
                    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))

    async def sample() -> None:
        while time.monotonic() < end:
            samples.append((time.monotonic(), server.memory_bytes()))
            await asyncio.sleep(SAMPLE_SECONDS)

    await asyncio.gather(sample(), *(user(token) for token in tokens))
    return samples, reruns


def _told(
    database: Database, workers: list[Worker], samples: list[tuple[float, int]], reruns: int
) -> int:
    done: Counter[str] = sum((worker.done for worker in workers), Counter())
    decided = [claim_id for worker in workers for claim_id in worker.decided]
    growth, first_mb, last_mb = memory_growth([memory for _at, memory in samples])
    with database.reading() as session:
        verification = verify(session, now=clock.now())
    problems = [f"{worker.name}: {p!r}" for worker in workers for p in worker.problems]
    problems += [f"{worker.name} hangs" for worker in workers if worker.is_alive()]
    problems += [text for check in verification.checks for text in check.problems]
    if growth >= GROWTH_MAX:
        problems.append(f"memory grew by {growth:.1%}")
    if len(set(decided)) < len(decided):
        problems.append("a case was decided twice")
    print(f"done: {dict(done)}; {reruns:,} reruns of pages")
    print(f"memory of the server: {first_mb:.0f} MB → {last_mb:.0f} MB ({growth:+.1%})")
    print(f"verify: {', '.join(f'{c.name} {c.count:,}' for c in verification.checks)}")
    for problem in problems:
        print(f"PROBLEM {problem}")
    print("all is well" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def memory_growth(memory_bytes: list[int]) -> tuple[float, float, float]:
    """How much the last tenth is above the tenth after the warm-up; both in MB too."""
    warm = memory_bytes[int(len(memory_bytes) * WARM_UP_SHARE) :]
    tenth = max(1, len(warm) // 10)
    first = statistics.median(warm[:tenth])
    last = statistics.median(warm[-tenth:])
    return last / first - 1, first / 1024**2, last / 1024**2


if __name__ == "__main__":
    raise SystemExit(main())
