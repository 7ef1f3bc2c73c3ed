"""The catalogues as XLSX; those of prices and coefficients can be changed and brought in again."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import N_, _, language
from workbench.persian.jalali import format_day
from workbench.rules.changes import TABLES
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.catalogue.codes import read_reasons, read_services
from workbench.services.catalogue.lists import read_coefficients, read_prices
from workbench.services.catalogue.price_sheets import (
    COEFFICIENTS,
    COLUMNS,
    CONTRACTED,
    LEVELS,
    PRICES,
    TITLES,
)
from workbench.services.catalogue.rule_tables import read_rule_tables
from workbench.services.list_files import Cell, xlsx_file
from workbench.services.referrals.letter_words import group_name

BASIS_PER_ONE = 10_000
NAMES = {
    PRICES: N_("Prices"),
    COEFFICIENTS: N_("Coefficients of centres"),
    "services": N_("Services"),
    "reasons": N_("Reasons"),
    "rules": N_("Rules"),
}

Written = tuple[Sequence[str], list[Sequence[Cell]]]


def export_catalogue(
    session: Session, actor: Actor, kind: str, *, tariff_set: str | None = None, now: datetime
) -> bytes:
    """A catalogue as XLSX bytes; leaves an audit event. Prices are those of one tariff set today.

    Needs a writing transaction.
    """
    titles, rows = _WRITE[kind](session, actor, tariff_set, now)
    audit.record(
        session,
        action="catalogue.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        list=kind,
        rows=len(rows),
    )
    return xlsx_file(_(NAMES[kind]), titles, rows)


def _prices(session: Session, actor: Actor, tariff_set: str | None, now: datetime) -> Written:
    found = read_prices(session, actor, tariff_set=tariff_set, now=now, size=None)
    rows: list[Sequence[Cell]] = [
        (
            found.tariff_set,
            row.code,
            row.title,
            _(CONTRACTED[kind[0]]),
            _(LEVELS[kind[1]]),
            present.value,
            format_day(present.from_on),
        )
        for row in found.rows
        for kind in row.prices
        if (present := row.present(kind)) is not None
    ]
    return [_(TITLES[name]) for name in COLUMNS[PRICES]], rows


def _coefficients(session: Session, actor: Actor, _set: str | None, now: datetime) -> Written:
    found = read_coefficients(session, actor, now=now)
    rows: list[Sequence[Cell]] = [
        (
            row.centre,
            row.name,
            row.tariff_set,
            _decimal(version.value),
            format_day(version.from_on),
        )
        for row in found.rows
        for version in row.versions
        if version.state == "present"
    ]
    return [_(TITLES[name]) for name in COLUMNS[COEFFICIENTS]], rows


def _services(session: Session, actor: Actor, _set: str | None, _now: datetime) -> Written:
    titles = [_("Tariff set"), _("Code"), _("Service"), _("Group"), _("State")]
    rows: list[Sequence[Cell]] = [
        (row.tariff_set, row.code, row.title, group_name(row.group), _active(row.is_active))
        for row in read_services(session, actor)
    ]
    return titles, rows


def _reasons(session: Session, actor: Actor, _set: str | None, _now: datetime) -> Written:
    titles = [_("Code"), _("Title"), _("Times used"), _("State")]
    rows: list[Sequence[Cell]] = [
        (
            row.code,
            row.title_fa if language() == "fa" else row.title_en,
            row.uses,
            _active(row.is_active),
        )
        for row in read_reasons(session, actor)
    ]
    return titles, rows


def _rules(session: Session, actor: Actor, _set: str | None, _now: datetime) -> Written:
    """Every row of every table: its columns by their names, its days."""
    tables = read_rule_tables(session, actor)
    titles = [_("Table"), _("Column"), _("Value"), _("From"), _("Until")]
    rows: list[Sequence[Cell]] = []
    for table in TABLES:
        for row in tables.rows(table):
            last = getattr(row, "valid_until", None)
            days = (format_day(row.valid_from), format_day(last) if last else "")
            for name in type(row).__slots__:
                if name not in ("valid_from", "valid_until"):
                    rows.append((table, name, _plain(getattr(row, name)), *days))
    return titles, rows


def _plain(value: object) -> Cell:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return "" if value is None else str(value)


def _decimal(basis: int) -> str:
    whole, rest = divmod(basis, BASIS_PER_ONE)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def _active(is_active: bool) -> str:
    return _("active") if is_active else _("not active")


_WRITE: dict[str, Callable[[Session, Actor, str | None, datetime], Written]] = {
    PRICES: _prices,
    COEFFICIENTS: _coefficients,
    "services": _services,
    "reasons": _reasons,
    "rules": _rules,
}
