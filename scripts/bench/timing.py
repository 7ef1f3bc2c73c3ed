"""Times of repeated calls, and the statements a call sends, replayed by the bare driver."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the report; ``goal`` is the most (or, for rates, the least) that is wanted."""

    part: str
    name: str
    measured: float
    unit: str
    goal: float | None = None
    is_rate: bool = False
    p95: float | None = None
    goal_p95: float | None = None
    statements: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        if self.is_rate:
            return self.measured >= self.goal
        within_p95 = self.goal_p95 is None or (self.p95 or 0) <= self.goal_p95
        return self.measured <= self.goal and within_p95

    def as_facts(self) -> dict[str, Any]:
        """The fields for JSON."""
        return asdict(self) | {"is_met": self.is_met}


def p50_p95(milliseconds: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    ordered = sorted(milliseconds)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def timed_ms(work: Callable[[], object]) -> float:
    """How long one call takes, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[Statement]]:
    """Gathers what is sent to the database meanwhile, with its parameters."""
    sent: list[Statement] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def replay_ms(session: Session, statements: list[Statement]) -> float:
    """The same statements by the bare driver, all rows fetched, in milliseconds."""
    cursor = session.connection().connection.driver_connection.cursor()  # type: ignore[union-attr]
    began = time.perf_counter()
    for statement, parameters in statements:
        cursor.execute(statement, parameters)
        if cursor.description is not None:
            cursor.fetchall()
    taken = (time.perf_counter() - began) * 1000
    cursor.close()
    return taken
