"""What the managers' figures are counted from: the steps of claims, as the trail tells them.

A step is a movement of a claim with its day and the working minutes since the step before. Steps
follow from the trail of a claim and the working calendar and from nothing else, so ``verify`` can
make them again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from workbench.persian.jalali import day_of, parts
from workbench.rules.working_time import WorkCalendar, working_hours_between

ARRIVE, RESUBMIT, TAKE, PARK, RETURN = "arrive", "resubmit", "take", "park", "return"
FINISH, REOPEN, VOID, TO_FINANCE, ARCHIVE = "finish", "reopen", "void", "send_to_finance", "archive"
DROP = "drop"
"""A returned case that becomes void: it was out of work already."""
INTO_WORK = frozenset({ARRIVE, RESUBMIT, REOPEN})
OUT_OF_WORK = frozenset({FINISH, RETURN, VOID})
STEPS: Mapping[str, str] = {
    "receive": ARRIVE,
    **{each: each for each in (RESUBMIT, TAKE, PARK, RETURN, FINISH, REOPEN, VOID)},
    **{each: each for each in (TO_FINANCE, ARCHIVE)},
}
"""Action of the claim's table of transitions → step; the others move no case."""
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a claim.

    ``day``: its day in Tehran as a proleptic ordinal; ``month``: the Jalali one as yyyymm;
    ``former``: the step before, with ``waited_minutes`` of work since; ``round_minutes``: since
    ``clock_at``, where the round's clock began (finish and return). ``is_undone``: a finish
    that was reopened since.
    """

    action: str
    at: datetime
    day: int
    month: int
    former: str | None
    clock_at: datetime
    waited_minutes: int | None
    round_minutes: int | None
    is_undone: bool = False


def next_step(action: str, at: datetime, former: Step | None, calendar: WorkCalendar) -> Step:
    """The step that follows ``former``; of that, action, instant and clock are looked at."""
    on = day_of(at)
    year, month, _day = parts(on)
    if action == VOID and former is not None and former.action == RETURN:
        action = DROP
    clock_at = at if former is None or action in INTO_WORK else former.clock_at
    is_decided = former is not None and action in (FINISH, RETURN)
    return Step(
        action=action,
        at=at,
        day=on.toordinal(),
        month=year * 100 + month,
        former=former.action if former else None,
        clock_at=clock_at,
        waited_minutes=_minutes(calendar, former.at, at) if former else None,
        round_minutes=_minutes(calendar, clock_at, at) if is_decided else None,
    )


def steps_of(moves: Iterable[tuple[str, datetime]], calendar: WorkCalendar) -> Iterator[Step]:
    """The steps of one claim from its moves (step and instant) in their order."""
    steps: list[Step] = []
    for action, at in moves:
        step = next_step(action, at, steps[-1] if steps else None, calendar)
        if action == REOPEN:
            steps = _undone(steps)
        steps.append(step)
    yield from steps


def _undone(steps: list[Step]) -> list[Step]:
    """The last finish does not hold any more."""
    last = max((n for n, step in enumerate(steps) if step.action == FINISH), default=None)
    return [replace(step, is_undone=True) if n == last else step for n, step in enumerate(steps)]


def _minutes(calendar: WorkCalendar, start: datetime, end: datetime) -> int:
    """Whole working minutes, never below 0: a receipt may be dated back."""
    return max(0, int(working_hours_between(calendar, start, end) * MINUTES_AN_HOUR))
