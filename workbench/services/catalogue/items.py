"""The items of a change as a person reads them: what held before, what will hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, CentreCoefficient, Service, TariffSet
from workbench.db.queries.tariffs import tariffs_in_force
from workbench.db.rule_parameters import parameters_of
from workbench.rules.changes import CoefficientItem, Item, PriceItem, RuleItem, row_of
from workbench.rules.money import ONE_BASIS
from workbench.services.access import Actor, require
from workbench.services.catalogue.changes import Change

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """One item; ``thing`` is the service or centre, ``former`` and ``new`` what holds.

    Of a price whole rials, of a coefficient ten-thousandths, of a rule the rows; None: nothing.
    """

    item: Item
    thing: str
    former: Any
    new: Any


def read_items(session: Session, actor: Actor, change: Change) -> tuple[ShownItem, ...]:
    """The first 50 items, in the order of the change."""
    require(actor, "catalogue.read")
    items = change.items[:SHOWN_MAX]
    before = change.from_on - timedelta(days=1)
    shown = {
        **_prices(session, [item for item in items if isinstance(item, PriceItem)], before),
        **_coefficients(session, items, before),
        **_rules(session, items, change.from_on),
    }
    return tuple(shown[id(item)] for item in items)


def _prices(session: Session, items: Sequence[PriceItem], on: date) -> dict[int, ShownItem]:
    sets: dict[str, int] = {
        row.code: row.id for row in session.execute(select(TariffSet.code, TariffSet.id))
    }
    shown = {}
    for key in dict.fromkeys((i.tariff_set, i.is_contracted, i.level) for i in items):
        tariff_set, is_contracted, level = key
        of_key = [i for i in items if (i.tariff_set, i.is_contracted, i.level) == key]
        codes = {item.code for item in of_key}
        set_id = sets.get(tariff_set, 0)
        held = tariffs_in_force(
            session,
            set_id,
            {(code, on) for code in codes},
            centre_id=None,
            is_contracted=is_contracted,
            level=level,
        )
        titles = _titles(session, set_id, codes)
        for item in of_key:
            former = held.get((item.code, on))
            is_same = former is not None and former.level == level
            shown[id(item)] = ShownItem(
                item=item,
                thing=titles.get(item.code, ""),
                former=former.base_rial if former is not None and is_same else None,
                new=item.amount_rial,
            )
    return shown


def _titles(session: Session, set_id: int, codes: set[str]) -> dict[str, str]:
    wanted = select(Service.code, Service.title).where(
        Service.tariff_set_id == set_id, Service.code.in_(sorted(codes))
    )
    return {row.code: row.title for row in session.execute(wanted)}


def _coefficients(session: Session, items: Sequence[Item], on: date) -> dict[int, ShownItem]:
    shown = {}
    for item in items:
        if isinstance(item, CoefficientItem):
            name = session.scalar(select(Centre.name).where(Centre.code == item.centre))
            former = session.scalar(_basis_on(item, on))
            shown[id(item)] = ShownItem(
                item=item,
                thing=name or item.centre,
                former=ONE_BASIS if former is None else former,
                new=item.basis,
            )
    return shown


def _basis_on(item: CoefficientItem, on: date) -> Any:
    return (
        select(CentreCoefficient.basis)
        .join(Centre, Centre.id == CentreCoefficient.centre_id)
        .join(TariffSet, TariffSet.id == CentreCoefficient.tariff_set_id)
        .where(
            Centre.code == item.centre,
            TariffSet.code == item.tariff_set,
            CentreCoefficient.valid_from <= on,
        )
        .order_by(CentreCoefficient.valid_from.desc(), CentreCoefficient.recorded_at.desc())
        .limit(1)
    )


def _rules(session: Session, items: Sequence[Item], from_on: date) -> dict[int, ShownItem]:
    parameters = parameters_of(session)
    shown = {}
    for item in items:
        if isinstance(item, RuleItem):
            rows = getattr(parameters, item.table)
            place = item.replaces
            former = rows[place] if place is not None and place < len(rows) else None
            shown[id(item)] = ShownItem(
                item=item,
                thing=item.table,
                former=former,
                new=None if item.row is None else row_of(item, from_on),
            )
    return shown
