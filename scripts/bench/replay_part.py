"""``replay`` over 100,000 ended rounds of four lines each: seconds and memory."""

import threading
import time

import psutil
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from scripts.bench.timing import Result
from workbench.db.engine import Database
from workbench.db.models import ClaimLine, ClaimRound, new_id
from workbench.rules.document import thaw_parameters
from workbench.rules.replay import drifts_of
from workbench.services.catalogue.replay import replay

ROUNDS, LINES, CLAIMS = 100_000, 4, 3_000
GOAL_SECONDS, GOAL_MEMORY_MB = 30.0, 1_024.0
CHUNK = 2_000
WORKERS = 2
WATCH_SECONDS = 0.2


def prepare(database: Database) -> None:
    """Rounds of copies of the four-line documents that the fill made, up to 100,000."""

    def fill(session: Session) -> None:
        of_four = (
            select(ClaimLine.claim_id)
            .group_by(ClaimLine.claim_id)
            .having(func.count() == LINES)
            .scalar_subquery()
        )
        rounds = session.scalars(
            select(ClaimRound).where(
                ClaimRound.claim_id.in_(of_four), ClaimRound.document_hash.is_not(None)
            )
        ).all()
        rounds = [each for each in rounds if _is_same(each)]
        assert rounds, "the fill made no decided claim of four lines"
        others = ClaimRound.claim_id.not_in([each.claim_id for each in rounds])
        session.query(ClaimRound).where(others).update({"document_hash": None})
        columns = [column.name for column in ClaimRound.__table__.columns]
        kept = [{name: getattr(each, name) for name in columns} for each in rounds]
        for start in range(len(kept), ROUNDS, CHUNK):
            session.execute(
                insert(ClaimRound),
                [
                    {**kept[n % len(kept)], "id": new_id(), "number": 2 + n // len(kept)}
                    for n in range(start, min(start + CHUNK, ROUNDS))
                ],
            )

    database.in_tx(fill)


def _is_same(row: ClaimRound) -> bool:
    """Left out: what the fill stamped with days that its template did not have."""
    assert row.document is not None
    return not drifts_of(row.document, thaw_parameters(row.document))


def measure(database: Database) -> list[Result]:
    """One pass with two processes; the memory of all of them together at its highest."""
    with database.reading() as session:
        there = session.scalar(select(func.count()).where(ClaimRound.document_hash.is_not(None)))
    if (there or 0) < ROUNDS:
        prepare(database)
    with _Watch() as watch:
        found = replay(database, workers=WORKERS)
    assert found.is_same and found.rounds == ROUNDS, (found.rounds, found.drifts[:3])
    return [
        Result(
            part="replay",
            name=f"{ROUNDS:,} claims of {LINES} lines",
            measured=found.seconds,
            unit="s",
            goal=GOAL_SECONDS,
            note=f"{found.drifted} drifted",
        ),
        Result(
            part="replay",
            name="memory of all processes",
            measured=watch.most_bytes / 2**20,
            unit="MB",
            goal=GOAL_MEMORY_MB,
        ),
    ]


class _Watch:
    """The most memory of their own that this process and its children take while the block runs.

    Pages of the database file that are mapped are left out: the system may drop them.
    """

    def __init__(self) -> None:
        self.most_bytes = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._done.is_set():
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    taken = process.memory_info()
                    total += taken.rss - taken.shared
                except psutil.Error:
                    continue
            self.most_bytes = max(self.most_bytes, total)
            time.sleep(WATCH_SECONDS)
