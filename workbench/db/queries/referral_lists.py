"""Letters by their last valid day and by key: the list about to expire, all letters, their sums.

Every page is a union of short index scans, one for each state (and insurer, or centre), whose keys
are then joined to what a row shows; see ``db/queries/queue.py`` for why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased

from workbench.db.models import (
    Batch,
    CeilingReservation,
    Centre,
    Claim,
    Contract,
    Insurer,
    Membership,
    Person,
    Policyholder,
    Referral,
    ReferralContact,
)
from workbench.db.queries.listed import Rows, fixed, named_keys, unindexed
from workbench.db.queries.names import NAMES_MAX, begins, people_named

TOTAL_MAX = 1_000
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Letters of one stored state whose last valid day lies between two days, both inclusive."""

    state: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which letters a list is about; None does not limit. ``insurer_ids`` None: all insurers."""

    spans: tuple[Span, ...]
    insurer_ids: tuple[int, ...] | None = None
    centre_id: int | None = None
    contract_id: int | None = None
    number: str | None = None
    name_key: str | None = None
    is_common_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The key of the row that a page begins behind (or ends before)."""

    last_valid_on: date
    referral_id: int


@dataclass(frozen=True, slots=True)
class Driver:
    """What one scan goes by, which filters that settles, and whether it is in the list's order."""

    conditions: tuple[Condition, ...]
    done: frozenset[str]
    is_ordered: bool = True


def letter_rows(wanted: Wanted, boundary: Boundary | None, *, descending: bool, size: int) -> Rows:
    """The rows of one page by last valid day, ``size`` at most."""
    keys = _keys(wanted, boundary, descending, size)
    order = (keys.c.last_valid_on, keys.c.id)
    return _ordered(_listed(keys), order, descending).limit(fixed(size))


def known_letters(keys: Sequence[tuple[int, int]]) -> Rows:
    """Letters by key (insurer, letter), at most a page of them, in no order."""
    return _listed(named_keys(keys))


def letter_total(wanted: Wanted) -> Select[int]:
    """How many letters there are, counted up to ``TOTAL_MAX`` + 1."""
    keys = _keys(wanted, None, False, TOTAL_MAX + 1)
    return select(func.count()).select_from(
        select(keys.c.id).limit(fixed(TOTAL_MAX + 1)).subquery()
    )


def contact_counts(wanted: Wanted) -> Rows:
    """The first ``TOTAL_MAX`` letters by the outcome of their last contact (NULL: none)."""
    keys = _keys(wanted, None, False, TOTAL_MAX)
    first = _ordered(select(keys), (keys.c.last_valid_on, keys.c.id), False)
    letters = first.limit(fixed(TOTAL_MAX)).subquery()
    outcome = _last_contact(ReferralContact.outcome, letters.c.insurer_id, letters.c.id)
    outcomes = select(outcome.label("outcome")).select_from(letters).subquery()
    return select(outcomes.c.outcome, func.count()).group_by(outcomes.c.outcome)


def reserve_by_day(wanted: Wanted) -> Rows:
    """Reserve and number of letters for each last valid day."""
    return _sums(wanted, Referral.last_valid_on)


def reserve_by_contract(wanted: Wanted) -> Rows:
    """Reserve and number of letters of each contract (insurer, contract)."""
    return _sums(wanted, Referral.insurer_id, Referral.contract_id)


def reserve_by_centre(wanted: Wanted) -> Rows:
    """Reserve and number of letters of each centre."""
    return _sums(wanted, Referral.centre_id)


def contract_names(keys: list[tuple[int, int]]) -> Rows:
    """Number and policyholder of contracts by key (insurer, contract)."""
    return (
        select(Contract.insurer_id, Contract.id, Contract.number, Policyholder.name)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .where(tuple_(Contract.insurer_id, Contract.id).in_(keys))
    )


def open_contracts(today: date, limit: int) -> Rows:
    """The contracts that a letter may still hang on, by number."""
    return (
        select(Contract.insurer_id, Contract.id, Contract.number, Policyholder.name)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .where(Contract.end_on >= today)
        .order_by(Contract.number)
        .limit(fixed(limit))
    )


def _sums(wanted: Wanted, *columns: Any) -> Rows:
    """What the ledger still holds for the letters, summed: ``columns``, rials, number."""
    parts = []
    for driver in _drivers(wanted):
        parts.append(
            select(
                *columns,
                CeilingReservation.reserved_left_rial.label("reserve_rial"),
            )
            .select_from(Referral)
            .join(
                CeilingReservation,
                and_(
                    CeilingReservation.insurer_id == Referral.insurer_id,
                    CeilingReservation.id == Referral.reservation_id,
                ),
            )
            .where(*driver.conditions, *_others(wanted, driver.done))
        )
    rows = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    by = [rows.c[column.key] for column in columns]
    return select(*by, func.sum(rows.c.reserve_rial), func.count()).group_by(*by)


def _listed(keys: Subquery) -> Rows:
    """What a list shows of the letters in ``keys``, joined by key."""
    of_letter = and_(Claim.insurer_id == Referral.insurer_id, Claim.referral_id == Referral.id)
    batch = aliased(Batch)
    sent_at = (
        select(func.min(batch.sent_at))
        .select_from(Claim)
        .join(batch, and_(batch.insurer_id == Claim.insurer_id, batch.id == Claim.batch_id))
        .where(of_letter)
        .scalar_subquery()
    )
    cases = select(func.count()).select_from(Claim).where(of_letter).scalar_subquery()
    letter_key = (Referral.insurer_id, Referral.id)
    return (
        select(
            Referral.insurer_id,
            Referral.id,
            Referral.number,
            Referral.state,
            Referral.issued_on,
            Referral.last_valid_on,
            Referral.amount_rial,
            Referral.issued_by,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Contract.number.label("contract_number"),
            Contract.end_on.label("contract_end_on"),
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
            _relation().label("relation"),
            sent_at.label("sent_at"),
            cases.label("case_count"),
            _last_contact(ReferralContact.outcome, *letter_key).label("outcome"),
            _contact_count(*letter_key).label("contact_count"),
        )
        .select_from(keys)
        .join(
            Referral,
            and_(Referral.insurer_id == keys.c.insurer_id, Referral.id == keys.c.id),
        )
        .join(Person, Person.id == Referral.person_id)
        .join(Centre, Centre.id == Referral.centre_id)
        .join(Insurer, Insurer.id == Referral.insurer_id)
        .join(
            Contract,
            and_(Contract.insurer_id == Referral.insurer_id, Contract.id == Referral.contract_id),
        )
    )


def _relation() -> ColumnElement[Any]:
    """The person's latest relation on the contract's list on the day of issue."""
    return (
        select(Membership.relation)
        .where(
            Membership.insurer_id == Referral.insurer_id,
            Membership.contract_id == Referral.contract_id,
            Membership.person_id == Referral.person_id,
            Membership.joined_on <= Referral.issued_on,
        )
        .order_by(Membership.joined_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _last_contact(column: Any, insurer_id: Any, referral_id: Any) -> ColumnElement[Any]:
    return (
        select(column)
        .where(ReferralContact.insurer_id == insurer_id, ReferralContact.referral_id == referral_id)
        .order_by(ReferralContact.at.desc(), ReferralContact.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _contact_count(insurer_id: Any, referral_id: Any) -> ColumnElement[Any]:
    return (
        select(func.count())
        .select_from(ReferralContact)
        .where(ReferralContact.insurer_id == insurer_id, ReferralContact.referral_id == referral_id)
        .scalar_subquery()
    )


def _keys(wanted: Wanted, boundary: Boundary | None, descending: bool, size: int) -> Subquery:
    scans = []
    for driver in _drivers(wanted):
        # An index that is not in the list's order must not be left for the sake of the day.
        last_on: Any = Referral.last_valid_on
        scan = select(Referral.insurer_id, Referral.id, Referral.last_valid_on).where(
            *driver.conditions,
            *_others(wanted, driver.done),
            *_behind(boundary, last_on if driver.is_ordered else unindexed(last_on), descending),
        )
        order = (Referral.last_valid_on, Referral.id)
        scans.append(_ordered(scan, order, descending).limit(fixed(size)).subquery())
    if len(scans) == 1:
        return scans[0]
    return union_all(*(select(scan) for scan in scans)).subquery()


def _behind(boundary: Boundary | None, last_on: Any, descending: bool) -> list[Condition]:
    if boundary is None:
        return []
    key = tuple_(last_on, Referral.id)
    bound = (boundary.last_valid_on, boundary.referral_id)
    return [key < bound if descending else key > bound]


def _ordered(statement: Rows, columns: Any, descending: bool) -> Rows:
    return statement.order_by(*(c.desc() if descending else c.asc() for c in columns))


def _drivers(wanted: Wanted) -> list[Driver]:
    """What begins each scan, and which filters that settles."""
    if wanted.insurer_ids == () or not wanted.spans:
        return [Driver((false(),), frozenset())]
    if wanted.number is not None:
        person = select(Person.id).where(Person.national_code == wanted.number).scalar_subquery()
        # No letter of six digits is a national code of ten: the two never find the same one.
        found = (Referral.number == wanted.number, Referral.person_id == person)
        return [Driver((condition,), frozenset({"number"}), False) for condition in found]
    if wanted.name_key is not None and not wanted.is_common_name:
        people = people_named(wanted.name_key, limit=NAMES_MAX)
        return [Driver((Referral.person_id.in_(people),), frozenset({"name"}), False)]
    if wanted.centre_id is not None:
        return _each_span(wanted, "centre", Referral.centre_id == wanted.centre_id)
    if wanted.insurer_ids is not None:
        return [
            driver
            for insurer_id in wanted.insurer_ids
            for driver in _each_span(wanted, "insurer", Referral.insurer_id == insurer_id)
        ]
    return _each_span(wanted, "", None)


def _each_span(wanted: Wanted, name: str, condition: Condition | None) -> list[Driver]:
    begin = () if condition is None else (condition,)
    done = frozenset({name, "spans"})
    return [Driver((*begin, *_within(span)), done) for span in wanted.spans]


def _within(span: Span) -> list[Condition]:
    conditions = [Referral.state == span.state]
    if span.from_on is not None:
        conditions.append(Referral.last_valid_on >= span.from_on)
    if span.to_on is not None:
        conditions.append(Referral.last_valid_on <= span.to_on)
    return conditions


def _others(wanted: Wanted, done: frozenset[str]) -> list[Condition]:
    """All filters that the driver has not settled."""
    conditions: list[Condition] = []
    if "spans" not in done:
        conditions.append(or_(*(_plain_span(span) for span in wanted.spans)))
    if wanted.insurer_ids is not None and "insurer" not in done:
        conditions.append(unindexed(Referral.insurer_id).in_(wanted.insurer_ids))
    if wanted.centre_id is not None and "centre" not in done:
        conditions.append(unindexed(Referral.centre_id) == wanted.centre_id)
    if wanted.contract_id is not None:
        conditions.append(unindexed(Referral.contract_id) == wanted.contract_id)
    if wanted.name_key is not None and "name" not in done:
        names = or_(
            begins(unindexed(Person.search_key), wanted.name_key),
            begins(unindexed(Person.first_search_key), wanted.name_key),
        )
        conditions.append(exists().where(Person.id == unindexed(Referral.person_id), names))
    return conditions


def _plain_span(span: Span) -> Condition:
    conditions = [unindexed(Referral.state) == span.state]
    if span.from_on is not None:
        conditions.append(unindexed(Referral.last_valid_on) >= span.from_on)
    if span.to_on is not None:
        conditions.append(unindexed(Referral.last_valid_on) <= span.to_on)
    return and_(*conditions)
