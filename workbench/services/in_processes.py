"""Work over the whole history, part by part, in processes that read the database themselves.

A server with threads is no place for minutes of computing: others would wait for their pages.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import islice
from typing import TypeVar

from loky import ProcessPoolExecutor
from sqlalchemy.orm import Session

from workbench.db.engine import Database

P = TypeVar("P")
R = TypeVar("R")

AHEAD = 3  # parts that wait for each process, so that none stands still

_database: Database | None = None


def work_through(
    database: Database, work: Callable[[Session, P], R], parts: Iterable[P], *, workers: int
) -> Iterator[R]:
    """``work(session, part)`` of each part in the order of the parts; 0 workers: in this process.

    ``work`` is a function of a module (or a partial of one), the results are small: both travel.
    """
    if workers == 0:
        for part in parts:
            with database.reading() as session:
                yield work(session, part)
        return
    # Not the library's own pool: that runs the server's present page once more in each process.
    pool = ProcessPoolExecutor(workers, initializer=_open, initargs=(database.url,))
    try:
        left = iter(parts)
        waiting: deque[Future[R]] = deque(
            pool.submit(partial(_run, work), part) for part in islice(left, workers * AHEAD)
        )
        while waiting:
            done = waiting.popleft().result()
            waiting.extend(pool.submit(partial(_run, work), part) for part in islice(left, 1))
            yield done
    finally:
        pool.shutdown(wait=False, kill_workers=True)


def _open(url: str) -> None:
    global _database
    _database = Database(url)


def _run(work: Callable[[Session, P], R], part: P) -> R:
    assert _database is not None
    with _database.reading() as session:
        return work(session, part)
