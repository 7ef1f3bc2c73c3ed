"""Registering what the demo's cases hang on: catalogue, insurers, contracts, people, centres."""

import random
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workbench.demo import covers, names
from workbench.demo import people as who
from workbench.demo.people import CentrePlan, DentistPlan, PersonPlan
from workbench.demo.prices import prices_1402
from workbench.persian.identifiers import make_national_code
from workbench.persian.jalali import day_from_parts
from workbench.services import reference
from workbench.services.catalogue import catalogue
from workbench.services.ceiling import enrolment

SCRIPTED_PEOPLE = (
    ("999500001", "نادر", "صبوری", 41, "principal"),
    ("999500002", "آرین", "صبوری", None, "son"),
    ("999500003", "مهتاب", "کاجستان", 34, "principal"),
    ("999500004", "سهراب", "نوبهار", 47, "principal"),
    ("999500005", "درسا", "گلستانه", 29, "principal"),
    ("999500006", "کاوه", "زرین‌دشت", 52, "principal"),
    ("999500007", "یلدا", "شباهنگ", 38, "principal"),
    ("999500008", "پویا", "سپیدرود", 33, "principal"),
    ("999500009", "شیرین", "هامونی", 45, "principal"),
    ("999500010", "امید", "لاله‌زار", 36, "principal"),
    ("999500011", "ستاره", "مهرگان", 44, "principal"),
    ("999500012", "بهزاد", "طلوعی", 58, "principal"),
)
WAITING, FIRST_WAITING = 70, 800
PLANNED, FIRST_PLANNED = 240, 2_000
RECODED_AGE_MONTHS = 11 * 12 + 4
DAYS_A_MONTH = 30.44


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that is planned before the first case."""

    today: date
    people: tuple[PersonPlan, ...]
    scripted: tuple[PersonPlan, ...]
    waiting: tuple[PersonPlan, ...]
    planned: tuple[PersonPlan, ...]
    centres: tuple[CentrePlan, ...]
    dentists: tuple[DentistPlan, ...]


def plan_world(seed: int, today: date, insured: int) -> World:
    """The same seed and day give the same world."""
    chance = random.Random(f"{seed}/world")
    dentists = who.make_dentists(chance)
    scripted = tuple(_scripted(today))
    return World(
        today=today,
        people=tuple(who.make_people(chance, today, insured - len(scripted))),
        scripted=scripted,
        waiting=tuple(_waiting(random.Random(f"{seed}/waiting"), today)),
        planned=tuple(_planned(random.Random(f"{seed}/planned"), today)),
        centres=tuple(who.make_centres(chance, dentists)),
        dentists=tuple(dentists),
    )


def _waiting(chance: random.Random, today: date) -> list[PersonPlan]:
    """People with a letter and no case, of families that nobody else of the demo is of."""
    found = who.make_people(chance, today, WAITING, first=FIRST_WAITING)
    return [p for p in found if not p.left_on and not covers.CONTRACTS[p.contract].is_ended]


def _planned(chance: random.Random, today: date) -> list[PersonPlan]:
    """People with a plan at the commission: one of each family, under contracts that run."""
    found = who.make_people(chance, today, PLANNED, first=FIRST_PLANNED)
    families: dict[str, PersonPlan] = {}
    for person in found:
        if not person.left_on and not covers.CONTRACTS[person.contract].is_ended:
            families.setdefault(person.account, person)
    return list(families.values())


def _scripted(today: date) -> list[PersonPlan]:
    found: list[PersonPlan] = []
    for digits, first, last, years, relation in SCRIPTED_PEOPLE:
        code = make_national_code(digits)
        months = RECODED_AGE_MONTHS if years is None else years * 12 + 3
        found.append(
            PersonPlan(
                national_code=code,
                first_name=first,
                last_name=last,
                birth_on=date.fromordinal(today.toordinal() - int(months * DAYS_A_MONTH) - 18),
                contract=covers.SCRIPTED,
                relation=relation,
                principal_code=code if relation == "principal" else found[0].national_code,
            )
        )
    return found


def register_world(session: Session, world: World, *, now: datetime) -> int:
    """Register all of it; returns the id of the centre that an assessor belongs to."""
    catalogue.seed_catalogue(session, now=now)
    _register_tariffs(session, now)
    for code, name in covers.INSURERS.items():
        reference.register_insurer(session, None, code=code, name=name, now=now)
    for index, name in enumerate(names.POLICYHOLDERS):
        reference.register_policyholder(session, None, code=f"ph-{index}", name=name, now=now)
    centre_ids = _register_centres(session, world, now)
    for contract in covers.CONTRACTS.values():
        _register_contract(session, contract, world.today, now)
    for person in (*world.scripted, *world.people, *world.waiting, *world.planned):
        _register_person(session, person, world.today, now)
    return centre_ids[who.CONFLICT_CENTRE]


def _register_tariffs(session: Session, now: datetime) -> None:
    """A code that has no price yet, and the set of prices that one contract has kept."""
    catalogue.register_service(
        session, None, tariff_set_code=catalogue.DEFAULT_TARIFF_SET, code=covers.UNPRICED_CODE,
        title=covers.UNPRICED_TITLE, group="post", dentition="permanent", now=now,
    )  # fmt: skip
    catalogue.register_tariff_set(
        session, None, code=covers.KEPT_TARIFF_SET, name=covers.KEPT_TARIFF_NAME, now=now
    )
    prices = prices_1402() | covers.KEPT_PRICES_RIAL
    for row in catalogue.default_catalogue()["services"]:
        columns = {name: value for name, value in row.items() if name != "price_rial"}
        catalogue.register_service(
            session, None, tariff_set_code=covers.KEPT_TARIFF_SET, now=now, **columns
        )
        if row["code"] in prices:
            catalogue.add_tariff(
                session, None, tariff_set_code=covers.KEPT_TARIFF_SET, code=row["code"],
                amount_rial=prices[row["code"]], valid_from=day_from_parts(1402, 1, 1), now=now,
            )  # fmt: skip


def _register_centres(session: Session, world: World, now: datetime) -> list[int]:
    ids = []
    for centre in world.centres:
        registered = reference.register_centre(
            session, None, code=centre.code, name=centre.name, province=centre.province,
            is_contracted=centre.is_contracted, phone=centre.phone,
            mobile=centre.mobile, email=centre.email, now=now,
        )  # fmt: skip
        ids.append(registered.id)
        if centre.index in who.DEARER:
            catalogue.add_coefficient(
                session, None, centre_code=centre.code,
                tariff_set_code=catalogue.DEFAULT_TARIFF_SET, basis=centre.coefficient_basis,
                valid_from=day_from_parts(1402, 1, 1), now=now,
            )  # fmt: skip
    for dentist in world.dentists:
        reference.register_dentist(
            session, None, medical_council_number=dentist.number, first_name=dentist.first_name,
            last_name=dentist.last_name, speciality=dentist.speciality, now=now,
            centre_codes=tuple(c.code for c in world.centres if dentist.number in c.dentists),
        )  # fmt: skip
    return ids


def _register_contract(
    session: Session, contract: covers.ContractPlan, today: date, now: datetime
) -> None:
    enrolment.register_contract(
        session,
        None,
        insurer_code=contract.insurer_code,
        number=contract.number(today),
        policyholder_code=f"ph-{contract.policyholder}",
        plan=contract.plan,
        start_on=contract.start_on(today),
        end_on=contract.end_on(today),
        tariff_set_code=contract.tariff_set,
        covers=contract.covers(),
        letter_limit_rial=contract.letter_limit_rial,
        now=now,
    )


def _register_person(session: Session, person: PersonPlan, today: date, now: datetime) -> None:
    reference.register_person(
        session, None, national_code=person.national_code, first_name=person.first_name,
        last_name=person.last_name, birth_on=person.birth_on, mobile=person.mobile, now=now,
    )  # fmt: skip
    contract = covers.CONTRACTS[person.contract]
    is_principal = person.relation == enrolment.PRINCIPAL
    enrolment.register_membership(
        session, None, insurer_code=contract.insurer_code,
        contract_number=contract.number(today), national_code=person.national_code,
        relation=person.relation, left_on=person.left_on, now=now,
        principal_national_code=None if is_principal else person.principal_code,
    )  # fmt: skip
