"""Reading the catalogues: services of a tariff set by code, the cover of a contract on a day."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import ContractCover, Service


def services_by_code(
    session: Session, tariff_set_id: int, codes: Iterable[str]
) -> dict[str, Service]:
    """The services of these codes, by code; an unknown code is left out."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session.scalars(
        select(Service).where(Service.tariff_set_id == tariff_set_id, Service.code.in_(wanted))
    )
    return {row.code: row for row in rows}


def cover_in_force(
    session: Session, insurer_id: int, contract_id: int, code: str, on: date
) -> ContractCover | None:
    """The row of a contract's cover on a day: newest ``valid_from``, then newest ``recorded_at``.

    Before the first day of the cover its rows hold as well; None: the contract has no such cover.
    """
    return session.scalars(
        select(ContractCover)
        .where(
            ContractCover.insurer_id == insurer_id,
            ContractCover.contract_id == contract_id,
            ContractCover.code == code,
        )
        .order_by(
            (ContractCover.valid_from <= on).desc(),
            ContractCover.valid_from.desc(),
            ContractCover.recorded_at.desc(),
        )
        .limit(1)
    ).first()
