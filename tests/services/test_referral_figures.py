"""The letters' figures against plain counts of the same rows."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from statistics import median_low
from typing import Any

import pytest
from sqlalchemy import insert, select

from tests.services.letter_rows import Drawer, open_drawer
from tests.services.office import refused
from tests.services.registered_world import actor
from workbench.db.engine import Database
from workbench.db.models import CeilingEntry, CeilingReservation, Referral, new_id
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.referral import WARNING_DAYS, last_valid_day
from workbench.rules.referral_figures import LETTERS_LEAST, Fate, LetterFlow, letter_bars
from workbench.rules.throughput import Grain
from workbench.rules.workflow import Role
from workbench.services.figures.referrals import (
    ReferralFigures,
    read_letters_behind,
    read_letters_figures,
)
from workbench.services.figures.throughput import Wanted
from workbench.services.referrals.expiry import expire_referrals

MANAGER = actor(Role.MANAGER)
DAY = timedelta(days=1)
UNUSED = ("issued", "amended")


def wanted(now: datetime, days: int = 42, **limits: Any) -> Wanted:
    return Wanted(first_on=day_of(now) - (days - 1) * DAY, last_on=day_of(now), **limits)


def figures(
    database: Database, now: datetime, limits: Wanted, part_by: str = "centre", by: Any = MANAGER
) -> ReferralFigures:
    with database.reading() as session:
        return read_letters_figures(session, by, limits, now=now, part_by=part_by)


@pytest.fixture
def drawer(database: Database, now: datetime) -> Drawer:
    """One letter of today."""
    return database.in_tx(lambda s: open_drawer(s, now))


@pytest.fixture
def letters(database: Database, drawer: Drawer, now: datetime) -> list[dict[str, Any]]:
    """Four hundred letters of 250 days in every state, each with its reservation."""
    dice, rows, kept, entries = random.Random(4), [drawer.template], [], []
    for n in range(400):
        issued_on = day_of(now) - dice.randrange(250) * DAY
        last_on = last_valid_day(issued_on)
        state = dice.choice(("issued", "amended", "in_use", "settled", "cancelled", "invalid"))
        state = "expired" if state in UNUSED and last_on < day_of(now) and n % 3 else state
        used_on = min(day_of(now) - DAY, issued_on + dice.randrange(61) * DAY)
        is_used = state in ("in_use", "settled") and used_on >= issued_on
        used_at = datetime.combine(used_on, time(dice.randrange(24), 15), TEHRAN)
        state = "issued" if state in ("in_use", "settled") and not is_used else state
        amount = 1_000 * (n + 1)
        row = drawer.template | {
            "id": new_id(),
            "reservation_id": new_id(),
            "number": f"{800_000 + n}",
            "state": state,
            "issued_on": issued_on,
            "last_valid_on": last_on,
            "first_service_at": used_at if is_used else None,
            "centre_id": drawer.centre_ids[min(2, n % 7)],
            "amount_rial": amount,
        }
        rows.append(row)
        held = amount if state in UNUSED else 0
        kept.append(_reservation(row, held))
        entries.append(_entry(row, "reserve", amount))
        if state == "expired":
            entries.append(_entry(row, "expire", amount))

    def write(session: Any) -> None:
        session.execute(insert(CeilingReservation), kept)
        session.execute(insert(Referral), rows[1:])
        session.execute(insert(CeilingEntry), entries)

    database.in_tx(write)
    return rows


def _reservation(row: dict[str, Any], held: int) -> dict[str, Any]:
    key = {"insurer_id": row["insurer_id"], "id": row["reservation_id"]}
    return key | {"account_id": row["account_id"], "reserved_left_rial": held}


def _entry(row: dict[str, Any], kind: str, amount: int) -> dict[str, Any]:
    at = datetime.combine(row["issued_on"], time(9), TEHRAN)
    return {
        **{name: row[name] for name in ("insurer_id", "account_id", "reservation_id")},
        **{"id": new_id(), "kind": kind, "amount_rial": amount, "referral_id": row["id"]},
        **{"at": at, "idempotency_key": f"{kind}:{row['id']}"},
    }


def fate(row: dict[str, Any], today: date) -> Fate:
    if row["first_service_at"]:
        return Fate.USED
    if row["state"] == "expired" or (row["state"] in UNUSED and row["last_valid_on"] < today):
        return Fate.EXPIRED
    return Fate.ENDED if row["state"] in ("cancelled", "invalid") else Fate.OPEN


def used_on(row: dict[str, Any]) -> date | None:
    at = row["first_service_at"]
    return None if at is None else day_of(at)


@pytest.mark.parametrize(("days", "ago"), [(1, 0), (42, 0), (30, 100), (3_650, 0)])
def test_every_figure_is_a_plain_count(
    database: Database, letters: list[dict[str, Any]], now: datetime, days: int, ago: int
) -> None:
    last_on = day_of(now) - ago * DAY
    limits = Wanted(first_on=last_on - (days - 1) * DAY, last_on=last_on)
    found, today = figures(database, now, limits), day_of(now)
    issued = [row for row in letters if limits.first_on <= row["issued_on"] <= last_on]
    fates = Counter(fate(row, today) for row in issued)
    assert found.total("issued") == found.whole.issued == len(issued)
    assert {name: count for name, count in found.whole.letters.items() if count} == fates
    for name in Fate:
        amount = sum(row["amount_rial"] for row in issued if fate(row, today) is name)
        assert found.whole.amount_rial.get(name, 0) == amount
    for flow in found.flows:
        assert flow.issued == sum(row["issued_on"] == flow.on for row in letters)
        assert flow.used == sum(used_on(row) == flow.on for row in letters)
        over = [
            row
            for row in letters
            if fate(row, today) is Fate.EXPIRED and row["last_valid_on"] == flow.on
        ]
        assert flow.expired == len(over)
    over = [
        row
        for row in letters
        if fate(row, today) is Fate.EXPIRED and limits.first_on <= row["last_valid_on"] <= last_on
    ]
    assert found.returned_rial == sum(r["amount_rial"] for r in over if r["state"] == "expired")
    assert found.held_rial == sum(r["amount_rial"] for r in over if r["state"] != "expired")
    took = [(used_on(row) - row["issued_on"]).days for row in issued if used_on(row)]  # type: ignore[operator]
    assert found.whole.median_days == (median_low(took) if took else None)


@pytest.mark.parametrize("part_by", ["centre", "insurer"])
def test_parts_add_up_and_few_letters_are_not_compared(
    database: Database, letters: list[dict[str, Any]], now: datetime, part_by: str
) -> None:
    limits = wanted(now, 250)
    found = figures(database, now, limits, part_by)
    assert sum(part.fates.issued for part in found.parts) == found.whole.issued == len(letters)
    for part in found.parts:
        mine = [row for row in letters if row[f"{part_by}_id"] == part.key]
        assert part.fates.issued == len(mine)
        assert part.fates.letters.get(Fate.USED, 0) == sum(
            r["first_service_at"] is not None for r in mine
        )
        took = [(used_on(row) - row["issued_on"]).days for row in mine if used_on(row)]  # type: ignore[operator]
        assert part.fates.median_days == (median_low(took) if took else None)
        assert part.fates.is_compared == (len(mine) >= LETTERS_LEAST)
    if part_by == "centre":  # the one letter of the world's own centre
        assert [part.fates.issued for part in found.parts][-1] == 1
        assert not found.parts[-1].fates.is_compared


def test_the_letters_behind_a_figure_are_its_letters(
    database: Database, letters: list[dict[str, Any]], now: datetime
) -> None:
    limits, today = wanted(now), day_of(now)
    counts = figures(database, now, limits)
    of_figure = {name: counts.total(name) for name in ("issued", "used", "expired")}
    of_figure |= {f"fate_{name}": counts.whole.letters.get(name, 0) for name in Fate}
    by_number = {row["number"]: row for row in letters}
    for figure, count in of_figure.items():
        with database.reading() as session:
            rows = read_letters_behind(session, MANAGER, limits, figure, now=now)
        assert len(rows) == min(50, count), figure
        if figure.startswith("fate_"):
            assert {f"fate_{fate(by_number[row.number], today)}" for row in rows} <= {figure}
    centre = letters[1]["centre_id"]
    with database.reading() as session:
        rows = read_letters_behind(
            session, MANAGER, limits, "issued", now=now, key=("centre", centre)
        )
    assert rows and {by_number[row.number]["centre_id"] for row in rows} == {centre}


def test_the_job_moves_what_is_held_to_what_was_given_back(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    later = now + 100 * DAY
    limits = wanted(later, 100)
    before = figures(database, later, limits)
    amount = drawer.template["amount_rial"]
    assert (before.total("expired"), before.returned_rial, before.held_rial) == (1, 0, amount)
    assert expire_referrals(database, now=later).expired == 1
    after = figures(database, later, limits)
    assert (after.total("expired"), after.returned_rial, after.held_rial) == (1, amount, 0)
    assert after.flows == before.flows


@pytest.mark.parametrize("days", [42, 3_650])
def test_asked_for_and_declined_letters_were_never_issued(
    database: Database, drawer: Drawer, now: datetime, days: int
) -> None:
    def add(session: Any, number: str, state: str, *, is_reserved: bool) -> None:
        row = drawer.template | {"id": new_id(), "reservation_id": new_id(), "number": number}
        row |= {"state": state, "requested_by_id": drawer.reception.user_id}
        session.execute(insert(CeilingReservation), [_reservation(row, 0)])
        session.execute(insert(Referral), [row])
        if is_reserved:
            session.execute(insert(CeilingEntry), [_entry(row, "reserve", row["amount_rial"])])

    def work(session: Any) -> None:
        add(session, "810001", "requested", is_reserved=False)
        add(session, "810002", "cancelled", is_reserved=False)  # declined
        add(session, "810003", "cancelled", is_reserved=True)  # approved, cancelled later

    database.in_tx(work)
    found = figures(database, now, wanted(now, days))
    assert (found.total("issued"), found.whole.letters.get(Fate.ENDED, 0)) == (2, 1)


def test_what_is_about_to_expire_is_told_whatever_the_period(
    database: Database, letters: list[dict[str, Any]], now: datetime
) -> None:
    limits = Wanted(first_on=day_of(now) - 300 * DAY, last_on=day_of(now) - 290 * DAY)
    found = figures(database, now, limits)
    near = [
        row
        for row in letters
        if row["state"] in UNUSED and 0 <= (row["last_valid_on"] - day_of(now)).days <= WARNING_DAYS
    ]
    assert (found.expiring, found.expiring_rial) == (len(near), sum(r["amount_rial"] for r in near))
    assert (found.whole.issued, found.parts, found.whole.used_percent) == (0, (), None)


def test_a_bar_is_the_sum_of_its_days() -> None:
    days = [LetterFlow(on=date(2026, 10, 1) + n * DAY, issued=n, used=2 * n) for n in range(40)]
    for grain, starts in (
        (Grain.WEEK, [date(2026, 10, 1), date(2026, 10, 3)]),
        (Grain.MONTH, [date(2026, 10, 1), date(2026, 10, 23)]),  # 1 Aban 1405
    ):
        bars = letter_bars(days, grain)
        assert [bar.on for bar in bars][:2] == starts
        assert sum(bar.issued for bar in bars) == sum(range(40))
        assert sum(bar.used for bar in bars) == 2 * sum(range(40))
    assert letter_bars(days, Grain.DAY) == tuple(days)


def test_only_who_may_and_only_his_insurers(
    database: Database, letters: list[dict[str, Any]], now: datetime
) -> None:
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        refused("not_permitted", lambda r=role: figures(database, now, wanted(now), by=actor(r)))
    foreign = actor(Role.MANAGER, insurer_ids=frozenset({1}))
    found = figures(database, now, wanted(now), by=foreign)
    assert (found.whole.issued, found.total("used"), found.expiring) == (0, 0, 0)
    mine = letters[0]["insurer_id"]
    refused(
        "not_permitted",
        lambda: figures(database, now, wanted(now, insurer_id=mine), by=foreign),
    )
    with database.reading() as session:
        assert read_letters_behind(session, foreign, wanted(now), "issued", now=now) == ()
        assert session.scalars(select(Referral)).first() is not None
