"""What is at stake in letters about to expire: by day, contract and centre; contacts; export."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre
from workbench.db.queries import referral_lists as queries
from workbench.db.queries.calendar import work_calendar
from workbench.i18n import _
from workbench.persian.jalali import day_of, format_day
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.list_files import Cell, xlsx_file
from workbench.services.referrals.list_words import outcome_name, relation_name
from workbench.services.referrals.lists import (
    STRIP_DAYS,
    ExpiringFilter,
    ListedLetter,
    expiring_wanted,
    listed_letter,
)

EXPORT_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAtStake:
    """One day of the strip: the reserve that returns at its end, and of how many letters."""

    on: date
    is_working: bool
    reserve_rial: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The reserve at stake of one contract or centre; ``number`` is the contract's."""

    name: str
    number: str
    reserve_rial: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """The reserve at stake, the largest share first, and the sum of it all."""

    contracts: tuple[Share, ...]
    centres: tuple[Share, ...]
    reserve_rial: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCounts:
    """Letters by the outcome of their last contact (None: not called yet).

    ``is_capped``: only the first 1,000 letters were counted.
    """

    by_outcome: dict[str | None, int]
    is_capped: bool

    @property
    def total(self) -> int:
        """All letters counted."""
        return sum(self.by_outcome.values())


def read_strip(
    session: Session, actor: Actor, chosen: ExpiringFilter, *, now: datetime
) -> tuple[DayAtStake, ...]:
    """Today and the days to come, 60 in all; the filter's own days do not limit it."""
    require(actor, "referral.read")
    wanted = expiring_wanted(actor, chosen, now, days=STRIP_DAYS - 1)
    sums = {
        row[0]: (int(row[1]), int(row[2]))
        for row in session.execute(queries.reserve_by_day(wanted))
    }
    calendar, today = work_calendar(session), day_of(now)
    days = [today + timedelta(n) for n in range(STRIP_DAYS)]
    return tuple(
        DayAtStake(
            on=on,
            is_working=calendar.is_working_day(on),
            reserve_rial=sums.get(on, (0, 0))[0],
            count=sums.get(on, (0, 0))[1],
        )
        for on in days
    )


def read_stake(session: Session, actor: Actor, chosen: ExpiringFilter, *, now: datetime) -> Stake:
    """What returns to the ceilings if nobody comes: the ledger's reserve of the listed letters."""
    require(actor, "referral.read")
    wanted = expiring_wanted(actor, chosen, now)
    contracts = _contract_shares(session, wanted)
    return Stake(
        contracts=contracts,
        centres=_centre_shares(session, wanted),
        reserve_rial=sum(share.reserve_rial for share in contracts),
        count=sum(share.count for share in contracts),
    )


def count_contacts(
    session: Session, actor: Actor, chosen: ExpiringFilter, *, now: datetime
) -> ContactCounts:
    """How many of the listed letters had which last contact."""
    require(actor, "referral.read")
    rows = session.execute(queries.contact_counts(expiring_wanted(actor, chosen, now)))
    by_outcome = {row[0]: int(row[1]) for row in rows}
    is_capped = sum(by_outcome.values()) >= queries.TOTAL_MAX
    return ContactCounts(by_outcome=by_outcome, is_capped=is_capped)


def export_expiring(
    session: Session, actor: Actor, chosen: ExpiringFilter, *, now: datetime
) -> bytes:
    """The filtered list as an XLSX file of up to 5,000 rows; written to the trail."""
    require(actor, "referral.read")
    wanted = expiring_wanted(actor, chosen, now)
    statement = queries.letter_rows(wanted, None, descending=False, size=EXPORT_MAX)
    rows = [_export_row(listed_letter(row, now)) for row in session.execute(statement)]
    audit.record(
        session,
        action="referral.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(rows),
    )
    return xlsx_file(_("About to expire"), _export_titles(), rows)


def _contract_shares(session: Session, wanted: queries.Wanted) -> tuple[Share, ...]:
    sums = session.execute(queries.reserve_by_contract(wanted)).all()
    keys = [(row[0], row[1]) for row in sums]
    names = {(r[0], r[1]): (r[2], r[3]) for r in session.execute(queries.contract_names(keys))}
    return _sorted(
        Share(
            name=names[(row[0], row[1])][1],
            number=names[(row[0], row[1])][0],
            reserve_rial=int(row[2]),
            count=int(row[3]),
        )
        for row in sums
    )


def _centre_shares(session: Session, wanted: queries.Wanted) -> tuple[Share, ...]:
    sums = session.execute(queries.reserve_by_centre(wanted)).all()
    ids = [row[0] for row in sums]
    found = session.execute(select(Centre.id, Centre.name).where(Centre.id.in_(ids)))
    names = {row[0]: row[1] for row in found}
    return _sorted(
        Share(name=names[row[0]], number="", reserve_rial=int(row[1]), count=int(row[2]))
        for row in sums
    )


def _sorted(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share.reserve_rial, share.name)))


def _export_titles() -> list[str]:
    return [
        _("Days left"),
        _("Last valid day"),
        _("Letter number"),
        _("National code"),
        _("Contract"),
        _("Sent to the insurer"),
        _("Letter amount (rial)"),
        _("Insured person"),
        _("Relation"),
        _("Contract valid until"),
        _("Number of cases"),
        _("Centre"),
        _("Last contact"),
    ]


def _export_row(letter: ListedLetter) -> list[Cell]:
    return [
        letter.days_left,
        format_day(letter.last_valid_on),
        letter.number,
        letter.masked_national_code,
        letter.contract_number,
        format_day(day_of(letter.sent_at)) if letter.sent_at else _("not sent"),
        letter.amount_rial,
        letter.person_name,
        relation_name(letter.relation),
        format_day(letter.contract_end_on),
        letter.case_count,
        letter.centre_name,
        outcome_name(letter.outcome),
    ]
