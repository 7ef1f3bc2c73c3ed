"""The commission over a period: flow, time, approvals by group, members, forecast against fact.

Counts rounds of plans within the actor's insurers. The filters of assessor and kind of case say
nothing about plans and are left out.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workbench.db.planning import planned_by_values
from workbench.db.queries import commission_figures as queries
from workbench.db.queries.calendar import work_calendar
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.commission_figures import (
    DECIDED,
    MEMBER_UNITS_LEAST,
    RETURNED,
    DayTold,
    Hours,
    RoundCount,
    WorkSeconds,
    known_since,
    plan_flows,
    round_hours,
    tell,
    told_days,
)
from workbench.rules.forecast import Round
from workbench.rules.panel import Choice
from workbench.rules.throughput import Flow
from workbench.rules.working_time import WorkCalendar, working_hours_between
from workbench.services.access import Actor, require
from workbench.services.figures.newest import newest_first
from workbench.services.figures.throughput import Wanted, counted_of

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """A group of services: plans decided with such units, what was said, rials, rounds, returns."""

    group: str
    plans: int
    rounds: int
    returns: int
    approved: int
    modified: int
    rejected: int
    asked_rial: int
    allowed_rial: int

    @property
    def units(self) -> int:
        """All decided ones."""
        return self.approved + self.modified + self.rejected

    @property
    def approved_percent(self) -> float | None:
        """Units approved, changed ones included."""
        return 100 * (self.approved + self.modified) / self.units if self.units else None

    @property
    def rounds_per_plan(self) -> float | None:
        """Until the decision."""
        return self.rounds / self.plans if self.plans else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFigures:
    """What a member of the panel said about the units that were decided."""

    member_id: int
    name: str
    has_left: bool
    plans: int
    units: int
    approved: int
    agreed: int

    @property
    def is_compared(self) -> bool:
        """Whether there are enough units for shares."""
        return self.units >= MEMBER_UNITS_LEAST

    @property
    def approved_percent(self) -> float | None:
        """Units he approved, as they were or changed; None where they are too few."""
        return 100 * self.approved / self.units if self.is_compared else None

    @property
    def agreed_percent(self) -> float | None:
        """Units about which the panel decided as he said; None where they are too few."""
        return 100 * self.agreed / self.units if self.is_compared else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionFigures:
    """The page. ``told``: the finished mornings of the period that the forecast was made for."""

    wanted: Wanted
    flows: tuple[Flow, ...]
    hours: Hours
    groups: tuple[GroupFigures, ...]
    members: tuple[MemberFigures, ...]
    told: tuple[DayTold, ...]

    def total(self, name: str) -> int:
        """A count of the flows over the period."""
        return sum(int(getattr(flow, name)) for flow in self.flows)

    @property
    def on_time_percent(self) -> float | None:
        """Of the decisions of the period, those at their deadline at the latest."""
        decided = self.total("decided")
        return 100 * self.total("on_time") / decided if decided else None

    @property
    def approved_percent(self) -> float | None:
        """Of the units decided in the period."""
        units = sum(each.units for each in self.groups)
        approved = sum(each.approved + each.modified for each in self.groups)
        return 100 * approved / units if units else None


def read_commission(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime
) -> CommissionFigures:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``."""
    require(actor, "figures.read")
    within, calendar = _within(actor, wanted, now), work_calendar(session)
    days = told_days(wanted.first_on, min(wanted.last_on, day_of(now) - _ONE_DAY), calendar)
    with planned_by_values(session):
        ended = session.execute(queries.ended(within)).all()
        came = _came(session, within, ended)
        groups, members = _groups(session, within), _members(session, within)
        told = _told(session, within, days, calendar, now) if days else ()
    return CommissionFigures(
        wanted=wanted,
        flows=plan_flows(_counts(wanted, came, ended), wanted.first_on, wanted.last_on, calendar),
        hours=_hours_of(ended, wanted, calendar),
        groups=groups,
        members=members,
        told=told,
    )


def _came(session: Session, within: queries.Within, ended: Sequence[Any]) -> list[int]:
    """The seconds of the epoch in which the rounds of the period came, closed in it or not."""
    since = within.since.timestamp()
    closed = [row.came for row in ended if row.came >= since]
    return closed + list(session.scalars(queries.not_ended(within)))


def _counts(wanted: Wanted, came: Iterable[int], ended: Iterable[Any]) -> Iterator[RoundCount]:
    span = range((wanted.last_on - wanted.first_on).days + 1)
    days = [wanted.first_on + n * _ONE_DAY for n in span]
    begins = [_midnight(on).timestamp() for on in days]

    def place(second: int) -> int:
        return bisect_right(begins, second) - 1

    for at, rounds in Counter(map(place, came)).items():
        yield RoundCount(on=days[at], result=None, rounds=rounds)
    results = Counter((place(row.closed), row.result, bool(row.is_on_time)) for row in ended)
    for (at, result, is_on_time), rounds in results.items():
        on_time = rounds if is_on_time else 0
        yield RoundCount(on=days[at], result=result, rounds=rounds, on_time=on_time)


def _hours_of(ended: Sequence[Any], wanted: Wanted, calendar: WorkCalendar) -> Hours:
    if not ended:
        return Hours(count=0, median=None, p90=None)
    spans = [(row.came, row.closed) for row in ended]
    first_on = day_of(datetime.fromtimestamp(min(came for came, _closed in spans), UTC))
    return round_hours(spans, WorkSeconds(calendar, first_on, wanted.last_on))


_Known = tuple[datetime, queries.Within, tuple[date, ...], WorkCalendar]
_KEPT: WeakKeyDictionary[Engine, dict[_Known, tuple[DayTold, ...]]] = WeakKeyDictionary()


def _told(
    session: Session,
    within: queries.Within,
    days: tuple[date, ...],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[DayTold, ...]:
    """The mornings that are over; computed once an hour and kept, as the promise board does."""
    engine = session.get_bind().engine
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = (hour, within, days, calendar)
    kept = _KEPT.get(engine, {})
    if key not in kept:
        until = replace(within, until=_midnight(days[-1] + _ONE_DAY))
        rows = session.execute(queries.rounds(until, _midnight(known_since(days, calendar))))
        rounds = [
            Round(
                key=f"{row.insurer_id}-{row.plan_id}-{row.number}",
                submitted_at=row.submitted_at,
                due_at=row.due_at,
                closed_at=row.closed_at,
            )
            for row in rows
        ]
        found = {key: tell(rounds, days, calendar)}
        kept = {other: each for other, each in kept.items() if other[0] == hour} | found
        _KEPT[engine] = kept
    return kept[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan's round behind a figure; ``hours``: working hours until it was closed."""

    number: str
    state: str
    round: int
    centre: str
    submitted_at: datetime
    due_at: datetime
    closed_at: datetime | None
    hours: float | None

    @property
    def is_late(self) -> bool:
        """Whether it was closed after its deadline."""
        return self.closed_at is not None and self.closed_at > self.due_at


def read_plans(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    figure: str,
    *,
    now: datetime,
    group: str | None = None,
    member_id: int | None = None,
) -> tuple[PlanRow, ...]:
    """The newest plans behind a figure (``queries.plans``); refused as ``read_commission``."""
    require(actor, "figures.read")
    calendar = work_calendar(session)
    found: Sequence[Any] = ()
    with planned_by_values(session):
        for part in newest_first(wanted, now):
            within = _within(actor, part, now)
            rows = queries.plans(within, figure, group=group, member_id=member_id)
            found = session.execute(rows).all()
            if len(found) == queries.PAGE:
                break
    return tuple(
        PlanRow(
            number=row.number,
            state=row.result or row.state,
            round=row.round,
            centre=row.centre_name,
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            hours=_hours(calendar, row.submitted_at, row.closed_at),
        )
        for row in found
    )


def _hours(calendar: WorkCalendar, start: datetime, end: datetime | None) -> float | None:
    return None if end is None else working_hours_between(calendar, start, end)


def _within(actor: Actor, wanted: Wanted, now: datetime) -> queries.Within:
    counted = counted_of(actor, replace(wanted, assessor_id=None, kind=None), now)
    return queries.Within(
        since=_midnight(wanted.first_on),
        until=_midnight(wanted.last_on + _ONE_DAY),
        insurer_ids=None if counted.insurer_ids is None else tuple(counted.insurer_ids),
        centre_id=counted.centre_id,
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), TEHRAN)


def _groups(session: Session, within: queries.Within) -> tuple[GroupFigures, ...]:
    """The group with most decided units first."""
    rows = session.execute(queries.groups(within)).all()
    decided = {row.service_group: row for row in rows if row.result == DECIDED}
    returned = {row.service_group: row.plans for row in rows if row.result == RETURNED}
    found = [
        GroupFigures(
            group=group,
            returns=returned.get(group, 0),
            **_of_decided(decided.get(group)),
        )
        for group in decided.keys() | returned.keys()
    ]
    return tuple(sorted(found, key=lambda each: (-each.units, each.group)))


def _of_decided(row: Any | None) -> dict[str, int]:
    names = {
        **{name: name for name in ("plans", "rounds", "asked_rial", "allowed_rial")},
        "approved": Choice.APPROVE,
        "modified": Choice.MODIFY,
        "rejected": Choice.REJECT,
    }
    return {name: int(getattr(row, column)) if row else 0 for name, column in names.items()}


def _members(session: Session, within: queries.Within) -> tuple[MemberFigures, ...]:
    """By name: a panel is not ranked."""
    said = {row.member_id: row for row in session.execute(queries.members(within))}
    found = (
        MemberFigures(
            member_id=number,
            name=name,
            has_left=has_left,
            plans=said[number].plans,
            units=said[number].units,
            approved=said[number].approved,
            agreed=said[number].agreed,
        )
        for number, name, has_left in session.execute(queries.people(list(said)))
    )
    return tuple(sorted(found, key=lambda each: each.name))
