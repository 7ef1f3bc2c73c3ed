"""What made-up claims, letters and plans hang on: small tables to draw from, and a few people."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from scripts.bench.figures_letters import CONTRACTS, PEOPLE
from scripts.bench.figures_rows import ASSESSORS, CENTRES
from workbench.db.models import (
    Batch,
    CeilingAccount,
    Centre,
    Contract,
    Dentist,
    Insurer,
    Membership,
    Person,
    Policyholder,
    Reason,
    Service,
    TariffSet,
    User,
)
from workbench.demo import names
from workbench.persian.identifiers import make_national_code
from workbench.persian.jalali import month_of
from workbench.persian.text import normalise

DAYS = 4 * 365 + 1
MEMBERS = 12
PLANNED = ("implant", "orthodontics", "bridge", "denture", "bone_graft", "impacted")
"""The groups of services that plans are made for."""


def add_centres(session: Session) -> None:
    """The centres, without their dentists."""
    session.add_all(
        Centre(code=f"c-{n}", name=f"مرکز {n}", province="تهران") for n in range(CENTRES)
    )


def add_people(session: Session, now: datetime) -> None:
    """The insured people with a contract and account each, a dentist, a batch of each insurer."""
    first_on, last_on = now.date() - timedelta(days=2 * DAYS), now.date() + timedelta(days=365)
    tariff_set_id = session.scalars(select(TariffSet.id)).one()
    holders = list(session.scalars(select(Policyholder.id).order_by(Policyholder.id)))
    session.add(
        Dentist(
            **{"id": 1, "medical_council_number": "100000", "first_name": names.MALE[0]},
            **{"last_name": names.FAMILY[0], "search_key": normalise(names.FAMILY[0])},
        )
    )
    session.add_all(_person(n) for n in range(1, PEOPLE + 1))
    session.flush()
    for insurer_id in session.scalars(select(Insurer.id)).all():
        for n in range(1, CONTRACTS + 1):
            key = {"insurer_id": insurer_id, "id": n}
            contract = Contract(
                **key,
                **{"number": f"1/14/9/{n}", "policyholder_id": holders[n - 1], "plan": "طرح نمونه"},
                **{"start_on": first_on, "end_on": last_on, "tariff_set_id": tariff_set_id},
            )
            account = CeilingAccount(
                **key, contract_id=n, cover_code="dental", holder_id=n, is_family=False
            )
            session.add(contract)
            session.flush()
            session.add(account)
        session.add_all(
            Membership(
                **{"insurer_id": insurer_id, "id": n, "contract_id": n % CONTRACTS + 1},
                **{"person_id": n, "principal_id": n, "relation": "principal"},
                joined_on=first_on,
            )
            for n in range(1, PEOPLE + 1)
        )
        centre_id = session.scalars(select(Centre.id).limit(1)).one()
        session.add(
            Batch(
                **{"insurer_id": insurer_id, "id": 1, "acceptance_number": "300000"},
                **{"centre_id": centre_id, "state": "under_review", "sent_at": now},
            )
        )


def _person(n: int) -> Person:
    first = (names.MALE + names.FEMALE)[n % len(names.MALE + names.FEMALE)]
    last = names.FAMILY[n % len(names.FAMILY)]
    return Person(
        id=n,
        national_code=make_national_code(f"{n + 10_000_000:09d}"),
        first_name=first,
        last_name=last,
        birth_on=date(1950 + n % 60, 1 + n % 12, 1 + n % 28),
        search_key=normalise(f"{last} {first}"),
        first_search_key=normalise(f"{first} {last}"),
    )


def add_places(connection: Connection, now: datetime) -> None:
    """Small tables that a claim takes its centre, assessor, insurer and months from."""
    for name, ids in _places(connection):
        connection.execute(
            text(f"CREATE TEMP TABLE bench_{name} (place BIGINT PRIMARY KEY, id BIGINT)")
        )
        rows = [{"place": n, "id": id_} for n, id_ in enumerate(ids)]
        if rows:
            connection.execute(text(f"INSERT INTO bench_{name} VALUES (:place, :id)"), rows)
    for name, codes in _codes(connection):
        connection.execute(
            text(
                f"CREATE TEMP TABLE bench_{name} (place BIGINT PRIMARY KEY, code VARCHAR,"
                " service_group VARCHAR)"
            )
        )
        connection.execute(
            text(f"INSERT INTO bench_{name} VALUES (:place, :code, :group)"),
            [{"place": n, "code": code, "group": group} for n, (code, group) in enumerate(codes)],
        )
    connection.execute(text("CREATE TEMP TABLE bench_day (day BIGINT PRIMARY KEY, month BIGINT)"))
    today = now.date()
    days = [today - timedelta(days=n) for n in range(-40, DAYS + 40)]
    connection.execute(
        text("INSERT INTO bench_day VALUES (:day, :month)"),
        [{"day": on.toordinal(), "month": month_of(on)[0] * 100 + month_of(on)[1]} for on in days],
    )
    connection.commit()


def _places(connection: Connection) -> Iterator[tuple[str, list[int]]]:
    yield "insurer", list(connection.scalars(select(Insurer.id).order_by(Insurer.id)))
    yield "centre", list(connection.scalars(select(Centre.id).order_by(Centre.id)))
    assessors = select(User.id).where(User.username.like("bench__")).order_by(User.username)
    yield "actor", list(connection.scalars(assessors.limit(ASSESSORS)))
    members = select(User.id).where(User.username.like("bench-member-%")).order_by(User.username)
    yield "member", list(connection.scalars(members))


def _codes(connection: Connection) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Codes with their groups: services, those that plans are for, reasons of both kinds."""
    services = select(Service.code, Service.group).distinct().order_by(Service.code)
    yield "service", [(row[0], row[1]) for row in connection.execute(services)]
    planned = services.where(Service.group.in_(PLANNED))
    yield "unit", [(row[0], row[1]) for row in connection.execute(planned)]
    for kind in ("deduction", "defect"):
        reasons = select(Reason.code, Reason.group).order_by(Reason.code)
        chosen = reasons.where(Reason.kind == kind, Reason.is_computed.is_(False))
        yield kind, [(row[0], row[1]) for row in connection.execute(chosen)]
