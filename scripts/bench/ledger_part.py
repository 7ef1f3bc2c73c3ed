"""The ceiling ledger and referral letters: reserving, one hot family, expiry, the expiring list."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, insert, make_url, select, text, update
from sqlalchemy.orm import Session

from scripts.bench.timing import Result, p50_p95, replay_ms, statements_of
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import (
    CeilingAccount,
    CeilingEntry,
    CeilingReservation,
    Centre,
    Contract,
    Membership,
    Person,
    Referral,
    new_id,
)
from workbench.demo import covers
from workbench.demo.world import World, plan_world, register_world
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.referrals.expiry import expire_referrals
from workbench.services.referrals.letters import ReferralInput, issue_referral
from workbench.services.referrals.lists import ExpiringFilter, read_expiring
from workbench.services.referrals.sums import read_stake, read_strip
from workbench.services.verification.of_letters import letter_problems

WORKERS = 8
MOVES_A_WORKER = 300
DUE = 10_000
OVERDUE = timedelta(days=70)
INSURED = 400
RUNS = 40
LETTERS, CHUNK = 1_000_000, 20_000
WAITING_SHARE = 0.05
WIDE = 10**15
Place = tuple[int, int, int]  # insurer, contract, person


def reserving(folder: Path, name: str, server_url: str | None, now: datetime) -> list[Result]:
    """Reservations with their audit event by eight workers, each in a transaction of its own."""
    with _own_database(folder, name, server_url) as database:
        world = plan_world(1, day_of(now), INSURED)
        long_ago = now - timedelta(days=200)
        database.in_tx(lambda session: register_world(session, world, now=long_ago))
        accounts = database.in_tx(lambda session: _accounts(session, now))
        goal = 700 if database.is_sqlite else 800
        apart = _together(database, accounts, now)
        hot = _together(database, [accounts[0]] * WORKERS, now)
        issued = _issue_due(database, world, now)
        began = time.perf_counter()
        report = expire_referrals(database, now=now)
        seconds = time.perf_counter() - began
        assert report.expired == issued, (report, issued)
        with database.reading() as session:
            assert not any(verify_balances(session))
    return [
        Result(
            part="ledger", name=f"reserve + audit, {WORKERS} workers, accounts of their own",
            measured=apart, unit="1/s", goal=goal, is_rate=True,
        ),
        Result(
            part="ledger", name=f"reserve + audit, {WORKERS} workers, one hot family",
            measured=hot, unit="1/s", goal=150, is_rate=True,
        ),
        Result(
            part="ledger", name=f"expiry of {issued:,} due letters", measured=seconds, unit="s",
            goal=10,
        ),
    ]  # fmt: skip


@contextmanager
def _own_database(folder: Path, name: str, server_url: str | None) -> Iterator[Database]:
    """A fresh, migrated database that is thrown away."""
    if server_url is None:
        path = folder / f"{name}.db"
        for part in ("", "-wal", "-shm"):
            Path(f"{path}{part}").unlink(missing_ok=True)
        database = Database(f"sqlite:///{path}")
    else:
        admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        admin.dispose()
        url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
        database = Database(url)
    migrate(database.write_engine)
    yield database
    database.dispose()


def _accounts(session: Session, now: datetime) -> list[tuple[int, int]]:
    """One wide family account for each worker: (insurer, account)."""
    contract = session.scalars(
        select(Contract).where(Contract.number.endswith(covers.CONTRACTS["sahel_c"].tail))
    ).one()
    people = session.scalars(select(Person.id).limit(WORKERS)).all()
    cause = ledger.Cause(at=now)
    return [
        (
            contract.insurer_id,
            ledger.open_account(
                session,
                contract.insurer_id,
                contract_id=contract.id,
                cover_code="dental",
                holder_id=person_id,
                is_family=True,
                limit_rial=WIDE,
                cause=cause,
            ),
        )
        for person_id in people
    ]


def _together(database: Database, accounts: Sequence[tuple[int, int]], now: datetime) -> float:
    """Reservations a second when every worker reserves on his account again and again."""
    ready = threading.Barrier(len(accounts) + 1)

    def work(account: tuple[int, int]) -> None:
        ready.wait()
        for _ in range(MOVES_A_WORKER):
            database.in_tx(lambda session: _reserve(session, *account, now))

    threads = [threading.Thread(target=work, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return len(accounts) * MOVES_A_WORKER / (time.perf_counter() - began)


def _reserve(session: Session, insurer_id: int, account_id: int, now: datetime) -> None:
    reservation_id = ledger.open_reservation(session, insurer_id, account_id)
    cause = ledger.Cause(at=now)
    key = f"bench:{reservation_id}"
    ledger.reserve(session, insurer_id, reservation_id, 1_000_000, cause, key=key)
    audit.record(
        session,
        action="referral.issue",
        stream=f"referral:{reservation_id}",
        actor_id=None,
        now=now,
        insurer_id=insurer_id,
        amount_rial=1_000_000,
    )


def _issue_due(database: Database, world: World, now: datetime) -> int:
    """Letters that are over since some days and whose reserve no job has returned yet."""
    usable = [
        person
        for person in world.people
        if not person.left_on and not covers.CONTRACTS[person.contract].is_ended
    ]
    issued_on = day_of(now - OVERDUE)

    def issue(session: Session, numbers: range) -> None:
        for number in numbers:
            person = usable[number % len(usable)]
            contract = covers.CONTRACTS[person.contract]
            letter = ReferralInput(
                insurer_code=contract.insurer_code,
                number=f"{number:06d}",
                contract_number=contract.number(world.today),
                cover_code="dental",
                national_code=person.national_code,
                centre_code=world.centres[number % 20].code,
                issued_on=issued_on,
                amount_rial=1_000_000,
            )
            issue_referral(session, None, letter, now=now - OVERDUE)

    for first in range(0, DUE, 500):
        database.in_tx(lambda session, first=first: issue(session, range(first, first + 500)))
    return DUE


def listing(folder: Path, name: str, server_url: str | None, now: datetime) -> list[Result]:
    """The list about to expire and its sums over a million letters, and ``verify`` of them."""
    with _own_database(folder, name, server_url) as database:
        world = plan_world(1, day_of(now), INSURED)
        database.in_tx(lambda s: register_world(s, world, now=now - timedelta(days=2_000)))
        _fill_letters(database, now)
        manager = Actor(
            user_id=0, username="bench", display_name="bench", roles=frozenset({Role.MANAGER})
        )
        reads: dict[str, tuple[float | None, Callable[[Session], object]]] = {
            "about to expire, first page": (
                2,
                lambda s: read_expiring(s, manager, ExpiringFilter(), now=now),
            ),
            "strip of the coming 60 days": (
                None,
                lambda s: read_strip(s, manager, ExpiringFilter(), now=now),
            ),
            "reserve at stake within ten days": (
                None,
                lambda s: read_stake(s, manager, ExpiringFilter(), now=now),
            ),
        }
        results = [_read(database, *each) for each in reads.items()]
        with database.reading() as session:
            entries = session.scalar(select(func.count()).select_from(CeilingEntry)) or 0
            began = time.perf_counter()
            problems = [*verify_balances(session), *filter(None, letter_problems(session))]
            seconds = time.perf_counter() - began
        assert not problems, problems[:5]
    per_million = seconds * 1_000_000 / entries
    return [
        *results,
        Result(
            part="letters", name="verify, for a million entries", measured=per_million, unit="s",
            goal=20, note=f"{entries:,} entries of {LETTERS:,} letters in {seconds:.1f} s",
        ),
    ]  # fmt: skip


def _read(
    database: Database, name: str, wanted: tuple[float | None, Callable[[Session], object]]
) -> Result:
    goal, work = wanted
    times = []
    with database.reading() as session:
        with statements_of(database.read_engine) as sent:
            work(session)
        for _ in range(RUNS):
            times.append(replay_ms(session, sent))
    p50, p95 = p50_p95(times)
    return Result(
        part="letters", name=f"{name}, its SQL", measured=p50, p95=p95, unit="ms", goal=goal,
        statements=len(sent),
    )  # fmt: skip


def _fill_letters(database: Database, now: datetime) -> None:
    """A million letters of four years with their entries; one in twenty waits unused."""
    with database.reading() as session:
        contracts = session.scalars(select(Contract).order_by(Contract.number)).all()
        places = [
            (contract.insurer_id, contract.id, person_id)
            for contract in contracts
            for person_id in session.scalars(
                select(Membership.person_id).filter_by(contract_id=contract.id)
            )
        ]
        centres = session.scalars(select(Centre.id).order_by(Centre.id)).all()
    owners = database.in_tx(lambda session: _wide_accounts(session, places, now))
    chance = random.Random("letters")
    held: Counter[int] = Counter()
    today = day_of(now)
    for first in range(0, LETTERS, CHUNK):
        rows = _Rows()
        for number in range(first, first + CHUNK):
            place = places[chance.randrange(len(places))]
            is_waiting = chance.random() < WAITING_SHARE
            days = chance.randrange(60) if is_waiting else -chance.randrange(1, 1_460)
            amount_rial = chance.randrange(1, 900) * 100_000
            account_id = owners[place]
            rows.add(
                place, number, account_id, chance.choice(centres), amount_rial,
                today + timedelta(days=days), is_waiting, now,
            )  # fmt: skip
            held[account_id] += amount_rial * is_waiting
        database.in_tx(rows.write)

    def settle(session: Session) -> None:
        for account_id, reserved_rial in held.items():
            session.execute(
                update(CeilingAccount)
                .where(CeilingAccount.id == account_id)
                .values(reserved_rial=reserved_rial)
            )

    database.in_tx(settle)
    with database.write_engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _wide_accounts(session: Session, places: Sequence[Place], now: datetime) -> dict[Place, int]:
    cause = ledger.Cause(at=now)
    return {
        place: ledger.open_account(
            session,
            place[0],
            contract_id=place[1],
            cover_code="dental",
            holder_id=place[2],
            is_family=False,
            limit_rial=WIDE,
            cause=cause,
        )
        for place in dict.fromkeys(places)
    }


class _Rows:
    """Rows of letters, their reservations and entries, written in one go."""

    def __init__(self) -> None:
        self._letters: list[dict[str, Any]] = []
        self._reservations: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []

    def add(
        self,
        place: Place,
        number: int,
        account_id: int,
        centre_id: int,
        amount_rial: int,
        last_valid_on: date,
        is_waiting: bool,
        now: datetime,
    ) -> None:
        """One letter: waiting with its reserve, or expired with the reserve given back."""
        insurer_id, contract_id, person_id = place
        key = {"insurer_id": insurer_id, "id": new_id()}
        reservation_id = new_id()
        self._letters.append(
            {
                **key,
                "number": f"{number:07d}",
                "contract_id": contract_id,
                "cover_code": "dental",
                "account_id": account_id,
                "reservation_id": reservation_id,
                "person_id": person_id,
                "centre_id": centre_id,
                "issued_by": "centre",
                "issued_on": last_valid_on - timedelta(days=61),
                "last_valid_on": last_valid_on,
                "amount_rial": amount_rial,
                "state": "issued" if is_waiting else "expired",
                "version": 1,
            }
        )
        self._reservations.append(
            {
                "insurer_id": insurer_id,
                "id": reservation_id,
                "account_id": account_id,
                "reserved_left_rial": amount_rial * is_waiting,
            }
        )
        for kind, sign in (("reserve", 1), ("expire", -1))[: 1 if is_waiting else 2]:
            self._entries.append(
                {
                    "insurer_id": insurer_id,
                    "id": new_id(),
                    "account_id": account_id,
                    "reservation_id": reservation_id,
                    "kind": kind,
                    "amount_rial": amount_rial,
                    "limit_change_rial": 0,
                    "reserved_change_rial": sign * amount_rial,
                    "used_change_rial": 0,
                    "referral_id": key["id"],
                    "at": now,
                    "idempotency_key": f"{kind}:{reservation_id}",
                }
            )

    def write(self, session: Session) -> None:
        """Reservations first: letters and entries name them."""
        session.execute(insert(CeilingReservation), self._reservations)
        session.execute(insert(Referral), self._letters)
        session.execute(insert(CeilingEntry), self._entries)
