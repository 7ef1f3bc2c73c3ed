"""Many at once: cases, ceilings and decisions under eight workers, on a real database."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from tests.services.desk import assessor_of
from tests.services.office import CLEAN, DIRECT, Office
from tests.services.till import Till, open_till
from workbench.db.models import (
    CeilingAccount,
    CeilingEntry,
    CeilingReservation,
    Claim,
    ClaimLine,
    ClaimRound,
    WorkCounter,
    new_id,
)
from workbench.errors import Refused
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.claims import assessing, deciding, taking
from workbench.services.verification import verification

WORKERS = 8
CASES = 40
LOOK_SECONDS = 0.002
"""How long each looks at what he got: who asks again at once may overtake those who wait."""


def _at_once(work: Callable[[int], Any], count: int = WORKERS) -> list[Any]:
    """The results of ``work(0)`` … started at the same moment; what one raises is raised."""
    gate = threading.Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(one, n) for n in range(count)]]


def _assessors(office: Office) -> list[Actor]:
    return office.database.in_tx(
        lambda s: [assessor_of(s, office.now, f"worker-{n}") for n in range(WORKERS)]
    )


def _copies(office: Office, count: int) -> list[int]:
    """That many more accepted cases, as copies of the member's document; returns their ids."""
    key = office.keys[DIRECT]

    def work(session: Session) -> list[int]:
        ids = [new_id() for _ in range(count)]
        for model, own in ((Claim, "id"), (ClaimRound, "claim_id"), (ClaimLine, "claim_id")):
            row = (
                session.execute(
                    select(model.__table__).where(model.__table__.c[own] == key.claim_id)
                )
                .mappings()
                .one()
            )
            for n, claim_id in enumerate(ids):
                values = dict(row) | {"id": new_id(), own: claim_id}
                if model is Claim:
                    values["number"] = f"copy-{n}"
                session.execute(insert(model.__table__).values(values))
        counter = (WorkCounter.insurer_id == key.insurer_id) & (WorkCounter.state == "accepted")
        shard = select(WorkCounter.shard).where(counter).limit(1).scalar_subquery()
        session.execute(
            update(WorkCounter)
            .where(counter, WorkCounter.shard == shard)
            .values(count=WorkCounter.count + count)
        )
        return ids

    return office.database.in_tx(work)


def _counters_are_right(office: Office) -> bool:
    with office.database.reading() as session:
        checks = verification.verify(session, now=office.now).checks
    return next(check for check in checks if check.name == "counters").problems == ()


def test_two_assessors_never_get_the_same_next_case_and_nobody_starves(office: Office) -> None:
    waiting = CASES + len(office.keys)
    _copies(office, CASES)
    actors = _assessors(office)

    def work(number: int) -> list[int]:
        got: list[int] = []
        while True:
            claim = office.database.in_tx(
                lambda s: taking.take_next(s, actors[number], now=office.now)
            )
            if claim is None:
                return got
            got.append(claim.id)
            time.sleep(LOOK_SECONDS)

    taken = _at_once(work)
    everything = [claim_id for got in taken for claim_id in got]
    assert len(everything) == len(set(everything)) == waiting
    assert min(len(got) for got in taken) >= 1
    assert _counters_are_right(office)


def test_of_eight_who_take_the_same_case_one_wins_and_the_others_are_told_who_and_until_when(
    office: Office,
) -> None:
    actors = _assessors(office)
    names = {actor.user_id: actor.display_name for actor in actors}
    insurer_id = office.keys[CLEAN].insurer_id
    for key in office.keys.values():

        def work(number: int, claim_id: int = key.claim_id) -> object:
            try:
                return office.database.in_tx(
                    lambda s: taking.take_claim(
                        s, actors[number], insurer_id, claim_id, now=office.now
                    )
                )
            except Refused as refused:
                return refused

        results = _at_once(work)
        losers = [result for result in results if isinstance(result, Refused)]
        assert len(losers) == WORKERS - 1
        holder = names[office.claim(key.number).assignee_id or 0]
        assert {loser.code for loser in losers} == {"claim_taken"}
        assert {loser.facts["name"] for loser in losers} == {holder}
        assert {loser.facts["until"] for loser in losers} == {office.now + taking.lease_length()}
    assert _counters_are_right(office)


def test_of_eight_clicks_on_finish_one_finishes_and_pays_once(office: Office) -> None:
    office.take(DIRECT)
    place = office.place(DIRECT)
    seen_rial = office.assessment(DIRECT).case.available_rial
    while keys := office.open_keys(DIRECT):
        office.write(
            assessing.override_finding, office.desk.assessor, DIRECT, key=keys[0], reason="دیده شد"
        )
        place = office.place(DIRECT)

    def work(_number: int) -> str:
        try:
            office.database.in_tx(
                lambda s: deciding.finish_claim(
                    s,
                    office.desk.assessor,
                    place,
                    nonce="one click",
                    seen_available_rial=seen_rial,
                    now=office.now,
                )
            )
        except Refused as refused:
            return refused.code
        return "finished"

    assert Counter(_at_once(work)) == {"finished": 1, "already_done": WORKERS - 1}
    assert office.entries(DIRECT)[-1] == ("use", 5_661_000)
    assert office.balance(DIRECT).used_rial == 5_661_000
    assert office.is_exact()


def test_a_write_that_saw_an_older_version_never_wins_a_race(office: Office) -> None:
    office.take(CLEAN)
    version, line_id = office.claim(CLEAN).version, office.line_id(CLEAN)
    assert line_id

    def work(number: int) -> bool:
        try:
            office.deduct(CLEAN, 1_000 + number, version=version)
        except Refused as refused:
            assert refused.code == "claim_changed"
            return False
        return True

    assert sum(_at_once(work)) == 1
    assert len(office.assessment(CLEAN).case.lines[0].deductions) == 1
    assert office.claim(CLEAN).version == version + 1


def _hammer(till: Till) -> int:
    """Eight workers wish for one rial fifty times each; returns how often it was granted."""
    tills = [till.another() for _ in range(WORKERS)]

    def work(number: int) -> int:
        granted = 0
        for n in range(50):
            try:
                tills[number].reserve(1, f"hammer-{number}-{n}")
            except Refused as refused:
                assert refused.code == "ceiling_too_low"
            else:
                granted += 1
        return granted

    return sum(_at_once(work))


def test_four_hundred_wishes_for_one_rial_grant_exactly_the_hundred_there_are(
    office: Office,
) -> None:
    till = open_till(office, 100)
    assert _hammer(till) == 100
    balance = till.balance()
    assert (balance.reserved_rial, balance.withdrawable_rial) == (100, 0)
    assert till.problems() == []


def test_a_naive_read_then_write_grants_too_much_and_the_oracle_says_so(office: Office) -> None:
    """What the ledger must never do: read the balance, think, then write what was thought.

    Eight workers read at the same moment; each of their balances keeps within its CHECK.
    """
    till = open_till(office, 10)
    tills = [till.another() for _ in range(WORKERS)]
    everyone_has_read = threading.Barrier(WORKERS)

    def naive(number: int) -> bool:
        with till.database.reading() as session:
            reserved_rial = ledger.balance(session, till.insurer_id, till.account_id).reserved_rial
        everyone_has_read.wait()
        if reserved_rial + 5 > 10:
            return False
        till.database.in_tx(lambda s: _write_what_was_thought(s, tills[number], reserved_rial + 5))
        return True

    assert sum(_at_once(naive)) == WORKERS
    assert till.balance().reserved_rial == 5
    assert till.problems() == [f"account {till.account_id}: balance is not the sum of its entries"]


def _write_what_was_thought(session: Session, till: Till, reserved_rial: int) -> None:
    session.execute(
        update(CeilingAccount)
        .where(CeilingAccount.id == till.account_id)
        .values(reserved_rial=reserved_rial)
    )
    session.execute(
        update(CeilingReservation)
        .where(CeilingReservation.id == till.reservation_id)
        .values(reserved_left_rial=5)
    )
    session.execute(
        insert(CeilingEntry).values(
            insurer_id=till.insurer_id,
            id=new_id(),
            account_id=till.account_id,
            reservation_id=till.reservation_id,
            kind="reserve",
            amount_rial=5,
            reserved_change_rial=5,
            limit_change_rial=0,
            used_change_rial=0,
            at=till.cause.at,
            idempotency_key=f"naive-{till.reservation_id}",
        )
    )
