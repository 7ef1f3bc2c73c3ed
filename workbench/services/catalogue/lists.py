"""Prices and coefficients as they are listed: versions by date, which holds today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, CentreCoefficient, Service, Tariff, TariffSet
from workbench.errors import Refused
from workbench.persian.digits import to_ascii
from workbench.persian.jalali import day_of
from workbench.persian.text import normalise
from workbench.services.access import Actor, require

PAGE = 50
PAST, PRESENT, FUTURE, CORRECTED = "past", "present", "future", "corrected"

PriceKind = tuple[bool, str]
"""Contracted?, and the level: general or specialist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A dated value: a price in rials or a basis in ten-thousandths.

    ``until_on`` is its own last day or the day before the next one begins; a ``corrected`` one was
    recorded before another of the same first day, and holds on no day.
    """

    value: int
    from_on: date
    until_on: date | None
    state: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedService:
    """A service of a tariff set with the versions of each kind of price, the latest first."""

    code: str
    title: str
    group: str
    is_active: bool
    prices: dict[PriceKind, tuple[Version, ...]]

    def present(self, kind: PriceKind) -> Version | None:
        """What holds today."""
        return _in_state(self.prices.get(kind, ()), PRESENT)

    def next(self, kind: PriceKind) -> Version | None:
        """What holds next."""
        return _in_state(tuple(reversed(self.prices.get(kind, ()))), FUTURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """A page of a tariff set; ``sets`` are all sets by code, ``next_key`` the last code if more."""

    sets: dict[str, str]
    tariff_set: str
    rows: tuple[PricedService, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreVersions:
    """What a centre's prices of a tariff set are multiplied with, the latest version first."""

    centre: str
    name: str
    tariff_set: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """The centres that have coefficients, and what a new one may name: codes and names."""

    rows: tuple[CentreVersions, ...]
    centres: dict[str, str]
    sets: dict[str, str]


def read_prices(
    session: Session,
    actor: Actor,
    *,
    tariff_set: str | None = None,
    text: str = "",
    after: str | None = None,
    now: datetime,
    size: int | None = PAGE,
) -> PriceList:
    """A page of services by code with all versions of their prices; ``size`` None: all.

    ``text`` is a part of code or title. Refused: ``unknown_tariff_set``.
    """
    require(actor, "catalogue.read")
    sets = _sets(session)
    chosen = tariff_set or next(iter(sets), "")
    if chosen not in sets:
        raise Refused("unknown_tariff_set", key=chosen)
    set_id = session.scalar(select(TariffSet.id).where(TariffSet.code == chosen)) or 0
    found = session.execute(_services(set_id, text, after, size)).all()
    shown = found if size is None else found[:size]
    prices = _prices(session, set_id, [row.code for row in shown], day_of(now))
    rows = tuple(
        PricedService(
            code=row.code,
            title=row.title,
            group=row.group,
            is_active=row.is_active,
            prices=prices.get(row.code, {}),
        )
        for row in shown
    )
    next_key = rows[-1].code if len(found) > len(rows) else None
    return PriceList(sets=sets, tariff_set=chosen, rows=rows, next_key=next_key)


def read_coefficients(session: Session, actor: Actor, *, now: datetime) -> Coefficients:
    """All coefficients of centres, by the centre's name."""
    require(actor, "catalogue.read")
    rows = session.execute(
        select(
            Centre.code.label("centre"),
            Centre.name,
            TariffSet.code.label("tariff_set"),
            CentreCoefficient.basis.label("value"),
            CentreCoefficient.valid_from,
            CentreCoefficient.recorded_at,
        )
        .join(Centre, Centre.id == CentreCoefficient.centre_id)
        .join(TariffSet, TariffSet.id == CentreCoefficient.tariff_set_id)
        .order_by(Centre.name, Centre.code, TariffSet.code, *_NEWEST_COEFFICIENT)
    ).all()
    keys = dict.fromkeys((row.centre, row.name, row.tariff_set) for row in rows)
    of: dict[Any, list[Any]] = {key: [] for key in keys}
    for row in rows:
        of[row.centre, row.name, row.tariff_set].append(row)
    listed = tuple(
        CentreVersions(
            centre=centre,
            name=name,
            tariff_set=tariff_set,
            versions=versions_of(of[centre, name, tariff_set], day_of(now)),
        )
        for centre, name, tariff_set in keys
    )
    centres = session.execute(select(Centre.code, Centre.name).order_by(Centre.name)).all()
    return Coefficients(
        rows=listed, centres={row.code: row.name for row in centres}, sets=_sets(session)
    )


def versions_of(rows: Sequence[Any], today: date) -> tuple[Version, ...]:
    """Rows of one thing, the latest day and newest record first, as versions."""
    versions: list[Version] = []
    following: date | None = None
    for row in rows:
        is_corrected = bool(versions) and versions[-1].from_on == row.valid_from
        own_end = getattr(row, "valid_to", None)
        ends = [end for end in (own_end, _day_before(following)) if end is not None]
        until_on = versions[-1].until_on if is_corrected else min(ends, default=None)
        versions.append(
            Version(
                value=row.value,
                from_on=row.valid_from,
                until_on=until_on,
                state=CORRECTED if is_corrected else _state(row.valid_from, until_on, today),
                recorded_at=row.recorded_at,
            )
        )
        following = row.valid_from
    return tuple(versions)


def _state(from_on: date, until_on: date | None, today: date) -> str:
    if from_on > today:
        return FUTURE
    return PAST if until_on is not None and until_on < today else PRESENT


def _day_before(on: date | None) -> date | None:
    return None if on is None else on - timedelta(days=1)


def _in_state(versions: Iterable[Version], state: str) -> Version | None:
    return next((version for version in versions if version.state == state), None)


def _sets(session: Session) -> dict[str, str]:
    rows = session.execute(select(TariffSet.code, TariffSet.name).order_by(TariffSet.id))
    return {row.code: row.name for row in rows}


def _services(set_id: int, text: str, after: str | None, size: int | None) -> Any:
    wanted = select(Service.code, Service.title, Service.group, Service.is_active)
    wanted = wanted.where(Service.tariff_set_id == set_id).order_by(Service.code)
    key = normalise(to_ascii(text))
    if key:
        wanted = wanted.where(Service.search_key.contains(key, autoescape=True))
    if after:
        wanted = wanted.where(Service.code > after)
    return wanted if size is None else wanted.limit(size + 1)


def _prices(
    session: Session, set_id: int, codes: Sequence[str], today: date
) -> dict[str, dict[PriceKind, tuple[Version, ...]]]:
    """By code and kind; one statement."""
    if not codes:
        return {}
    rows = session.execute(
        select(
            Tariff.code,
            Tariff.is_contracted,
            Tariff.level,
            Tariff.amount_rial.label("value"),
            Tariff.valid_from,
            Tariff.valid_to,
            Tariff.recorded_at,
        )
        .where(Tariff.tariff_set_id == set_id, Tariff.code.between(min(codes), max(codes)))
        .order_by(Tariff.valid_from.desc(), Tariff.recorded_at.desc(), Tariff.id.desc())
    ).all()
    of: dict[str, dict[PriceKind, list[Any]]] = {}
    for row in rows:
        kinds = of.setdefault(row.code, {})
        kinds.setdefault((row.is_contracted, row.level), []).append(row)
    return {
        code: {kind: versions_of(found, today) for kind, found in kinds.items()}
        for code, kinds in of.items()
    }


_NEWEST_COEFFICIENT = (
    CentreCoefficient.valid_from.desc(),
    CentreCoefficient.recorded_at.desc(),
    CentreCoefficient.id.desc(),
)
