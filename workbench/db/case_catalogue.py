"""The codes and tariffs one claim needs, read in three statements whatever its number of lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.case_statements import SERVICES
from workbench.db.models import ClaimLine, Service
from workbench.db.queries.tariffs import level_of, tariffs_in_force
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

    def matching(self, row: ClaimLine) -> facts.Service | None:
        """The code that fits what the line states better than its own."""
        service = self.service(row.code)
        return service and matching_service(service, row, self.services.values())

    def priced(self, row: ClaimLine) -> set[str]:
        """The known codes whose price the line needs: its own and those it may be changed to."""
        matching, service = self.matching(row), self.service(row.code)
        adult = service and service.adult_equivalent_code
        codes = (row.code, row.assessed_code, adult, matching and matching.code)
        return {code for code in codes if isinstance(code, str) and code in self.services}


def catalogue_of(
    session: Session, tariff_set_id: int, rows: Sequence[ClaimLine], centre_id: int, frame: Row[Any]
) -> CaseCatalogue:
    """The codes of these lines, their groups, and the tariffs of their service days."""
    codes = {row.code for row in rows} | {row.assessed_code for row in rows if row.assessed_code}
    found: Any = session.connection().execute(
        SERVICES, {"tariff_set_id": tariff_set_id, "codes": sorted(codes)}
    )
    services = {row.code: service_facts(row) for row in found}
    catalogue = CaseCatalogue(services, {})
    tariffs = tariffs_in_force(
        session,
        tariff_set_id,
        {(code, row.service_on) for row in rows for code in catalogue.priced(row)},
        centre_id=centre_id,
        is_contracted=frame.is_contracted,
        level=level_of(frame.speciality),
    )
    return replace(catalogue, tariffs=tariffs)


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
