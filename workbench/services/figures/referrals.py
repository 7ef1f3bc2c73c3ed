"""Letters over a period: issued, used, expired, what they gave back, and what became of them.

The flow counts each event on its own day; the shares follow the letters *issued* in the period to
what became of them until now. The filters of assessor and kind of case say nothing about letters.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.planning import planned_by_values
from workbench.db.queries import referral_figures as queries
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.referral_figures import (
    Fate,
    Fates,
    LetterFlow,
    letter_flows,
    together,
)
from workbench.services.access import Actor, require
from workbench.services.figures.newest import newest_first
from workbench.services.figures.throughput import Wanted, counted_of
from workbench.services.referrals.access import present_state
from workbench.services.referrals.lists import ExpiringFilter
from workbench.services.referrals.sums import read_stake

GROUPS = ("centre", "insurer")
_ONE_DAY, _EPOCH = timedelta(days=1), date(1970, 1, 1)


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
    lives = session.execute(queries.lives(within, part_by)).all()
    expired = session.execute(queries.expired(within)).all()
    stake = read_stake(
        session,
        actor,
        ExpiringFilter(centre_id=wanted.centre_id, insurer_id=wanted.insurer_id),
        now=now,
    )
    parts = _parts(session, lives, part_by)
    return ReferralFigures(
        wanted=wanted,
        flows=letter_flows(
            _by_day(lives, queries.ISSUED_ON),
            _by_day(lives, queries.USED_ON),
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
    found: Sequence[Any] = ()
    with planned_by_values(session):
        for part in newest_first(wanted, now):
            within = _within(actor, part, now)
            found = session.execute(queries.letters(within, figure, key=key)).all()
            if len(found) == queries.PAGE:
                break
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


def _by_day(lives: Sequence[Any], name: str) -> dict[date, int]:
    return {_EPOCH + row.place * _ONE_DAY: row.letters for row in lives if row.fate == name}


def _fates(rows: Sequence[Any]) -> Fates:
    letters, amounts, days = Counter[Fate](), Counter[Fate](), Counter[int]()
    for row in rows:
        fate = Fate(row.fate)
        letters[fate] += row.letters
        amounts[fate] += int(row.amount_rial)
        if fate is Fate.USED:
            days[row.place] += row.letters
    return Fates(letters=letters, amount_rial=amounts, days=days)


def _parts(session: Session, lives: Sequence[Any], part_by: str) -> tuple[LetterPart, ...]:
    """The one with most letters first."""
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in lives:
        if row.fate not in (queries.ISSUED_ON, queries.USED_ON):
            rows[row.key].append(row)
    names: dict[int, str] = {
        row[0]: row[1] for row in session.execute(queries.names(part_by, list(rows)))
    }
    parts = (
        LetterPart(key=key, name=names[key], fates=_fates(found)) for key, found in rows.items()
    )
    return tuple(sorted(parts, key=lambda part: (-part.fates.issued, part.name)))
