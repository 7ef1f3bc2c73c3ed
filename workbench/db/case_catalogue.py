"""The codes and tariffs one claim needs, read in three statements whatever its number of lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.case_statements import SERVICES
from workbench.db.models import ClaimLine, Service
from workbench.db.queries.tariffs import GENERAL, level_of, tariffs_in_force
from workbench.rules import facts
from workbench.rules.teeth import distinct_surfaces


@dataclass(frozen=True, slots=True)
class CaseCatalogue:
    """The codes a claim needs, and the tariffs of their service days."""

    services: Mapping[str, facts.Service]
    tariffs: Mapping[tuple[str, date], facts.Tariff]

    def service(self, code: str | None) -> facts.Service | None:
        return None if code is None else self.services.get(code)

    def tariff(self, code: str | None, on: date) -> facts.Tariff | None:
        return None if code is None else self.tariffs.get((code, on))


def catalogue_of(
    session: Session, tariff_set_id: int, rows: Iterable[ClaimLine], centre_id: int, frame: Row[Any]
) -> CaseCatalogue:
    """The codes of these lines, their groups, and the tariffs of their service days."""
    codes = {row.code for row in rows} | {row.assessed_code for row in rows if row.assessed_code}
    found: Any = session.execute(SERVICES, {"tariff_set_id": tariff_set_id, "codes": sorted(codes)})
    services = {row.code: service_facts(row) for row in found}
    days = {row.service_on for row in rows}
    level = level_of(frame.speciality)
    wanted = {(code, day) for code in services for day in days}
    price = {"centre_id": centre_id, "is_contracted": frame.is_contracted}
    tariffs = tariffs_in_force(session, tariff_set_id, wanted, **price)
    if level != GENERAL:
        tariffs |= tariffs_in_force(session, tariff_set_id, wanted, level=level, **price)
    return CaseCatalogue(services, tariffs)


def service_facts(row: Service) -> facts.Service:
    """A catalogue row as the rules see it."""
    return facts.Service(
        code=row.code,
        title=row.title,
        group=row.group,
        cover_code=row.cover_code,
        scope=row.scope,
        surfaces=row.surfaces,
        canals=row.canals,
        dentition=row.dentition,
        is_paediatric=row.is_paediatric,
        adult_equivalent_code=row.adult_equivalent_code,
    )


def matching_service(
    service: facts.Service, row: ClaimLine, services: Iterable[facts.Service]
) -> facts.Service | None:
    """The code of the same group and age that fits the stated surfaces or canals."""
    surfaces = (
        len(distinct_surfaces(row.surfaces))
        if service.surfaces is not None and row.surfaces
        else None
    )
    canals = row.canals if service.canals is not None else None
    if surfaces in (None, service.surfaces) and canals in (None, service.canals):
        return None
    fits = (
        other
        for other in services
        if other.group == service.group
        and other.is_paediatric == service.is_paediatric
        and other.code != service.code
        and (surfaces is None or other.surfaces == surfaces)
        and (canals is None or other.canals == canals)
    )
    return min(fits, key=lambda other: other.code, default=None)
