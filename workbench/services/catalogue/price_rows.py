"""Many prices of one first day at once: the checks of ``add_tariff``, a few statements for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from workbench.db.models import Service, Tariff, TariffSet, new_id
from workbench.errors import Refused
from workbench.rules.changes import PriceItem
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.audit import Event
from workbench.services.catalogue.catalogue import check_periods
from workbench.services.reference import Change, later, row_by_code

Key = tuple[str, bool, str]
_TARIFF = cast(Table, Tariff.__table__)


@dataclass(slots=True, kw_only=True)
class _Written:
    """The rows to insert and their events."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def put_prices(
    session: Session, actor: Actor, items: Sequence[PriceItem], *, valid_from: date, now: datetime
) -> int:
    """Add open-ended prices from a day on, for a caller that has looked at the actor's rights.

    Returns how many were not there already. Refused: ``unknown_tariff_set``,
    ``unknown_service_code``, ``negative_price``, ``tariff_overlaps``.
    """
    written = _Written()
    for tariff_set in dict.fromkeys(item.tariff_set for item in items):
        set_id = row_by_code(session, TariffSet, "code", tariff_set).id
        of_set = select(Service.code).where(Service.tariff_set_id == set_id)
        codes, newest = set(session.scalars(of_set)), _newest(session, set_id)
        for item in items:
            if item.tariff_set != tariff_set:
                continue
            if item.code not in codes:
                raise Refused("unknown_service_code", service_code=item.code)
            if item.amount_rial < 0:
                raise Refused("negative_price", service_code=item.code)
            versions = newest.get((item.code, item.is_contracted, item.level), {})
            _add(written, actor, set_id, item, versions, valid_from, now)
    if written.rows:
        session.execute(insert(_TARIFF), written.rows)
        audit.record_all(session, written.events)
    return len(written.rows)


def _newest(session: Session, set_id: int) -> dict[Key, dict[date, Any]]:
    """The newest recorded row of each price and first day."""
    found = session.execute(
        select(
            _TARIFF.c.code,
            _TARIFF.c.is_contracted,
            _TARIFF.c.level,
            _TARIFF.c.amount_rial,
            _TARIFF.c.valid_from,
            _TARIFF.c.valid_to,
            _TARIFF.c.recorded_at,
        )
        .where(_TARIFF.c.tariff_set_id == set_id)
        .order_by(_TARIFF.c.recorded_at, _TARIFF.c.id)
    )
    newest: dict[Key, dict[date, Any]] = {}
    for row in found:
        newest.setdefault((row.code, row.is_contracted, row.level), {})[row.valid_from] = row
    return newest


def _add(
    written: _Written,
    actor: Actor,
    set_id: int,
    item: PriceItem,
    versions: Mapping[date, Any],
    valid_from: date,
    now: datetime,
) -> None:
    former = versions.get(valid_from)
    if former is not None and (former.amount_rial, former.valid_to) == (item.amount_rial, None):
        return
    check_periods(versions, item.code, valid_from, None)
    row_id = new_id()
    written.rows.append(
        {
            "id": row_id,
            "tariff_set_id": set_id,
            "code": item.code,
            "is_contracted": item.is_contracted,
            "level": item.level,
            "amount_rial": item.amount_rial,
            "valid_from": valid_from,
            "valid_to": None,
            "recorded_at": later(now, former.recorded_at if former is not None else None),
        }
    )
    change = Change.ADDED if former is None else Change.CHANGED
    written.events.append(
        Event(
            action=f"tariff.{change}",
            stream=f"tariff:{row_id}",
            actor_id=actor.user_id,
            at=now,
            facts={"tariff": item.code, "amount_rial": item.amount_rial},
        )
    )
