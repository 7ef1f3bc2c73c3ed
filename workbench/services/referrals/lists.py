"""Lists of referral letters: those about to expire, all of them, and what filters offer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, Insurer
from workbench.db.queries import names
from workbench.db.queries import referral_lists as queries
from workbench.errors import Refused
from workbench.i18n import N_, _
from workbench.persian.identifiers import mask_national_code
from workbench.persian.jalali import day_of
from workbench.persian.text import normalise
from workbench.rules.referral import WARNING_DAYS, days_left
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.claims.listed import insurers_of
from workbench.services.desk.queue_filter import NAME_LETTERS_MIN, is_number
from workbench.services.list_pages import ListPage, list_page
from workbench.services.referrals.access import present_state

PAGE_SIZE = 25
PAGE_SIZE_MAX = 50
WITHIN_DAYS_MAX = 92
STRIP_DAYS = 60
CHOICES_MAX = 2_000
ONE_DAY = timedelta(days=1)
STATE_NAMES: dict[ReferralState, str] = {
    ReferralState.REQUESTED: N_("Waits for approval"),
    ReferralState.ISSUED: N_("Issued"),
    ReferralState.AMENDED: N_("Amended"),
    ReferralState.IN_USE: N_("In use"),
    ReferralState.SETTLED: N_("Settled"),
    ReferralState.EXPIRED: N_("Expired"),
    ReferralState.INVALID: N_("Invalid"),
    ReferralState.CANCELLED: N_("Cancelled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringFilter:
    """Which unused letters: of a contract (insurer, id), centre, insurer; None does not limit.

    ``day_on``, a day of the strip, takes the place of ``within_days``.
    """

    contract: tuple[int, int] | None = None
    centre_id: int | None = None
    insurer_id: int | None = None
    within_days: int = WARNING_DAYS
    day_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFilter:
    """Which letters; ``state`` is the one that time has made.

    ``text``: a letter's number, a national code, or three letters of a name.
    """

    state: str | None = None
    centre_id: int | None = None
    insurer_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLetter:
    """A letter as lists show it: rials, the national code masked, ``state`` as time has made it.

    ``sent_at``: when its first batch was sent to the insurer; ``outcome``: of the last contact.
    """

    insurer_id: int
    referral_id: int
    number: str
    state: ReferralState
    issued_by: str
    issued_on: date
    last_valid_on: date
    days_left: int
    amount_rial: int
    person_name: str
    masked_national_code: str
    relation: str | None
    contract_number: str
    contract_end_on: date
    centre_name: str
    insurer_name: str
    sent_at: datetime | None
    case_count: int
    outcome: str | None
    contact_count: int

    @property
    def key(self) -> str:
        """The letter's key as one word."""
        return f"{self.insurer_id}-{self.referral_id}"


LetterPage = ListPage[ListedLetter]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralChoices:
    """What the filters offer, by name; a contract is (insurer, id, number, policyholder)."""

    insurers: tuple[tuple[int, str], ...]
    centres: tuple[tuple[int, str], ...]
    contracts: tuple[tuple[int, int, str, str], ...]


def referral_state_name(state: str) -> str:
    """The word for a letter's state."""
    return _(STATE_NAMES[ReferralState(state)])


def read_expiring(
    session: Session,
    actor: Actor,
    chosen: ExpiringFilter,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> LetterPage:
    """A page of the unused letters about to expire, by time left.

    Refused: ``within_days_range``, ``page_unknown``.
    """
    require(actor, "referral.read")
    wanted = expiring_wanted(actor, chosen, now)
    return _page(session, wanted, now, after=after, before=before, size=size, descending=False)


def read_letters(
    session: Session,
    actor: Actor,
    chosen: LetterFilter,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> LetterPage:
    """A page of all letters, the longest valid first.

    Refused: ``search_too_short``, ``page_unknown``.
    """
    require(actor, "referral.read")
    if not is_text_long_enough(chosen):
        raise Refused("search_too_short", minimum=NAME_LETTERS_MIN)
    text = normalise(chosen.text)
    name_key = None if is_number(text) or not text else text
    wanted = queries.Wanted(
        spans=_spans_of(chosen.state, day_of(now)),
        insurer_ids=_insurers(actor, chosen.insurer_id),
        centre_id=chosen.centre_id,
        number=text if is_number(text) else None,
        name_key=name_key,
        is_common_name=name_key is not None and _is_common(session, name_key),
    )
    return _page(session, wanted, now, after=after, before=before, size=size, descending=True)


def is_text_long_enough(chosen: LetterFilter) -> bool:
    """Whether the text is empty, a number, or long enough for a name."""
    text = normalise(chosen.text)
    return not text or is_number(text) or len(text) >= NAME_LETTERS_MIN


def listed_letters(
    session: Session, actor: Actor, keys: list[str], now: datetime
) -> list[ListedLetter]:
    """Known letters in the order given, without those the actor may not see."""
    require(actor, "referral.read")
    pairs = [pair for pair in map(letter_key, keys) if may_see_insurer(actor, pair[0])]
    if not pairs:
        return []
    rows = session.execute(queries.known_letters(pairs)).all()
    by_key = {(row.insurer_id, row.id): listed_letter(row, now) for row in rows}
    return [by_key[pair] for pair in pairs if pair in by_key]


def letter_key(key: str) -> tuple[int, int]:
    """Insurer and letter of ``ListedLetter.key``; refused with ``unknown_referral``."""
    insurer, _dash, letter = key.partition("-")
    if not (insurer.isdecimal() and letter.isdecimal()):
        raise Refused("unknown_referral", key=key)
    return int(insurer), int(letter)


def referral_choices(session: Session, actor: Actor, *, now: datetime) -> ReferralChoices:
    """Insurers, centres and running contracts to filter by; no patient is among them."""
    require(actor, "referral.read")
    insurers = session.execute(select(Insurer.id, Insurer.name).order_by(Insurer.name))
    centres = session.execute(
        select(Centre.id, Centre.name).order_by(Centre.name).limit(CHOICES_MAX)
    )
    contracts = session.execute(queries.open_contracts(day_of(now), CHOICES_MAX))
    return ReferralChoices(
        insurers=tuple((row[0], row[1]) for row in insurers if may_see_insurer(actor, row[0])),
        centres=tuple((row[0], row[1]) for row in centres),
        contracts=tuple(
            (row[0], row[1], row[2], row[3]) for row in contracts if may_see_insurer(actor, row[0])
        ),
    )


def expiring_wanted(
    actor: Actor, chosen: ExpiringFilter, now: datetime, *, days: int | None = None
) -> queries.Wanted:
    """What the filter asks of the database; ``days`` takes the place of its days."""
    if not 0 <= chosen.within_days <= WITHIN_DAYS_MAX:
        raise Refused("within_days_range", maximum=WITHIN_DAYS_MAX)
    today = day_of(now)
    from_on, to_on = today, today + timedelta(chosen.within_days if days is None else days)
    if days is None and chosen.day_on is not None:
        from_on, to_on = max(today, chosen.day_on), chosen.day_on
    insurer_ids = _insurers(actor, chosen.insurer_id)
    if chosen.contract is not None:
        own = insurer_ids is None or chosen.contract[0] in insurer_ids
        insurer_ids = (chosen.contract[0],) if own else ()
    return queries.Wanted(
        spans=tuple(
            queries.Span(state=state, from_on=from_on, to_on=to_on) for state in UNUSED_REFERRALS
        ),
        insurer_ids=insurer_ids,
        centre_id=chosen.centre_id,
        contract_id=None if chosen.contract is None else chosen.contract[1],
    )


def listed_letter(row: Row[Any], now: datetime) -> ListedLetter:
    """A row of the queries of lists."""
    values = dict(row._mapping)
    return ListedLetter(
        referral_id=values.pop("id"),
        state=present_state(row, now),
        days_left=days_left(row.last_valid_on, now),
        person_name=f"{values.pop('first_name')} {values.pop('last_name')}",
        masked_national_code=mask_national_code(values.pop("national_code")),
        **{name: value for name, value in values.items() if name != "state"},
    )


def _spans_of(state: str | None, today: date) -> tuple[queries.Span, ...]:
    """The stored states and days of a state as time has made it; None: all there are."""
    if state is None:
        return tuple(queries.Span(state=each) for each in ReferralState)
    if state in UNUSED_REFERRALS:
        return (queries.Span(state=state, from_on=today),)
    spans = (queries.Span(state=ReferralState(state)),)
    if state != ReferralState.EXPIRED:
        return spans
    over = today - ONE_DAY
    return spans + tuple(queries.Span(state=each, to_on=over) for each in UNUSED_REFERRALS)


def _is_common(session: Session, name_key: str) -> bool:
    return (session.scalar(names.count_people_named(name_key)) or 0) > names.NAMES_MAX


def _insurers(actor: Actor, insurer_id: int | None) -> tuple[int, ...] | None:
    """The chosen insurer within the actor's own; one he may not see gives an empty list."""
    if insurer_id is None:
        return insurers_of(actor)
    return (insurer_id,) if may_see_insurer(actor, insurer_id) else ()


def _page(
    session: Session,
    wanted: queries.Wanted,
    now: datetime,
    *,
    after: str | None,
    before: str | None,
    size: int,
    descending: bool,
) -> LetterPage:
    size = min(size, PAGE_SIZE_MAX)
    statement = queries.letter_rows(
        wanted, _boundary(after or before), descending=descending != bool(before), size=size + 1
    )
    return list_page(
        [listed_letter(row, now) for row in session.execute(statement)],
        size,
        after=after,
        before=before,
        key=_key,
        total=lambda: _total(session, wanted),
    )


def _total(session: Session, wanted: queries.Wanted) -> tuple[int, bool]:
    total = session.scalar(queries.letter_total(wanted)) or 0
    return min(total, queries.TOTAL_MAX), total > queries.TOTAL_MAX


def _key(letter: ListedLetter) -> str:
    return f"{letter.last_valid_on.isoformat()}~{letter.referral_id}"


def _boundary(key: str | None) -> queries.Boundary | None:
    if key is None:
        return None
    day, _separator, referral_id = key.partition("~")
    try:
        return queries.Boundary(last_valid_on=date.fromisoformat(day), referral_id=int(referral_id))
    except ValueError:
        raise Refused("page_unknown") from None
