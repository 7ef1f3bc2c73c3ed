"""What bulk-filled claims hang on: catalogue and users by the services, people as plain rows."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench.rows import Rows, json_text, stored
from scripts.bench.scenarios import SCENARIOS, Code
from workbench.db.case_catalogue import service_facts
from workbench.db.models import Insurer, Policyholder, Service, Tariff, TariffSet, User
from workbench.db.queries.tariffs import tariff_in_force
from workbench.demo import names
from workbench.persian.identifiers import make_national_code
from workbench.persian.jalali import day_from_parts
from workbench.persian.text import normalise
from workbench.rules import facts
from workbench.rules.workflow import Role
from workbench.services.catalogue.catalogue import seed_catalogue
from workbench.services.people.passwords import hash_password
from workbench.services.people.users import add_user
from workbench.services.people.views import Operator
from workbench.services.reference import register_insurer, register_policyholder

PASSWORD = "a sentence to remember"
INSURERS = {"bench-1": "بیمه یکم", "bench-2": "بیمه دوم", "bench-3": "بیمه سوم"}
ASSESSORS = 60
POLICYHOLDERS_AN_INSURER = 20
PEOPLE_SHARE = 0.15
CENTRES = 500
DENTISTS = 1_000
RELATIONS = ("principal", "spouse", "son", "daughter", "father")
OLDER_GROWTH_PERCENT = 90

COVERS = (
    facts.Cover(code="dental", title="دندان‌پزشکی", franchise_basis=1_000, ceiling_rial=900_000_000),
    facts.Cover(
        code="dental",
        title="دندان‌پزشکی",
        franchise_basis=2_000,
        ceiling_rial=1_500_000_000,
        is_family=True,
    ),
    facts.Cover(code="dental", title="دندان‌پزشکی", franchise_basis=1_000, ceiling_rial=None),
    facts.Cover(code="dental", title="دندان‌پزشکی", franchise_basis=1_000, ceiling_rial=60_000_000),
)


@dataclass(frozen=True, slots=True)
class Contract:
    """One policyholder's contract of one Jalali year."""

    insurer_id: int
    contract_id: int
    cover: facts.Cover
    year: int
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the policyholder that insures him and the head of his family."""

    person_id: int
    principal_id: int
    relation: str
    birth_on: date
    policyholder: int


@dataclass(slots=True)
class World:
    """Everything a claim chooses from."""

    codes: dict[str, Code]
    insurer_ids: list[int]
    assessor_ids: list[int]
    years: list[tuple[int, date]]
    tariff_set_id: int
    policyholder_ids: list[int]
    contracts: dict[tuple[int, int], Contract] = field(default_factory=dict)
    members: list[list[Member]] = field(default_factory=list)
    centre_ids: list[int] = field(default_factory=list)
    dentist_ids: list[int] = field(default_factory=list)


def seed(session: Session, now: datetime, years: list[int]) -> World:
    """Catalogue, insurers, policyholders and users, through the services; all of it audited."""
    seed_catalogue(session, now=now)
    tariff_set_id = session.scalars(select(TariffSet.id)).one()
    _add_older_tariffs(session, tariff_set_id, years)
    for code, name in INSURERS.items():
        register_insurer(session, None, code=code, name=name, now=now)
    for n in range(POLICYHOLDERS_AN_INSURER):
        register_policyholder(session, None, code=f"ph-{n}", name=f"شرکت {n}", now=now)
    _add_users(session, now)
    first_days = [(year, day_from_parts(year, 1, 1)) for year in years]
    return World(
        codes=_codes(session, tariff_set_id, first_days),
        insurer_ids=list(session.scalars(select(Insurer.id).order_by(Insurer.id))),
        assessor_ids=list(session.scalars(select(User.id).order_by(User.username))),
        years=first_days,
        tariff_set_id=tariff_set_id,
        policyholder_ids=list(session.scalars(select(Policyholder.id).order_by(Policyholder.id))),
    )


def _add_users(session: Session, now: datetime) -> None:
    password_hash = hash_password(PASSWORD)
    staff = [(f"bench{n:02d}", Role.ASSESSOR) for n in range(ASSESSORS)]
    for username, role in [*staff, ("bench-lead", Role.LEAD), ("bench-reception", Role.RECEPTION)]:
        add_user(
            session,
            Operator.COMMAND_LINE,
            username=username,
            display_name=f"کاربر {username}",
            roles=(role,),
            now=now,
            password_hash=password_hash,
        )


def _add_older_tariffs(session: Session, tariff_set_id: int, years: list[int]) -> None:
    """The default catalogue begins in 1402; earlier years cost a little less."""
    first_on = day_from_parts(1402, 1, 1)
    rows = session.scalars(select(Tariff).where(Tariff.valid_from == first_on)).all()
    for year in [year for year in years if year < 1402]:
        for row in rows:
            session.add(
                Tariff(
                    tariff_set_id=tariff_set_id,
                    code=row.code,
                    is_contracted=row.is_contracted,
                    level=row.level,
                    amount_rial=row.amount_rial * OLDER_GROWTH_PERCENT // 100,
                    valid_from=day_from_parts(year, 1, 1),
                    recorded_at=row.recorded_at,
                )
            )
    session.flush()


def _codes(
    session: Session, tariff_set_id: int, first_days: list[tuple[int, date]]
) -> dict[str, Code]:
    wanted = {line.code for scenario in SCENARIOS for line in scenario.lines}
    services = session.scalars(select(Service)).all()
    wanted |= {row.adult_equivalent_code for row in services if row.code in wanted}
    found = {row.code: service_facts(row) for row in services if row.code in wanted}
    prices = {
        year: tariff_in_force(session, tariff_set_id, found, day, None, is_contracted=True)
        for year, day in first_days
    }
    return {code: (found[code], {y: prices[y][code] for y in prices}) for code in found}


def add_commission(session: Session, members: int, now: datetime) -> list[int]:
    """So many members of the commission, and with them a chair; returns the ids of the members."""
    if not members:
        return []
    password_hash = hash_password(PASSWORD)
    staff = [(f"bench-member-{n:02d}", Role.COMMISSION) for n in range(members)]
    for username, role in [*staff, ("bench-chair", Role.CHAIR)]:
        add_user(
            session,
            Operator.COMMAND_LINE,
            username=username,
            display_name=f"کاربر {username}",
            roles=(role,),
            now=now,
            password_hash=password_hash,
        )
    return list(session.scalars(select(User.id).where(User.username.like("bench-member-%"))))


def people_of(claims: int) -> int:
    """How many people so many claims are of."""
    return max(100, int(claims * PEOPLE_SHARE))


def fill(world: World, rows: Rows, chance: random.Random, people: int) -> None:
    """Contracts, centres, dentists and people as rows; memberships follow with their claims."""
    _fill_contracts(world, rows)
    _fill_centres(world, rows, chance)
    policyholders = len(world.insurer_ids) * POLICYHOLDERS_AN_INSURER
    world.members = [[] for _ in range(policyholders)]
    for family in _families(rows, chance, people, policyholders):
        world.members[family[0].policyholder].extend(family)


def _fill_contracts(world: World, rows: Rows) -> None:
    holders = world.policyholder_ids
    for place in range(len(world.insurer_ids) * len(holders)):
        insurer_id = world.insurer_ids[place % len(world.insurer_ids)]
        holder_id = holders[place // len(world.insurer_ids)]
        cover = COVERS[place % len(COVERS)]
        for year, start_on in world.years:
            end_on = day_from_parts(year + 1, 1, 1) - timedelta(days=1)
            contract = Contract(insurer_id, rows.new_id(), cover, year, start_on, end_on)
            world.contracts[place, year] = contract
            number = f"{year}/1/14/9/{place}"
            rows.add(
                "contract",
                insurer_id=insurer_id,
                id=contract.contract_id,
                number=number,
                policyholder_id=holder_id,
                kind="supplementary",
                plan="طرح نمونه",
                start_on=start_on.isoformat(),
                end_on=end_on.isoformat(),
                tariff_set_id=world.tariff_set_id,
            )
            rows.add(
                "contract_cover",
                insurer_id=insurer_id,
                id=rows.new_id(),
                contract_id=contract.contract_id,
                code=cover.code,
                title=cover.title,
                franchise_basis=cover.franchise_basis,
                ceiling_rial=cover.ceiling_rial,
                ceiling_kind="family" if cover.is_family else "individual",
                is_covered=1,
                excluded_groups=json_text([]),
                valid_from=start_on.isoformat(),
                recorded_at=stored(rows.now),
            )


def _fill_centres(world: World, rows: Rows, chance: random.Random) -> None:
    for n in range(DENTISTS):
        first, last = chance.choice(names.MALE), chance.choice(names.FAMILY)
        world.dentist_ids.append(rows.new_id())
        rows.add(
            "dentist",
            id=world.dentist_ids[-1],
            medical_council_number=f"{100_000 + n}",
            first_name=first,
            last_name=last,
            speciality="general",
            search_key=normalise(f"{last} {first}"),
        )
    for n in range(CENTRES):
        centre_id = rows.new_id()
        world.centre_ids.append(centre_id)
        rows.add(
            "centre",
            id=centre_id,
            code=f"c-{n}",
            name=f"مرکز {chance.choice(names.PLANTS)} {n}",
            province=chance.choice(names.PROVINCES),
            is_contracted=1,
            mobile="",
            email="",
            phone="",
        )
        for dentist_id in world.dentist_ids[2 * n : 2 * n + 2]:
            rows.add("centre_dentist", id=rows.new_id(), centre_id=centre_id, dentist_id=dentist_id)


def _families(
    rows: Rows, chance: random.Random, count: int, policyholders: int
) -> Iterator[list[Member]]:
    made = 0
    while made < count:
        size = min(chance.choice((1, 2, 3, 4)), count - made)
        last = f"{chance.choice(names.FAMILY)} {chance.choice(names.PLANTS)}"
        ids = [rows.new_id() for _ in range(size)]
        policyholder = chance.randrange(policyholders)
        family = []
        for place, person_id in enumerate(ids):
            first = chance.choice(names.MALE + names.FEMALE)
            birth_on = date(chance.randrange(1950, 2011), 1, 1) + timedelta(chance.randrange(365))
            code = make_national_code(f"{made + place + 10_000_000:09d}")
            rows.add(
                "person",
                id=person_id,
                national_code=code,
                first_name=first,
                last_name=last,
                birth_on=birth_on.isoformat(),
                search_key=normalise(f"{last} {first}"),
                first_search_key=normalise(f"{first} {last}"),
            )
            family.append(Member(person_id, ids[0], RELATIONS[place], birth_on, policyholder))
        made += size
        yield family
