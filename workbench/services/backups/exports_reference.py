"""The master data of an export, kind by kind, as the lines an import takes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from workbench.db.models import (
    Batch,
    CeilingEntry,
    Centre,
    CentreCoefficient,
    CentreDentist,
    Contract,
    ContractCover,
    Dentist,
    Insurer,
    Membership,
    Person,
    Policyholder,
    Referral,
    Service,
    Tariff,
    TariffSet,
)
from workbench.persian.jalali import format_day
from workbench.rules.workflow import ReferralState

Line = dict[str, Any]


def day(value: date | None) -> str | None:
    """A day as files say it: Jalali, Latin digits."""
    return None if value is None else format_day(value)


def without_nothing(line: Mapping[str, Any]) -> Line:
    """The line without fields that say nothing, so that the defaults of the import hold."""
    return {name: value for name, value in line.items() if value not in (None, "", [])}


def _insurers(session: Session) -> Iterator[Line]:
    for row in session.scalars(select(Insurer).order_by(Insurer.code)):
        yield {
            "code": row.code,
            "name": row.name,
            "direct_due_hours": row.direct_due_hours,
            "indirect_due_hours": row.indirect_due_hours,
            "max_rounds": row.max_rounds,
        }


def _policyholders(session: Session) -> Iterator[Line]:
    for row in session.scalars(select(Policyholder).order_by(Policyholder.code)):
        yield {"code": row.code, "name": row.name}


def _centres(session: Session) -> Iterator[Line]:
    for row in session.scalars(select(Centre).order_by(Centre.code)):
        yield {
            "code": row.code,
            "name": row.name,
            "province": row.province,
            "is_contracted": row.is_contracted,
            "phone": row.phone,
            "mobile": row.mobile,
            "email": row.email,
        }


def _dentists(session: Session) -> Iterator[Line]:
    places: dict[int, list[str]] = {}
    for dentist_id, code in session.execute(
        select(CentreDentist.dentist_id, Centre.code)
        .join(Centre, Centre.id == CentreDentist.centre_id)
        .order_by(Centre.code)
    ):
        places.setdefault(dentist_id, []).append(code)
    for row in session.scalars(select(Dentist).order_by(Dentist.medical_council_number)):
        yield {
            "medical_council_number": row.medical_council_number,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "speciality": row.speciality,
            "centres": places.get(row.id, []),
        }


def _services(session: Session) -> Iterator[Line]:
    for row, tariff_set in session.execute(
        select(Service, TariffSet.code)
        .join(TariffSet, TariffSet.id == Service.tariff_set_id)
        .order_by(TariffSet.code, Service.code)
    ):
        yield {
            "tariff_set": tariff_set,
            "code": row.code,
            "title": row.title,
            "group": row.group,
            "cover": row.cover_code,
            "scope": row.scope,
            "surfaces": row.surfaces,
            "canals": row.canals,
            "dentition": row.dentition,
            "is_paediatric": row.is_paediatric,
            "adult_equivalent": row.adult_equivalent_code,
            "is_illustrative": row.is_illustrative,
            "is_active": row.is_active,
        }


def _tariffs(session: Session) -> Iterator[Line]:
    """The price that holds of each first day: the newest recorded."""
    newest: dict[tuple[Any, ...], Line] = {}
    for row, tariff_set in session.execute(
        select(Tariff, TariffSet.code)
        .join(TariffSet, TariffSet.id == Tariff.tariff_set_id)
        .order_by(TariffSet.code, Tariff.code, Tariff.valid_from, Tariff.recorded_at, Tariff.id)
    ):
        key = (tariff_set, row.code, row.is_contracted, row.level, row.valid_from)
        newest[key] = {
            "tariff_set": tariff_set,
            "code": row.code,
            "amount_rial": row.amount_rial,
            "valid_from": day(row.valid_from),
            "valid_to": day(row.valid_to),
            "is_contracted": row.is_contracted,
            "level": row.level,
        }
    yield from newest.values()


def _coefficients(session: Session) -> Iterator[Line]:
    newest: dict[tuple[Any, ...], Line] = {}
    for row, centre, tariff_set in session.execute(
        select(CentreCoefficient, Centre.code, TariffSet.code)
        .join(Centre, Centre.id == CentreCoefficient.centre_id)
        .join(TariffSet, TariffSet.id == CentreCoefficient.tariff_set_id)
        .order_by(CentreCoefficient.recorded_at, CentreCoefficient.id)
    ):
        newest[centre, tariff_set, row.valid_from] = {
            "centre": centre,
            "tariff_set": tariff_set,
            "basis": row.basis,
            "valid_from": day(row.valid_from),
        }
    yield from newest.values()


def _contracts(session: Session) -> Iterator[Line]:
    covers: dict[int, dict[tuple[str, date], Line]] = {}
    for cover in session.scalars(
        select(ContractCover).order_by(
            ContractCover.code, ContractCover.valid_from, ContractCover.recorded_at
        )
    ):
        parts = covers.setdefault(cover.contract_id, {})
        parts[cover.code, cover.valid_from] = _cover(cover)
    for row, insurer, policyholder, tariff_set in session.execute(
        select(Contract, Insurer.code, Policyholder.code, TariffSet.code)
        .join(Insurer, Insurer.id == Contract.insurer_id)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .join(TariffSet, TariffSet.id == Contract.tariff_set_id)
        .order_by(Insurer.code, Contract.number)
    ):
        yield {
            "insurer": insurer,
            "number": row.number,
            "policyholder": policyholder,
            "plan": row.plan,
            "start_on": day(row.start_on),
            "end_on": day(row.end_on),
            "tariff_set": tariff_set,
            "type": row.kind,
            "letter_limit_rial": row.letter_limit_rial,
            "covers": list(covers.get(row.id, {}).values()),
        }


def _cover(row: ContractCover) -> Line:
    whole, rest = divmod(row.franchise_basis, 100)
    return without_nothing(
        {
            "code": row.code,
            "title": row.title,
            "franchise_percent": f"{whole}.{rest:02d}",
            "ceiling_rial": row.ceiling_rial,
            "ceiling_kind": row.ceiling_kind,
            "is_covered": row.is_covered,
            "excluded_groups": list(row.excluded_groups),
            "valid_from": day(row.valid_from),
        }
    )


def _people(session: Session) -> Iterator[Line]:
    for row in session.scalars(select(Person).order_by(Person.national_code)):
        yield {
            "national_code": row.national_code,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "birth_on": day(row.birth_on),
            "mobile": row.mobile,
        }


def _memberships(session: Session) -> Iterator[Line]:
    """Principals first: a dependant names one who is on the list."""
    principal = aliased(Person)
    for row, insurer, contract, person, head in session.execute(
        select(
            Membership,
            Insurer.code,
            Contract.number,
            Person.national_code,
            principal.national_code,
        )
        .join(Insurer, Insurer.id == Membership.insurer_id)
        .join(
            Contract,
            (Contract.insurer_id == Membership.insurer_id)
            & (Contract.id == Membership.contract_id),
        )
        .join(Person, Person.id == Membership.person_id)
        .join(principal, principal.id == Membership.principal_id)
        .order_by((Membership.relation == "principal").desc(), Membership.id)
    ):
        yield {
            "insurer": insurer,
            "contract": contract,
            "national_code": person,
            "relation": row.relation,
            "principal": None if row.relation == "principal" else head,
            "joined_on": day(row.joined_on),
            "left_on": day(row.left_on),
        }


def _referrals(session: Session) -> Iterator[Line]:
    """``reserve_rial`` is what the letter holds or has used by now: the rest went back."""
    held = CeilingEntry.reserved_change_rial + CeilingEntry.used_change_rial
    balances = {
        row[0]: int(row[1])
        for row in session.execute(
            select(CeilingEntry.reservation_id, func.sum(held)).group_by(
                CeilingEntry.reservation_id
            )
        )
    }
    former = aliased(Referral)
    for row, insurer, contract, person, centre, replaces in session.execute(
        select(
            Referral,
            Insurer.code,
            Contract.number,
            Person.national_code,
            Centre.code,
            former.number,
        )
        .join(Insurer, Insurer.id == Referral.insurer_id)
        .join(
            Contract,
            (Contract.insurer_id == Referral.insurer_id) & (Contract.id == Referral.contract_id),
        )
        .join(Person, Person.id == Referral.person_id)
        .join(Centre, Centre.id == Referral.centre_id)
        .outerjoin(
            former,
            (former.insurer_id == Referral.insurer_id) & (former.id == Referral.replaces_id),
        )
        .order_by(Referral.id)
    ):
        yield {
            "insurer": insurer,
            "number": row.number,
            "contract": contract,
            "cover": row.cover_code,
            "national_code": person,
            "centre": centre,
            "issued_on": day(row.issued_on),
            "amount_rial": row.amount_rial,
            "reserve_rial": min(row.amount_rial, balances.get(row.reservation_id, 0)),
            "issued_by": row.issued_by,
            "replaces": replaces,
            "is_requested": True if row.state == ReferralState.REQUESTED else None,
        }


def _batches(session: Session) -> Iterator[Line]:
    for row, insurer, centre in session.execute(
        select(Batch, Insurer.code, Centre.code)
        .join(Insurer, Insurer.id == Batch.insurer_id)
        .join(Centre, Centre.id == Batch.centre_id)
        .order_by(Batch.sent_at, Batch.id)
    ):
        yield {
            "acceptance_number": row.acceptance_number,
            "insurer": insurer,
            "centre": centre,
            "sent_at": row.sent_at.isoformat(),
        }


REFERENCE_KINDS: Mapping[str, Callable[[Session], Iterator[Line]]] = {
    "insurers": _insurers,
    "policyholders": _policyholders,
    "centres": _centres,
    "dentists": _dentists,
    "services": _services,
    "tariffs": _tariffs,
    "coefficients": _coefficients,
    "contracts": _contracts,
    "people": _people,
    "memberships": _memberships,
    "referrals": _referrals,
    "batches": _batches,
}
"""Every kind but claims, in the order in which an import lands them."""
