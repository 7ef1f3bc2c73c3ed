"""One ceiling account at any past instant, derived from its entries (W15): bars, shares, ledger."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import CeilingAccount
from workbench.db.queries import ceiling as queries
from workbench.errors import Refused
from workbench.i18n import N_, _
from workbench.persian.jalali import TEHRAN, day_of
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.ceiling.holders import holders_of, overdue_rial
from workbench.services.rechecks.blindness import Holder, check_blind_holder
from workbench.services.referrals.letter_words import ceiling_kind_name

PAGE_SIZE = 50
GROUPS: Mapping[str, tuple[str, ...] | None] = {
    "all": None,
    "reserve": ("reserve",),
    "release": ("release", "expire"),
    "use": ("use",),
    "other": ("grant", "amend", "ceiling_reject", "credit_back"),
}
KIND_NAMES: dict[str, str] = {
    "grant": N_("Grant of the year"),
    "reserve": N_("Reserve"),
    "amend": N_("Amended amount"),
    "release": N_("Release of the rest"),
    "expire": N_("End of validity"),
    "use": N_("Use"),
    "ceiling_reject": N_("Ceiling reject (memo)"),
    "credit_back": N_("Back to the ceiling"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An account at an instant, in rials; ``limit_rial`` None: unlimited.

    ``overdue_rial`` is held by overdue unused letters and counts as free already.
    """

    limit_rial: int | None
    reserved_rial: int
    used_rial: int
    overdue_rial: int = 0

    @property
    def withdrawable_rial(self) -> int | None:
        """قابل برداشت, with what overdue letters still hold."""
        if self.limit_rial is None:
            return None
        return self.limit_rial - self.used_rial - self.reserved_rial + self.overdue_rial


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The account right after an entry, for the chart."""

    at: datetime
    kind: str
    amount_rial: int
    limit_rial: int
    reserved_rial: int
    used_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person used and holds reserved of the account."""

    name: str
    relation: str
    used_rial: int
    reserved_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry with the balances after it; ``actor`` None: the system; numbers are its causes."""

    key: str
    at: datetime
    kind: str
    amount_rial: int
    limit_change_rial: int
    reserved_change_rial: int
    used_change_rial: int
    limit_rial: int
    reserved_rial: int
    used_rial: int
    referral: str | None
    referral_id: int | None
    claim: str | None
    batch: str | None
    centre: str | None
    actor: str | None
    person_name: str | None
    relation: str | None

    @property
    def kind_name(self) -> str:
        """What happened, in the present language."""
        return _(KIND_NAMES[self.kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingView:
    """An account as of an instant; ``is_proven``: all its entries add up to its balance."""

    insurer_id: int
    account_id: int
    holder_name: str
    is_family: bool
    cover_title: str
    contract_number: str
    insurer: str
    policyholder: str
    contract_start_on: date
    contract_end_on: date
    as_of: datetime
    is_present: bool
    standing: Standing
    entry_count: int
    is_proven: bool
    counts: Mapping[str, int]
    points: tuple[Point, ...]
    shares: tuple[Share, ...]
    entries: tuple[Entry, ...]
    next_key: str | None
    may_open_cases: bool
    may_open_batches: bool


def read_ceiling(
    session: Session,
    actor: Actor,
    insurer_id: int,
    account_id: int,
    *,
    now: datetime,
    as_of: datetime | None = None,
    group: str = "all",
    after_key: str | None = None,
) -> CeilingView:
    """An account as it was at ``as_of`` (None: now), with a page of its entries, newest first.

    Refused: ``not_permitted``, ``unknown_account``, ``recheck_counts_here``.
    """
    row, key = _account(session, actor, insurer_id, account_id), (insurer_id, account_id)
    account, contract = row.CeilingAccount, row.Contract
    until = now if as_of is None else min(as_of, now)
    moves = session.execute(queries.movements(key, until, opened_at(contract.start_on))).all()
    points = _points(moves)
    is_present = until == now
    count, is_proven = _proof(session, account)
    people = _people(session, account)
    begun = opened_at(contract.start_on)
    page, next_key = _page(session, key, until, begun, group, after_key, people, PAGE_SIZE)
    return CeilingView(
        insurer_id=insurer_id,
        account_id=account_id,
        holder_name=f"{row.first_name} {row.last_name}",
        is_family=account.is_family,
        cover_title=_title(session, account, until),
        contract_number=contract.number,
        insurer=row.insurer,
        policyholder=row.policyholder,
        contract_start_on=contract.start_on,
        contract_end_on=contract.end_on,
        as_of=until,
        is_present=is_present,
        standing=_standing(session, account, points, now if is_present else None),
        entry_count=count,
        is_proven=is_proven,
        counts=_counts(moves),
        points=points,
        shares=_shares(moves, people),
        entries=page,
        next_key=next_key,
        may_open_cases=may(actor, "claim.read"),
        may_open_batches=may(actor, "batch.read"),
    )


def read_entries(
    session: Session,
    actor: Actor,
    key: tuple[int, int],
    *,
    until: datetime,
    group: str,
    size: int,
) -> tuple[tuple[Entry, ...], bool]:
    """The newest entries of an account until an instant, and whether it is unlimited."""
    row = _account(session, actor, *key)
    account, begun = row.CeilingAccount, opened_at(row.Contract.start_on)
    people = _people(session, account)
    entries, _rest = _page(session, key, until, begun, group, None, people, size)
    return entries, account.limit_rial is None


def end_of(on: date) -> datetime:
    """The last instant of a day in Tehran."""
    return datetime.combine(on + timedelta(days=1), time(), TEHRAN) - timedelta(microseconds=1)


def opened_at(start_on: date) -> datetime:
    """From when the ceiling of a contract holds: its first instant in Tehran."""
    return datetime.combine(start_on, time(), TEHRAN).astimezone(UTC)


def account_name(view: CeilingView) -> str:
    """What an account is called: «سقف خانوادگی …»."""
    name = _("Family ceiling of {name}") if view.is_family else _("Ceiling of {name}")
    return name.format(name=view.holder_name)


def kind_of_ceiling(view: CeilingView) -> str:
    """Own, or floating among so many."""
    if not view.is_family:
        return ceiling_kind_name(is_family=False)
    return _("floating among {n} people").format(n=len(view.shares))


def _account(session: Session, actor: Actor, insurer_id: int, account_id: int) -> Any:
    require(actor, "ceiling.read")
    row = session.execute(queries.account((insurer_id, account_id))).first()
    if row is None or not may_see_insurer(actor, insurer_id):
        raise Refused("unknown_account")
    check_blind_holder(session, actor.user_id, Holder.ACCOUNT, (insurer_id, account_id))
    return row


def _title(session: Session, account: CeilingAccount, at: datetime) -> str:
    key = (account.insurer_id, account.contract_id, account.cover_code)
    return session.scalar(queries.cover_title(*key, day_of(at))) or account.cover_code


def _points(moves: Sequence[Any]) -> tuple[Point, ...]:
    points, limit, reserved, used = [], 0, 0, 0
    for move in moves:
        limit += move.limit_change_rial
        reserved += move.reserved_change_rial
        used += move.used_change_rial
        point = Point(
            at=move.at,
            kind=move.kind,
            amount_rial=move.amount_rial,
            limit_rial=limit,
            reserved_rial=reserved,
            used_rial=used,
        )
        points.append(point)
    return tuple(points)


def _standing(
    session: Session, account: CeilingAccount, points: Sequence[Point], now: datetime | None
) -> Standing:
    """From the entries; ``now`` given: what overdue letters hold is looked up as well."""
    overdue = 0
    if now is not None:
        overdue = overdue_rial(holders_of(session, account.insurer_id, account.id, now=now))
    last = points[-1] if points else None
    return Standing(
        limit_rial=None if account.limit_rial is None else (last.limit_rial if last else 0),
        reserved_rial=last.reserved_rial if last else 0,
        used_rial=last.used_rial if last else 0,
        overdue_rial=overdue,
    )


def _proof(session: Session, account: CeilingAccount) -> tuple[int, bool]:
    count, *sums = session.execute(queries.sums((account.insurer_id, account.id))).one()
    balance = [account.limit_rial or 0, account.reserved_rial, account.used_rial]
    return count, [int(each) for each in sums] == balance


def _counts(moves: Sequence[Any]) -> dict[str, int]:
    kinds = Counter(move.kind for move in moves)
    return {
        group: sum(kinds[kind] for kind in (kinds if members is None else members))
        for group, members in GROUPS.items()
    }


def _people(session: Session, account: CeilingAccount) -> dict[int, tuple[str, str]]:
    """Person → name and relation, the principal first."""
    rows = session.execute(
        queries.members(
            account.insurer_id,
            account.contract_id,
            account.holder_id,
            is_family=account.is_family,
        )
    ).all()
    ordered = sorted(rows, key=lambda row: row.id != account.holder_id)
    return {row.id: (f"{row.first_name} {row.last_name}", row.relation) for row in ordered}


def _shares(moves: Sequence[Any], people: Mapping[int, tuple[str, str]]) -> tuple[Share, ...]:
    used: dict[int, int] = defaultdict(int)
    reserved: dict[int, int] = defaultdict(int)
    for move in moves:
        if move.person_id is not None:
            used[move.person_id] += move.used_change_rial
            reserved[move.person_id] += move.reserved_change_rial
    return tuple(
        Share(
            name=name,
            relation=relation,
            used_rial=used[person_id],
            reserved_rial=reserved[person_id],
        )
        for person_id, (name, relation) in people.items()
    )


def _page(
    session: Session,
    key: tuple[int, int],
    until: datetime,
    begun: datetime,
    group: str,
    after_key: str | None,
    people: Mapping[int, tuple[str, str]],
    size: int,
) -> tuple[tuple[Entry, ...], str | None]:
    statement = queries.entries(
        key,
        until,
        opened_at=begun,
        kinds=GROUPS.get(group),
        before=_parsed(after_key),
        size=size + 1,
    )
    rows = session.execute(statement).all()
    entries = tuple(_entry(row, people) for row in rows[:size])
    return entries, entries[-1].key if len(rows) > size else None


def _parsed(key: str | None) -> tuple[datetime, int] | None:
    if key is None:
        return None
    at, _separator, entry_id = key.partition("~")
    return datetime.fromisoformat(at), int(entry_id)


def _entry(row: Any, people: Mapping[int, tuple[str, str]]) -> Entry:
    entry = row.CeilingEntry
    name = None if row.first_name is None else f"{row.first_name} {row.last_name}"
    return Entry(
        key=f"{row.at.isoformat()}~{entry.id}",
        at=row.at,
        kind=entry.kind,
        amount_rial=entry.amount_rial,
        limit_change_rial=entry.limit_change_rial,
        reserved_change_rial=entry.reserved_change_rial,
        used_change_rial=entry.used_change_rial,
        limit_rial=int(row.limit_after),
        reserved_rial=int(row.reserved_after),
        used_rial=int(row.used_after),
        referral=row.referral,
        referral_id=entry.referral_id,
        claim=row.claim,
        batch=row.batch,
        centre=row.centre,
        actor=row.actor,
        person_name=name,
        relation=people[row.person_id][1] if row.person_id in people else None,
    )
