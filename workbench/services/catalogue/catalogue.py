"""The catalogues: what a new database starts with, and adding to them later.

A tariff or coefficient is a dated row that is never edited: a correction is a row of the same day
with a later ``recorded_at``.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Centre,
    CentreCoefficient,
    Reason,
    Service,
    Tariff,
    TariffSet,
    WeeklySchedule,
    new_id,
)
from workbench.errors import Refused
from workbench.persian.jalali import day_from_parts, parse_day
from workbench.persian.text import normalise
from workbench.rules.money import ONE_BASIS, round_half_up
from workbench.services.access import Actor
from workbench.services.reference import (
    Change,
    Registered,
    later,
    record_reference,
    require_import,
    row_by_code,
    upsert,
)

CATALOGUE_FILE = Path(__file__).parents[2] / "catalogue_default.toml"
DEFAULT_TARIFF_SET = "default"
PRICE_STEP_RIAL = 1_000
COEFFICIENT_MAX = 100_000  # ten times the table's price: beyond it is a slip of the finger


@lru_cache
def default_catalogue() -> dict[str, Any]:
    """The shipped catalogue as it stands in the TOML file."""
    return tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))


def seed_catalogue(session: Session, *, now: datetime) -> int:
    """Add what is missing of the default catalogue; returns how many rows. Nothing is changed."""
    content = default_catalogue()
    added = _seed_reasons(session, content) + _seed_week(session, content, now)
    known = session.scalar(select(TariffSet.id).where(TariffSet.code == DEFAULT_TARIFF_SET))
    if known is None:
        known = register_tariff_set(session, None, **content["tariff_set"], now=now).id
        added += 1
    return (
        added
        + _seed_services(session, content, known)
        + _seed_tariffs(session, content, known, now)
    )


def _seed_reasons(session: Session, content: dict[str, Any]) -> int:
    known = set(session.scalars(select(Reason.code)))
    rows = [Reason(**row) for row in content["reasons"] if row["code"] not in known]
    session.add_all(rows)
    session.flush()
    return len(rows)


def _seed_week(session: Session, content: dict[str, Any], now: datetime) -> int:
    if session.scalars(select(WeeklySchedule.id).limit(1)).first() is not None:
        return 0
    week = content["week"]
    session.add(
        WeeklySchedule(
            valid_from=parse_day(week["valid_from"]),
            off_weekdays=week["off_weekdays"],
            recorded_at=now,
        )
    )
    session.flush()
    return 1


def _seed_services(session: Session, content: dict[str, Any], tariff_set_id: int) -> int:
    known = set(session.scalars(select(Service.code).where(Service.tariff_set_id == tariff_set_id)))
    rows = [
        Service(
            tariff_set_id=tariff_set_id,
            search_key=normalise(f"{row['code']} {row['title']}"),
            **{name: value for name, value in row.items() if name != "price_rial"},
        )
        for row in content["services"]
        if row["code"] not in known
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def _seed_tariffs(
    session: Session, content: dict[str, Any], tariff_set_id: int, now: datetime
) -> int:
    """The yearly prices of the codes that have none at all yet."""
    known = set(session.scalars(select(Tariff.code).where(Tariff.tariff_set_id == tariff_set_id)))
    rows = [
        {
            "id": new_id(),
            "tariff_set_id": tariff_set_id,
            "code": service["code"],
            "is_contracted": is_contracted,
            "level": "general",
            "amount_rial": _price(service["price_rial"], year["growth_basis"], share_basis),
            "valid_from": day_from_parts(year["year"], 1, 1),
            "valid_to": None,
            "recorded_at": now,
        }
        for service in content["services"]
        if "price_rial" in service and service["code"] not in known
        for year in content["tariff_years"]
        for is_contracted, share_basis in (
            (True, ONE_BASIS),
            (False, content["elsewhere"]["share_basis"]),
        )
    ]
    if rows:
        session.execute(insert(Tariff), rows)
    return len(rows)


def _price(price_rial: int, growth_basis: int, share_basis: int) -> int:
    if growth_basis == share_basis == ONE_BASIS:
        return price_rial
    grown = round_half_up(price_rial * growth_basis * share_basis, ONE_BASIS * ONE_BASIS)
    return PRICE_STEP_RIAL * round_half_up(grown, PRICE_STEP_RIAL)


def register_tariff_set(
    session: Session, actor: Actor | None, *, code: str, name: str, now: datetime
) -> Registered:
    """Add or rename a tariff set."""
    return upsert(session, actor, TariffSet, {"code": code}, {"name": name}, now=now)


def register_service(
    session: Session,
    actor: Actor | None,
    *,
    tariff_set_code: str,
    code: str,
    title: str,
    group: str,
    now: datetime,
    **columns: Any,
) -> Registered:
    """Add or correct a service of a tariff set; ``columns`` as in the table ``service``."""
    tariff_set = row_by_code(session, TariffSet, "code", tariff_set_code)
    values = {
        "title": title,
        "group": group,
        "search_key": normalise(f"{code} {title}"),
        **columns,
    }
    key = {"tariff_set_id": tariff_set.id, "code": code}
    return upsert(session, actor, Service, key, values, now=now)


def add_tariff(
    session: Session,
    actor: Actor | None,
    *,
    tariff_set_code: str,
    code: str,
    amount_rial: int,
    valid_from: date,
    valid_to: date | None = None,
    is_contracted: bool = True,
    level: str = "general",
    now: datetime,
) -> Registered:
    """Add a dated price, or correct the one of the same first day by a later row.

    An open-ended price ends where the next one begins. Periods that were closed on purpose may not
    overlap (``tariff_overlaps``); ``tariff_period``, ``negative_price``, ``unknown_service_code``.
    """
    require_import(actor)
    tariff_set = row_by_code(session, TariffSet, "code", tariff_set_code)
    _check_tariff(session, tariff_set.id, code, amount_rial, valid_from, valid_to)
    versions = session.scalars(
        select(Tariff)
        .where(
            Tariff.tariff_set_id == tariff_set.id,
            Tariff.code == code,
            Tariff.is_contracted == is_contracted,
            Tariff.level == level,
        )
        .order_by(Tariff.recorded_at, Tariff.id)
    )
    newest = {row.valid_from: row for row in versions}
    former = newest.get(valid_from)
    if former is not None and (former.amount_rial, former.valid_to) == (amount_rial, valid_to):
        return Registered(id=former.id, change=Change.UNCHANGED)
    check_periods(newest, code, valid_from, valid_to)
    row = Tariff(
        id=new_id(),
        tariff_set_id=tariff_set.id,
        code=code,
        is_contracted=is_contracted,
        level=level,
        amount_rial=amount_rial,
        valid_from=valid_from,
        valid_to=valid_to,
        recorded_at=later(now, former.recorded_at if former else None),
    )
    return _keep(session, actor, row, former is not None, now, tariff=code, amount_rial=amount_rial)


def check_periods(
    versions: Mapping[date, Any], code: str, valid_from: date, valid_to: date | None
) -> None:
    """Refuse a period that runs into another one of the same price (``tariff_overlaps``).

    ``versions`` are rows by their first day, the newest recorded one of each.
    """
    for other_from, other in versions.items():
        if other_from != valid_from and _overlap(valid_from, valid_to, other_from, other.valid_to):
            raise Refused("tariff_overlaps", service_code=code, other_from=other_from)


def _check_tariff(
    session: Session,
    tariff_set_id: int,
    code: str,
    amount_rial: int,
    valid_from: date,
    valid_to: date | None,
) -> None:
    known = select(Service.id).where(Service.tariff_set_id == tariff_set_id, Service.code == code)
    if session.scalar(known) is None:
        raise Refused("unknown_service_code", service_code=code)
    if amount_rial < 0:
        raise Refused("negative_price", service_code=code)
    if valid_to is not None and valid_to < valid_from:
        raise Refused("tariff_period", service_code=code)


def _overlap(from_a: date, to_a: date | None, from_b: date, to_b: date | None) -> bool:
    """Whether the earlier period was given a last day that reaches into the later one."""
    earlier_to, later_from = (to_a, from_b) if from_a < from_b else (to_b, from_a)
    return earlier_to is not None and earlier_to >= later_from


def add_coefficient(
    session: Session,
    actor: Actor | None,
    *,
    centre_code: str,
    tariff_set_code: str,
    basis: int,
    valid_from: date,
    now: datetime,
) -> Registered:
    """Add what a centre's prices are multiplied with from a day on, in ten-thousandths."""
    require_import(actor)
    return put_coefficient(
        session, actor, centre_code, tariff_set_code, basis=basis, valid_from=valid_from, now=now
    )


def put_coefficient(
    session: Session,
    actor: Actor | None,
    centre_code: str,
    tariff_set_code: str,
    *,
    basis: int,
    valid_from: date,
    now: datetime,
) -> Registered:
    """``add_coefficient`` for a caller that has looked at the actor's rights."""
    centre = row_by_code(session, Centre, "code", centre_code)
    tariff_set = row_by_code(session, TariffSet, "code", tariff_set_code)
    if not 0 < basis <= COEFFICIENT_MAX:
        raise Refused("coefficient_wrong", basis=basis)
    former = session.scalars(
        select(CentreCoefficient)
        .where(
            CentreCoefficient.centre_id == centre.id,
            CentreCoefficient.tariff_set_id == tariff_set.id,
            CentreCoefficient.valid_from == valid_from,
        )
        .order_by(CentreCoefficient.recorded_at.desc(), CentreCoefficient.id.desc())
    ).first()
    if former is not None and former.basis == basis:
        return Registered(id=former.id, change=Change.UNCHANGED)
    row = CentreCoefficient(
        id=new_id(),
        centre_id=centre.id,
        tariff_set_id=tariff_set.id,
        basis=basis,
        valid_from=valid_from,
        recorded_at=later(now, former.recorded_at if former else None),
    )
    return _keep(session, actor, row, former is not None, now, centre=centre_code, basis=basis)


def _keep(
    session: Session,
    actor: Actor | None,
    row: Tariff | CentreCoefficient,
    is_correction: bool,
    now: datetime,
    **facts: Any,
) -> Registered:
    session.add(row)
    session.flush()
    change = Change.CHANGED if is_correction else Change.ADDED
    record_reference(session, actor, row.__tablename__, row.id, change, now, **facts)
    return Registered(id=row.id, change=change)
