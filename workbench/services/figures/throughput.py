"""The managers' first page: what came, what was decided, what waits, and where time is lost.

Every figure counts steps of claims (``claim_step``) within the actor's insurers; the cases behind
one are listed by ``read_cases``. The period is in days of Tehran, both ends included.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, Insurer, User
from workbench.db.planning import planned_by_values
from workbench.db.queries import step_sums, wait_sums
from workbench.db.queries import throughput as queries
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.steps import FINISH, INTO_WORK, RETURN
from workbench.rules.throughput import (
    Flow,
    Part,
    SameDay,
    Spread,
    StateAge,
    StepCount,
    backlogs,
    flow_of,
    flows_of,
    forecast,
    paces,
    same_days,
    spread,
)
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.figures.work_in_hand import ages_of, counted_step, read_same_day

USUAL_DAYS = 42
DAYS_MAX = 3_700  # ten years
PACE_DAYS = 45
DAY_MINUTES = 24 * 60
WEEK = 7
FIGURES = {
    "came": tuple(sorted(INTO_WORK)),
    "decided": (FINISH,),
    "returned": (RETURN,),
}
"""Figure → the steps behind it."""
WAITS = {
    ("arrive", "take", False): "to_take",
    ("take", "finish", False): "review",
    ("take", "return", False): "review",
    ("return", "resubmit", True): "defect",
    ("return", "resubmit", False): "defect",
    ("resubmit", "take", True): "again",
    ("take", "finish", True): "again",
    ("take", "return", True): "again",
    ("finish", "send_to_finance", False): "to_finance",
    ("finish", "send_to_finance", True): "to_finance",
}
"""Former step, step, whether in a later round → where the time went."""
PARTED_FIRST = "assessor"
PARTED_BY = ("assessor", "insurer", "centre", "kind")
"""What the figures can be told apart by."""
NAMES: Mapping[str, tuple[Any, Any]] = {
    "assessor": (User, User.display_name),
    "insurer": (Insurer, Insurer.name),
    "centre": (Centre, Centre.name),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the page is limited to; None does not limit."""

    first_on: date
    last_on: date
    insurer_id: int | None = None
    centre_id: int | None = None
    assessor_id: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """What the page shows. ``backlog`` is now, ``backlogs`` at the end of each day of ``flows``.

    ``coming``: day and expected backlog at its end. ``same_day``: today against ``same_days``.
    """

    as_of: datetime
    wanted: Wanted
    flows: tuple[Flow, ...]
    backlogs: tuple[int, ...]
    backlog: int
    backlog_week_ago: int
    turnaround: Spread
    waits: dict[str, Spread]
    coming: tuple[tuple[date, float], ...]
    ages: tuple[StateAge, ...]
    parts: tuple[Part, ...]
    parted_by: str
    same_day: tuple[SameDay, ...]
    same_days: tuple[date, ...]

    @property
    def on_time_percent(self) -> float | None:
        """Of all decisions and returns of the period, those before their deadline."""
        decided = sum(flow.decided + flow.returned for flow in self.flows)
        on_time = sum(flow.on_time for flow in self.flows)
        return 100 * on_time / decided if decided else None


def usual_period(now: datetime) -> tuple[date, date]:
    """The days that the page opens with: six weeks up to today."""
    today = day_of(now)
    return today - timedelta(days=USUAL_DAYS - 1), today


def read_throughput(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime, part_by: str = PARTED_FIRST
) -> Throughput:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``.

    ``part_by``: what the table tells the figures apart by, of ``PARTED_BY``.
    """
    require(actor, "figures.read")
    counted = counted_of(actor, wanted, now)
    of_all = _whole(counted)
    calendar = work_calendar(session)
    period = (wanted.first_on, wanted.last_on)
    recently = (day_of(now) - timedelta(days=PACE_DAYS), day_of(now))
    flows = flows_of(_counts(session, counted), *period, calendar)
    of_all_flows = (
        flows if of_all == counted else flows_of(_counts(session, of_all), *period, calendar)
    )
    recent = flows_of(_counts(session, _between(of_all, *recently)), *recently, calendar)
    backlog = int(session.scalar(queries.in_work(of_all)) or 0)
    alike = same_days(day_of(now), calendar)
    after = _between(of_all, wanted.last_on + timedelta(days=1), day_of(now))
    since = step_sums.net_flow(session, after)
    return Throughput(
        as_of=now,
        wanted=wanted,
        flows=flows,
        backlogs=backlogs(of_all_flows, backlog - since),
        backlog=backlog,
        backlog_week_ago=backlogs(recent, backlog)[-1 - WEEK],
        turnaround=_turnaround(session, counted),
        waits=_waits(session, counted),
        coming=forecast(recent, backlog, calendar),
        ages=ages_of(session, of_all, calendar, now, paces(recent)),
        parts=_parts(session, counted, part_by, wanted.last_on),
        parted_by=part_by,
        same_day=read_same_day(session, counted, alike, now),
        same_days=alike,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case behind a figure; ``round_days``: working days of its round until then."""

    number: str
    state: str
    at: datetime
    centre: str
    actor: str | None
    round_days: float | None
    is_on_time: bool | None


def read_cases(
    session: Session, actor: Actor, wanted: Wanted, actions: Sequence[str], *, now: datetime
) -> tuple[CaseRow, ...]:
    """The newest cases of such steps, fifty at most; refused as ``read_throughput``."""
    require(actor, "figures.read")
    behind = queries.cases_behind(counted_of(actor, wanted, now), actions)
    with planned_by_values(session):
        rows = session.execute(behind).all()
    return tuple(
        CaseRow(
            number=row.number,
            state=row.state,
            at=row.at,
            centre=row.centre_name,
            actor=row.actor_name,
            round_days=None if row.round_minutes is None else row.round_minutes / DAY_MINUTES,
            is_on_time=row.is_on_time,
        )
        for row in rows
    )


def counted_of(actor: Actor, wanted: Wanted, now: datetime) -> queries.Counted:
    days = (wanted.last_on - wanted.first_on).days + 1
    if not 1 <= days <= DAYS_MAX or wanted.last_on > day_of(now):
        raise Refused("period_wrong", days=DAYS_MAX)
    if wanted.insurer_id is not None and not may_see_insurer(actor, wanted.insurer_id):
        raise Refused("not_permitted")
    own = None if actor.insurer_ids is None else sorted(actor.insurer_ids)
    return queries.Counted(
        first_day=wanted.first_on.toordinal(),
        last_day=wanted.last_on.toordinal(),
        insurer_ids=own if wanted.insurer_id is None else [wanted.insurer_id],
        centre_id=wanted.centre_id,
        assessor_id=wanted.assessor_id,
        kind=wanted.kind,
    )


def _whole(counted: queries.Counted) -> queries.Counted:
    """The same for all assessors: what waits is nobody's."""
    return replace(counted, assessor_id=None)


def _between(counted: queries.Counted, first_on: date, last_on: date) -> queries.Counted:
    return replace(counted, first_day=first_on.toordinal(), last_day=last_on.toordinal())


def _counts(session: Session, counted: queries.Counted) -> list[StepCount]:
    return [counted_step(row) for row in step_sums.flows(session, counted)]


def _parts(session: Session, counted: queries.Counted, part_by: str, on: date) -> tuple[Part, ...]:
    """The largest first."""
    found: dict[int | str | None, list[StepCount]] = {}
    for row in step_sums.by_group(session, part_by, counted):
        count = StepCount(
            action=row.action, on=on, steps=row.steps, holding=row.holding, on_time=row.on_time
        )
        found.setdefault(row.key, []).append(count)
    names = names_of(session, part_by, found)
    parts = (
        Part(key=key, name=names.get(key, "–"), flow=flow_of(counts, on))
        for key, counts in found.items()
    )
    return tuple(sorted(parts, key=lambda part: (-part.flow.left, -part.flow.came, part.name)))


def names_of(
    session: Session, part_by: str, keys: Collection[int | str | None]
) -> dict[int | str | None, str]:
    """The names of such assessors, insurers or centres; a kind's code is its own."""
    column = NAMES.get(part_by)
    if column is None:
        return {key: str(key) for key in keys}
    table, name = column
    rows = session.execute(select(table.id, name).where(table.id.in_(list(keys))))
    return {row[0]: row[1] for row in rows}


def _turnaround(session: Session, counted: queries.Counted) -> Spread:
    rows = wait_sums.turnaround(session, counted)
    return spread({row.hours: row.steps for row in rows})


def _waits(session: Session, counted: queries.Counted) -> dict[str, Spread]:
    """Where the time went, in the order of the work."""
    hours: dict[str, Counter[int]] = {name: Counter() for name in dict.fromkeys(WAITS.values())}
    for row in wait_sums.waits(session, counted):
        name = WAITS.get((row.former, row.action, bool(row.is_later)))
        if name is not None:
            hours[name][row.hours] += row.steps
    return {name: spread(found) for name, found in hours.items()}
