"""Letters by the days of their life, counted by the index of last valid days.

A letter is valid for two Jalali months at most, 62 days (``rules.referral``), so every letter that
was issued, used or over in a period has its last valid day in the period or within 62 days of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)

from workbench.db.epoch import epoch_seconds
from workbench.db.models import CeilingEntry, CeilingReservation, Centre, Insurer, Referral
from workbench.db.planning import unindexed_on_sqlite
from workbench.db.queries.listed import Rows
from workbench.rules.referral_figures import Fate
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState

VALID_DAYS_MAX = 62
DAY_SECONDS = 86_400
TEHRAN_SECONDS = 12_600
"""Tehran is three and a half hours ahead; its former summer time moves no day of a letter."""
SCANNED_DAYS = 731
"""A longer period holds so many of the letters that no index is worth its way to them."""
PAGE = 50
ISSUED_ON, USED_ON = "issued_on", "used_on"
STATES = tuple(state for state in ReferralState if state is not ReferralState.REQUESTED)
ENDED = (ReferralState.CANCELLED, ReferralState.INVALID)
GROUPS: dict[str, tuple[Any, Any]] = {
    "centre": (Referral.centre_id, Centre),
    "insurer": (Referral.insurer_id, Insurer),
}
"""What the figures can be told apart by: the letter's column, and what it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Which letters: days (both included), instants of their ends, ``today``, limits."""

    first_on: date
    last_on: date
    since: datetime
    until: datetime
    today: date
    insurer_ids: Sequence[int] | None = None
    centre_id: int | None = None


def lives(within: Within, group: str) -> CompoundSelect[*tuple[Any, ...]]:
    """What became of letters, read once: ``fate``, ``key``, ``place``, letters and their rials.

    A fate is told of the letters issued in the period by key of the group, ``place`` the days from
    issue to first service. Besides, ``ISSUED_ON`` and ``USED_ON`` count by day (since 1970).
    """
    issued_day = epoch_seconds(Referral.issued_on) // DAY_SECONDS
    used_day = (epoch_seconds(Referral.first_service_at) + TEHRAN_SECONDS) // DAY_SECONDS
    columns: Rows = select(
        GROUPS[group][0].label("key"),
        _fate(within).label("fate"),
        case((and_(*_issued(within)), issued_day)).label("issued_day"),
        used_day.label("used_day"),
        and_(*_used(within)).label("is_used"),
        Referral.amount_rial,
    )
    one = _living(columns, within).cte("letters").c
    days = one.used_day - one.issued_day
    nobody: ColumnElement[int] = literal_column("0")
    rials, is_issued = func.sum(one.amount_rial).label("amount_rial"), one.issued_day.is_not(None)
    used = select(*_told(literal(Fate.USED.value), one.key, days), rials)
    unused = select(*_told(one.fate, one.key, null()), rials)
    issued_on = select(*_told(literal(ISSUED_ON), nobody, one.issued_day), nobody)
    used_on = select(*_told(literal(USED_ON), nobody, one.used_day), nobody)
    return union_all(
        used.where(is_issued, one.used_day.is_not(None)).group_by(days, one.key),
        unused.where(is_issued, one.used_day.is_(None)).group_by(one.fate, one.key),
        issued_on.where(is_issued).group_by(one.issued_day),
        used_on.where(one.is_used).group_by(one.used_day),
    )


def _told(fate: Any, key: Any, place: Any) -> list[Any]:
    named = {"fate": fate, "key": key, "place": place, "letters": func.count()}
    return [column.label(name) for name, column in named.items()]


def names(group: str, keys: Sequence[int]) -> Select[int, str]:
    """Id and name of centres or insurers."""
    table = GROUPS[group][1]
    return select(table.id, table.name).where(table.id.in_(keys))


def expired(within: Within) -> Rows:
    """Last valid day of the letters that ended unused: how many, rials given back and still held.

    Given back is what the ledger booked as expired; what the job has not come to is held still: a
    letter that it came to holds nothing.
    """
    returned = (
        select(func.sum(CeilingEntry.amount_rial))
        .where(
            CeilingEntry.insurer_id == Referral.insurer_id,
            CeilingEntry.reservation_id == Referral.reservation_id,
            CeilingEntry.kind == "expire",
        )
        .scalar_subquery()
    )
    held = (
        select(CeilingReservation.reserved_left_rial)
        .where(
            CeilingReservation.insurer_id == Referral.insurer_id,
            CeilingReservation.id == Referral.reservation_id,
        )
        .scalar_subquery()
    )
    is_open = Referral.state != ReferralState.EXPIRED
    statement: Rows = select(
        Referral.last_valid_on,
        func.count().label("letters"),
        func.sum(func.coalesce(returned, 0)).label("returned_rial"),
        func.sum(case((is_open, held), else_=0)).label("held_rial"),
    ).where(*_expired(within))
    return _limited(statement, within).group_by(Referral.last_valid_on)


def letters(
    within: Within, figure: str, *, key: tuple[str, int] | None = None, limit: int = PAGE
) -> Rows:
    """The letters behind a figure, the newest first; ``key``: of one centre or insurer.

    ``figure``: issued, used, expired, or a fate of the letters issued in the period.
    """
    statement: Rows = (
        select(
            Referral.insurer_id,
            Referral.id,
            Referral.number,
            Referral.state,
            Referral.issued_on,
            Referral.last_valid_on,
            Referral.first_service_at,
            Referral.amount_rial,
            Centre.name.label("centre_name"),
        )
        .select_from(Referral)
        .join(Centre, Centre.id == Referral.centre_id)
    )
    if key is not None:
        statement = statement.where(GROUPS[key[0]][0] == key[1])
    if figure == "used":
        found = _living(statement.where(*_used(within)), within)
        return found.order_by(Referral.first_service_at.desc(), Referral.id.desc()).limit(limit)
    if figure == "expired":
        found = _limited(statement.where(*_expired(within)), within)
        return found.order_by(Referral.last_valid_on.desc(), Referral.id.desc()).limit(limit)
    found = _cohort(statement, within)
    if figure != "issued":
        found = found.where(_fate(within) == figure.removeprefix("fate_"))
    return found.order_by(Referral.issued_on.desc(), Referral.id.desc()).limit(limit)


def _fate(within: Within) -> ColumnElement[str]:
    """What became of a letter until now."""
    is_over = and_(Referral.state.in_(UNUSED_REFERRALS), Referral.last_valid_on < within.today)
    return case(
        (Referral.first_service_at.is_not(None), Fate.USED.value),
        ((Referral.state == ReferralState.EXPIRED) | is_over, Fate.EXPIRED.value),
        (Referral.state.in_(ENDED), Fate.ENDED.value),
        else_=Fate.OPEN.value,
    )


def _cohort(statement: Rows, within: Within) -> Rows:
    """The letters issued in the period; asked for and declined ones never were."""
    return _living(statement.where(*_issued(within)), within)


def _issued(within: Within) -> list[ColumnElement[bool]]:
    return [Referral.issued_on.between(within.first_on, within.last_on), ~_declined()]


def _declined() -> ColumnElement[bool]:
    """Ended before it was issued: it never reserved anything."""
    reserved = (
        select(CeilingEntry.id)
        .where(
            CeilingEntry.insurer_id == Referral.insurer_id,
            CeilingEntry.reservation_id == Referral.reservation_id,
            CeilingEntry.kind == "reserve",
        )
        .exists()
    )
    return Referral.requested_by_id.is_not(None) & Referral.state.in_(ENDED) & ~reserved


def _living(statement: Rows, within: Within) -> Rows:
    """The letters of whose life a part may lie in the period.

    Most of all letters SQLite reads as they lie, twice as fast as one by one in the index's order.
    """
    days = (within.last_on - within.first_on).days
    is_most = days > SCANNED_DAYS and within.insurer_ids is None and within.centre_id is None
    last_on: Any = Referral.last_valid_on
    latest_on = within.last_on + timedelta(days=VALID_DAYS_MAX)
    if is_most:
        statement = statement.where(Referral.state != ReferralState.REQUESTED)
        last_on = unindexed_on_sqlite(last_on)
    else:
        statement = statement.where(Referral.state.in_(STATES))
    return _limited(statement.where(last_on.between(within.first_on, latest_on)), within)


def _used(within: Within) -> list[ColumnElement[bool]]:
    return [Referral.first_service_at >= within.since, Referral.first_service_at < within.until]


def _expired(within: Within) -> list[ColumnElement[bool]]:
    """Unused at the end of their last valid day, which lies in the period and is over."""
    return [
        Referral.state.in_((*UNUSED_REFERRALS, ReferralState.EXPIRED)),
        Referral.last_valid_on >= within.first_on,
        Referral.last_valid_on <= within.last_on,
        Referral.last_valid_on < within.today,
        Referral.first_service_at.is_(None),
    ]


def _limited(statement: Rows, within: Within) -> Rows:
    if within.insurer_ids is not None:
        statement = statement.where(Referral.insurer_id.in_(within.insurer_ids))
    if within.centre_id is not None:
        statement = statement.where(Referral.centre_id == within.centre_id)
    return statement
