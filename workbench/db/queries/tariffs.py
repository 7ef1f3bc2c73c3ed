"""Which tariff was in force for a code on a day, for a whole claim in two statements."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, bindparam, select
from sqlalchemy.orm import Session

from workbench.db.models import CentreCoefficient, Tariff
from workbench.rules import facts
from workbench.rules.money import ONE_BASIS, tariff_unit_rial

GENERAL = "general"
SPECIALIST = "specialist"

CodeOnDay = tuple[str, date]
_Versions = dict[tuple[str, str], list[Row[Any]]]

_TARIFF = cast(Table, Tariff.__table__)
_COEFFICIENT = cast(Table, CentreCoefficient.__table__)

# Built once: they run at every keystroke of a decision.
_TARIFFS = (
    select(
        _TARIFF.c.id,
        _TARIFF.c.code,
        _TARIFF.c.level,
        _TARIFF.c.amount_rial,
        _TARIFF.c.valid_from,
        _TARIFF.c.valid_to,
    )
    .where(
        _TARIFF.c.tariff_set_id == bindparam("tariff_set_id"),
        _TARIFF.c.code.in_(bindparam("codes", expanding=True)),
        _TARIFF.c.is_contracted == bindparam("is_contracted"),
        _TARIFF.c.level.in_(bindparam("levels", expanding=True)),
        _TARIFF.c.valid_from <= bindparam("last_on"),
    )
    .order_by(_TARIFF.c.valid_from.desc(), _TARIFF.c.recorded_at.desc(), _TARIFF.c.id.desc())
)
_COEFFICIENTS = (
    select(_COEFFICIENT.c.valid_from, _COEFFICIENT.c.basis)
    .where(
        _COEFFICIENT.c.centre_id == bindparam("centre_id"),
        _COEFFICIENT.c.tariff_set_id == bindparam("tariff_set_id"),
        _COEFFICIENT.c.valid_from <= bindparam("last_on"),
    )
    .order_by(
        _COEFFICIENT.c.valid_from.desc(),
        _COEFFICIENT.c.recorded_at.desc(),
        _COEFFICIENT.c.id.desc(),
    )
)


def level_of(speciality: str) -> str:
    """The tariff level of a dentist's speciality: the specialist price needs a named one."""
    return GENERAL if speciality in ("", GENERAL) else SPECIALIST


def tariff_in_force(
    session: Session,
    tariff_set_id: int,
    codes: Iterable[str],
    service_on: date,
    centre_id: int | None,
    is_contracted: bool,
    level: str = GENERAL,
) -> dict[str, facts.Tariff]:
    """The tariffs of ``codes`` on one day, by code; a code without a price is left out."""
    found = tariffs_in_force(
        session,
        tariff_set_id,
        {(code, service_on) for code in codes},
        centre_id=centre_id,
        is_contracted=is_contracted,
        level=level,
    )
    return {code: tariff for (code, _), tariff in found.items()}


def tariffs_in_force(
    session: Session,
    tariff_set_id: int,
    wanted: Iterable[CodeOnDay],
    *,
    centre_id: int | None,
    is_contracted: bool,
    level: str = GENERAL,
) -> dict[CodeOnDay, facts.Tariff]:
    """The tariffs of many (code, service day) pairs, times the centre's coefficient on that day.

    The newest ``valid_from`` not after the day decides, and of its rows the newest
    ``recorded_at``; past its ``valid_to`` there is no price. A specialist level falls back to the
    general price of a code that has no other. Source: domain/clinical.md §2, domain/money.md.
    """
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    last_on = max(day for _, day in pairs)
    session.flush()  # the statements are of the tables: they would not do it by themselves
    connection = session.connection()
    codes = {code for code, _ in pairs}
    levels = dict.fromkeys((level, GENERAL))
    rows = _newest_rows(connection, tariff_set_id, codes, levels, last_on, is_contracted)
    coefficients = _coefficients(connection, tariff_set_id, centre_id, last_on)
    found = {}
    for code, day in pairs:
        row = _in_force(rows, code, levels, day)
        if row is not None:
            found[code, day] = _fact(row, _coefficient_on(coefficients, day))
    return found


def _newest_rows(
    connection: Connection,
    tariff_set_id: int,
    codes: Iterable[str],
    levels: Iterable[str],
    last_on: date,
    is_contracted: bool,
) -> _Versions:
    """By code and level: one row per ``valid_from`` (the newest recorded), the latest day first."""
    found: Any = connection.execute(
        _TARIFFS,
        {
            "tariff_set_id": tariff_set_id,
            "codes": sorted(codes),
            "levels": sorted(levels),
            "is_contracted": is_contracted,
            "last_on": last_on,
        },
    )
    rows: _Versions = {}
    for row in found.all():
        versions = rows.setdefault((row.code, row.level), [])
        if not versions or versions[-1].valid_from != row.valid_from:
            versions.append(row)
    return rows


def _in_force(rows: _Versions, code: str, levels: Iterable[str], day: date) -> Row[Any] | None:
    for level in levels:
        for row in rows.get((code, level), ()):
            if row.valid_from <= day:
                if row.valid_to is None or day <= row.valid_to:
                    return row
                break
    return None


def _fact(row: Row[Any], coefficient_basis: int) -> facts.Tariff:
    return facts.Tariff(
        tariff_id=row.id,
        code=row.code,
        unit_rial=tariff_unit_rial(row.amount_rial, coefficient_basis),
        valid_from=row.valid_from,
        base_rial=row.amount_rial,
        coefficient_basis=coefficient_basis,
        level=row.level,
    )


def _coefficients(
    connection: Connection, tariff_set_id: int, centre_id: int | None, last_on: date
) -> list[tuple[date, int]]:
    if centre_id is None:
        return []
    rows = connection.execute(
        _COEFFICIENTS,
        {"centre_id": centre_id, "tariff_set_id": tariff_set_id, "last_on": last_on},
    )
    return [(row[0], row[1]) for row in rows]


def _coefficient_on(coefficients: list[tuple[date, int]], day: date) -> int:
    return next((basis for valid_from, basis in coefficients if valid_from <= day), ONE_BASIS)
