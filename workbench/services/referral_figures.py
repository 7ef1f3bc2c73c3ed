"""Letters over a period: issued, used, expired, what they gave back, and what became of them.

The flow counts each event on its own day; the shares follow the letters *issued* in the period to
what became of them until now. The filters of assessor and kind of case say nothing about letters.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import referral_figures as queries
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.referral_figures import (
    Fate,
    Fates,
    LetterFlow,
    letter_flows,
    sum_by_day,
    together,
)
from workbench.services.access import Actor, require
from workbench.services.referral_access import present_state
from workbench.services.referral_lists import ExpiringFilter
from workbench.services.referral_sums import read_stake
from workbench.services.throughput import Wanted, counted_of

GROUPS = ("centre", "insurer")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPart:
    """The letters of one centre or insurer that were issued in the period."""

    key: int
    name: str
    fates: Fates


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFigures:
    """The page. ``expiring_…``: unused letters that end within ``WARNING_DAYS`` from now on.

    ``returned_rial``: given back by letters that expired in the period; ``held_rial``: what such
    letters hold still, until the job comes to them.
    """

    wanted: Wanted
    flows: tuple[LetterFlow, ...]
    whole: Fates
    parts: tuple[LetterPart, ...]
    parted_by: str
    returned_rial: int
    held_rial: int
    expiring: int
    expiring_rial: int

    def total(self, name: str) -> int:
        """A count of the flows over the period."""
        return sum(int(getattr(flow, name)) for flow in self.flows)


def read_letters_figures(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime, part_by: str = "centre"
) -> ReferralFigures:
    """The page's figures, told apart by one of ``GROUPS``.

    Refused: ``period_wrong``, ``not_permitted``.
    """
    require(actor, "figures.read")
    within = _within(actor, wanted, now)
    issued = session.execute(queries.issued(within)).all()
    expired = session.execute(queries.expired(within)).all()
    stake = read_stake(
        session,
        actor,
        ExpiringFilter(centre_id=wanted.centre_id, insurer_id=wanted.insurer_id),
        now=now,
    )
    parts = _parts(session, within, part_by)
    return ReferralFigures(
        wanted=wanted,
        flows=letter_flows(
            sum_by_day((row.issued_on, row.letters) for row in issued),
            _used(session, within),
            {row.last_valid_on: row.letters for row in expired},
            wanted.first_on,
            wanted.last_on,
        ),
        whole=together(part.fates for part in parts),
        parts=parts,
        parted_by=part_by,
        returned_rial=sum(int(row.returned_rial) for row in expired),
        held_rial=sum(int(row.held_rial) for row in expired),
        expiring=stake.count,
        expiring_rial=stake.reserve_rial,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """A letter behind a figure; ``state`` as time has made it, no patient."""

    insurer_id: int
    letter_id: int
    number: str
    state: str
    issued_on: date
    last_valid_on: date
    used_at: datetime | None
    amount_rial: int
    centre: str


def read_letters_behind(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    figure: str,
    *,
    now: datetime,
    key: tuple[str, int] | None = None,
) -> tuple[LetterRow, ...]:
    """The newest letters behind a figure (``queries.letters``); refused as the page."""
    require(actor, "figures.read")
    found = session.execute(queries.letters(_within(actor, wanted, now), figure, key=key))
    return tuple(
        LetterRow(
            insurer_id=row.insurer_id,
            letter_id=row.id,
            number=row.number,
            state=present_state(row, now),
            issued_on=row.issued_on,
            last_valid_on=row.last_valid_on,
            used_at=row.first_service_at,
            amount_rial=row.amount_rial,
            centre=row.centre_name,
        )
        for row in found
    )


def _within(actor: Actor, wanted: Wanted, now: datetime) -> queries.Within:
    counted = counted_of(actor, replace(wanted, assessor_id=None, kind=None), now)
    return queries.Within(
        first_on=wanted.first_on,
        last_on=wanted.last_on,
        since=_midnight(wanted.first_on),
        until=_midnight(wanted.last_on + _ONE_DAY),
        today=day_of(now),
        insurer_ids=counted.insurer_ids,
        centre_id=counted.centre_id,
    )


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), TEHRAN)


def _used(session: Session, within: queries.Within) -> dict[date, int]:
    """By the day in Tehran; a half hour never lies on two days."""
    return sum_by_day(
        (day_of(datetime.fromtimestamp(row.half_hour * 1_800, UTC)), row.letters)
        for row in session.execute(queries.used(within))
    )


def _fates(rows: Any, days: dict[int, int]) -> Fates:
    letters: Counter[Fate] = Counter()
    amounts: Counter[Fate] = Counter()
    for row in rows:
        letters[Fate(row.fate)] += row.letters
        amounts[Fate(row.fate)] += int(row.amount_rial)
    return Fates(letters=letters, amount_rial=amounts, days=days)


def _parts(session: Session, within: queries.Within, part_by: str) -> tuple[LetterPart, ...]:
    """The one with most letters first."""
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(queries.by_group(within, part_by)):
        rows[row.key].append(row)
    days: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for row in session.execute(queries.days_to_use(within, part_by)):
        days[row.key][row.days] = row.letters
    names: dict[int, str] = {
        row[0]: row[1] for row in session.execute(queries.names(part_by, list(rows)))
    }
    parts = (
        LetterPart(key=key, name=names[key], fates=_fates(found, days[key]))
        for key, found in rows.items()
    )
    return tuple(sorted(parts, key=lambda part: (-part.fates.issued, part.name)))
