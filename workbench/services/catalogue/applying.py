"""A change of prices and rules put into force: every check, every row, in the caller's transaction.

A proposal is tried by the same code inside a savepoint that is rolled back, so that what was let in
is what can be published.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, RuleTable, Service, TariffSet, new_id
from workbench.db.rule_parameters import parameters_of
from workbench.errors import Refused
from workbench.rules.changes import (
    ENDLESS,
    TABLES,
    CoefficientItem,
    Item,
    PriceItem,
    RuleItem,
    changed_rows,
    row_of,
)
from workbench.rules.plain import to_plain
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.catalogue.catalogue import put_coefficient
from workbench.services.catalogue.price_rows import put_prices
from workbench.services.catalogue.rule_checks import (
    PACKS,
    Known,
    check_row,
    is_contradicted,
    read_known,
)
from workbench.services.claims.finding_counts import Touched
from workbench.services.reference import row_by_code

STREAM = "rules"
LEVELS = ("general", "specialist")
AMOUNT_MAX_RIAL = 1_000_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Whose change takes effect from when, and why; ``change_id`` None: it is only tried."""

    change_id: int | None
    reason: str
    from_on: date
    now: datetime


def apply_items(session: Session, actor: Actor, items: Sequence[Item], order: Order) -> Touched:
    """Write every item; returns which open cases it touches.

    Refused: ``change_twice``, ``change_item_wrong``, the codes of ``put_prices``,
    ``add_coefficient``, ``rules.changes`` and ``rule_checks``.
    """
    _check_once(items)
    touched = Touched()
    prices = [item for item in items if isinstance(item, PriceItem)]
    for price in prices:
        _check_price(price)
    put_prices(session, actor, prices, valid_from=order.from_on, now=order.now)
    touched |= _of_prices(session, prices)
    for item in items:
        if isinstance(item, CoefficientItem):
            touched |= _put_coefficient(session, actor, item, order)
    rules = [item for item in items if isinstance(item, RuleItem)]
    if rules:
        known = read_known(session)
        for table in dict.fromkeys(item.table for item in rules):
            of_table = [item for item in rules if item.table == table]
            touched |= _put_table(session, actor, known, table, of_table, order)
    return touched


def _check_once(items: Sequence[Item]) -> None:
    """One price of a code, one coefficient of a centre, one replacement of a row in a change."""
    counts = Counter(key for item in items if (key := _key(item)) is not None)
    for key, count in counts.items():
        if count > 1:
            raise Refused("change_twice", key=key[2])


def _key(item: Item) -> tuple[Any, ...] | None:
    key: tuple[Any, ...]
    match item:
        case PriceItem():
            key = ("price", item.tariff_set, item.code, item.is_contracted, item.level)
        case CoefficientItem():
            key = ("coefficient", item.tariff_set, item.centre)
        case RuleItem(replaces=None):
            return None
        case _:
            key = ("rule", item.table, item.replaces)
    if not all(isinstance(part, Hashable) for part in key):
        raise Refused("change_item_wrong")
    return key


def _check_price(item: PriceItem) -> None:
    if type(item.amount_rial) is not int or item.level not in LEVELS:
        raise Refused("change_item_wrong")
    if item.amount_rial > AMOUNT_MAX_RIAL:
        raise Refused("price_too_large", service_code=item.code, limit_rial=AMOUNT_MAX_RIAL)


def _of_prices(session: Session, prices: Sequence[PriceItem]) -> Touched:
    codes_of: dict[str, set[str]] = {}
    for item in prices:
        codes_of.setdefault(item.tariff_set, set()).add(item.code)
    groups: set[str] = set()
    for tariff_set, codes in codes_of.items():
        of_set = select(Service.code, Service.group).join(
            TariffSet, TariffSet.id == Service.tariff_set_id
        )
        rows = session.execute(of_set.where(TariffSet.code == tariff_set)).all()
        groups |= {group for code, group in rows if code in codes}
    return Touched(groups=frozenset(groups))


def _put_coefficient(
    session: Session, actor: Actor, item: CoefficientItem, order: Order
) -> Touched:
    if type(item.basis) is not int:
        raise Refused("change_item_wrong")
    put_coefficient(
        session,
        actor,
        item.centre,
        item.tariff_set,
        basis=item.basis,
        valid_from=order.from_on,
        now=order.now,
    )
    return Touched(centre_ids=frozenset({row_by_code(session, Centre, "code", item.centre).id}))


def _put_table(
    session: Session,
    actor: Actor,
    known: Known,
    table: str,
    items: Sequence[RuleItem],
    order: Order,
) -> Touched:
    """The table after its items, kept as one new row."""
    if table not in TABLES:
        raise Refused("change_item_wrong")
    rows = tuple(getattr(parameters_of(session), table))
    touched = Touched()
    for item in items:
        rows, concerned = _after(known, rows, item, order.from_on)
        touched |= concerned
    kept = RuleTable(
        id=new_id(),
        name=table,
        rows=[to_plain(each) for each in rows],
        reason=order.reason,
        recorded_at=order.now,
        recorded_by_id=actor.user_id,
    )
    session.add(kept)
    session.flush()
    audit.record(
        session,
        action="rules.change",
        stream=STREAM,
        actor_id=actor.user_id,
        now=order.now,
        row=kept.id,
        table=table,
        change=order.change_id,
        from_on=order.from_on.isoformat(),
    )
    return touched


def _after(
    known: Known, rows: tuple[Any, ...], item: RuleItem, from_on: date
) -> tuple[tuple[Any, ...], Touched]:
    """The rows after an item, and what it touches."""
    if item.replaces is not None and (
        item.table in ENDLESS or type(item.replaces) is not int or item.replaces < 0
    ):
        raise Refused("rule_row_gone")
    if item.row is None and item.replaces is None:
        raise Refused("change_item_wrong")
    if item.replaces is not None and item.replaces >= len(rows):
        raise Refused("rule_row_gone")
    try:
        if item.row is not None:
            check_row(known, item.table, row_of(item, from_on))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Refused("change_item_wrong") from error
    after = changed_rows(rows, item, from_on)
    if item.row is not None and is_contradicted(item.table, after[-1], after[:-1]):
        raise Refused("rule_overlaps")
    concerned = [after[-1]] if item.row is not None else []
    concerned += [rows[item.replaces]] if item.replaces is not None else []
    return after, _of_rows(item.table, concerned)


def _of_rows(table: str, rows: Sequence[Any]) -> Touched:
    """A pack concerns plans only; what names no group may concern every case."""
    if table == PACKS:
        return Touched()
    if table in ENDLESS:
        return Touched(is_all=True)
    return Touched(groups=frozenset(group for row in rows for group in row.groups))
