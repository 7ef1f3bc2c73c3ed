"""Work over the whole history, part by part, in processes that read the database themselves.

A server with threads is no place for minutes of computing: others would wait for their pages.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

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
    # A fork of a server with threads may hang: start afresh.
    with ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_open, initargs=(database.url,)
    ) as pool:
        left = iter(parts)
        waiting: deque[Future[R]] = deque(
            pool.submit(partial(_run, work), part) for part in islice(left, workers * AHEAD)
        )
        try:
            while waiting:
                done = waiting.popleft().result()
                waiting.extend(pool.submit(partial(_run, work), part) for part in islice(left, 1))
                yield done
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _open(url: str) -> None:
    global _database
    _database = Database(url)


def _run(work: Callable[[Session, P], R], part: P) -> R:
    assert _database is not None
    with _database.reading() as session:
        return work(session, part)
