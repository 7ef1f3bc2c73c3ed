"""Which letters the lists show, in which order, what they sum up to, and to whom."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from tests.services import letter_rows as rows
from tests.services.letter_rows import Drawer
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, CeilingReservation, Referral
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.referrals.lists import (
    ExpiringFilter,
    LetterFilter,
    LetterPage,
    read_expiring,
    read_letters,
    referral_choices,
)
from workbench.services.referrals.sums import export_expiring, read_stake, read_strip

NEXT_TEN_DAYS = ["000000", "000003", "000010"]


@dataclass(frozen=True, slots=True)
class Lists:
    """A drawer of letters, read at one instant."""

    database: Database
    drawer: Drawer
    now: datetime

    def add(self, number: str, in_days: int, **changes: Any) -> int:
        on = day_of(self.now) + timedelta(in_days)
        return self.database.in_tx(lambda s: rows.letter(s, self.drawer, number, on, **changes))

    def expiring(self, chosen: ExpiringFilter | None = None, **options: Any) -> LetterPage:
        actor = options.pop("actor", self.drawer.reception)
        with self.database.reading() as session:
            return read_expiring(
                session, actor, chosen or ExpiringFilter(), now=self.now, **options
            )

    def letters(self, **chosen: Any) -> list[str]:
        with self.database.reading() as session:
            page = read_letters(
                session, self.drawer.reception, LetterFilter(**chosen), now=self.now
            )
        return [row.number for row in page.rows]


def numbers(page: LetterPage) -> list[str]:
    return [row.number for row in page.rows]


@pytest.fixture
def lists(database: Database, prepared: Callable[..., Any], now: datetime) -> Lists:
    """Letters named by their days left; the issued one (700001) has two months."""

    def fill(database: Database, now: datetime) -> Drawer:
        def work(session: Any) -> Drawer:
            drawer = rows.open_drawer(session, now)
            today = day_of(now)
            for days in (10, 0, 3, 11, 40):
                rows.letter(session, drawer, f"{days:06d}", today + timedelta(days))
            rows.letter(session, drawer, "900001", today - timedelta(1))
            rows.letter(session, drawer, "900002", today + timedelta(2), state="in_use")
            return drawer

        return database.in_tx(work)

    return Lists(database, prepared(fill, now), now)


def test_unused_letters_of_the_next_ten_days_are_listed_by_time_left(lists: Lists) -> None:
    page = lists.expiring()
    assert numbers(page) == NEXT_TEN_DAYS
    assert [row.days_left for row in page.rows] == [0, 3, 10]
    assert (page.total, page.next_key, page.previous_key) == (3, None, None)


def test_an_amended_letter_is_about_to_expire_and_a_cancelled_one_is_not(lists: Lists) -> None:
    lists.add("800001", 5, state="amended")
    lists.add("800002", 5, state="cancelled")
    assert numbers(lists.expiring()) == ["000000", "000003", "800001", "000010"]


@pytest.mark.parametrize(("days", "count"), [(0, 1), (9, 2), (10, 3), (11, 4), (60, 5)])
def test_the_number_of_days_limits_the_list(lists: Lists, days: int, count: int) -> None:
    found = lists.expiring(ExpiringFilter(within_days=days)).rows
    assert len([row for row in found if row.number != "700001"]) == count


@pytest.mark.parametrize("days", [-1, 93])
def test_a_number_of_days_out_of_range_is_refused(lists: Lists, days: int) -> None:
    with pytest.raises(Refused, match="within_days_range"):
        lists.expiring(ExpiringFilter(within_days=days))


def test_one_day_of_the_strip_takes_the_place_of_the_days(lists: Lists) -> None:
    on = day_of(lists.now) + timedelta(40)
    assert numbers(lists.expiring(ExpiringFilter(day_on=on))) == ["000040"]


def test_a_past_day_shows_no_expired_letter(lists: Lists) -> None:
    on = day_of(lists.now) - timedelta(1)
    assert numbers(lists.expiring(ExpiringFilter(day_on=on))) == []


def test_centre_contract_and_insurer_limit_the_list(lists: Lists) -> None:
    drawer = lists.drawer
    lists.add("800001", 4, centre_id=drawer.centre_ids[1])
    contract = (drawer.insurer_id, drawer.contract_id)
    assert numbers(lists.expiring(ExpiringFilter(centre_id=drawer.centre_ids[1]))) == ["800001"]
    assert len(lists.expiring(ExpiringFilter(contract=contract)).rows) == 4
    assert lists.expiring(ExpiringFilter(contract=(contract[0], 1))).rows == ()
    assert len(lists.expiring(ExpiringFilter(insurer_id=drawer.insurer_id)).rows) == 4
    assert lists.expiring(ExpiringFilter(insurer_id=1)).rows == ()


def test_a_row_has_the_ten_columns(lists: Lists) -> None:
    row = lists.expiring().rows[0]
    assert (row.number, row.amount_rial, row.relation) == ("000000", rows.AMOUNT_RIAL, "principal")
    assert (row.contract_number, row.case_count, row.sent_at) == ("1402/1/14/9/165", 0, None)
    assert "****" in row.masked_national_code
    assert row.person_name == "نام خانوادگی"
    assert isinstance(row.contract_end_on, date)
    assert (row.outcome, row.contact_count) == (None, 0)


def test_pages_by_key_meet_without_gap_or_repeat(lists: Lists) -> None:
    for n in range(7):
        lists.add(f"81000{n}", 3)
    whole = numbers(lists.expiring())
    first = lists.expiring(size=4)
    second = lists.expiring(size=4, after=first.next_key)
    third = lists.expiring(size=4, after=second.next_key)
    assert numbers(first) + numbers(second) + numbers(third) == whole
    assert (first.total, third.next_key) == (10, None)
    assert numbers(lists.expiring(size=4, before=second.previous_key)) == numbers(first)
    assert numbers(lists.expiring(size=4, before=third.previous_key)) == numbers(second)


@pytest.mark.parametrize("key", ["nonsense", "2026-13-40~1", "2026-01-01~x"])
def test_a_broken_page_key_is_refused(lists: Lists, key: str) -> None:
    with pytest.raises(Refused, match="page_unknown"):
        lists.expiring(after=key)


def test_letters_of_other_insurers_are_not_there(lists: Lists) -> None:
    stranger = replace(lists.drawer.reception, insurer_ids=frozenset({1}))
    assert lists.expiring(actor=stranger).rows == ()
    with lists.database.reading() as session:
        stake = read_stake(session, stranger, ExpiringFilter(), now=lists.now)
        assert (stake.count, stake.contracts) == (0, ())
        assert referral_choices(session, stranger, now=lists.now).contracts == ()


def test_who_may_not_read_letters_is_refused(lists: Lists) -> None:
    finance = replace(lists.drawer.reception, roles=frozenset({Role.FINANCE}))
    with pytest.raises(Refused, match="not_permitted"):
        lists.expiring(actor=finance)


def test_the_stake_is_what_the_ledger_still_holds(lists: Lists) -> None:
    drawer = lists.drawer
    last = lists.add("800001", 4, centre_id=drawer.centre_ids[1], amount_rial=7_000_000)
    with lists.database.reading() as session:
        stake = read_stake(session, drawer.reception, ExpiringFilter(), now=lists.now)
    assert (stake.reserve_rial, stake.count) == (10_000_000, 4)
    assert [(share.number, share.count) for share in stake.contracts] == [("1402/1/14/9/165", 4)]
    assert [share.reserve_rial for share in stake.centres] == [7_000_000, 3_000_000]

    def release(session: Any) -> None:
        letter = session.get_one(Referral, (drawer.insurer_id, last))
        key = (drawer.insurer_id, letter.reservation_id)
        session.get_one(CeilingReservation, key).reserved_left_rial = 2_000_000

    lists.database.in_tx(release)
    with lists.database.reading() as session:
        stake = read_stake(session, drawer.reception, ExpiringFilter(), now=lists.now)
    assert stake.reserve_rial == 5_000_000


def test_the_strip_has_sixty_days_with_reserve_and_rest_days(lists: Lists) -> None:
    with lists.database.reading() as session:
        chosen = ExpiringFilter(within_days=3)
        strip = read_strip(session, lists.drawer.reception, chosen, now=lists.now)
    today = day_of(lists.now)
    assert [each.on for each in strip] == [today + timedelta(n) for n in range(60)]
    found = {(each.on - today).days: each for each in strip if each.count}
    assert {0, 3, 10, 11, 40} <= set(found)
    assert (found[40].reserve_rial, found[40].count) == (rows.AMOUNT_RIAL, 1)
    fridays = [each for each in strip if each.on.weekday() == 4]
    assert fridays
    assert not any(each.is_working for each in fridays)
    assert any(each.is_working for each in strip)


def test_the_export_has_all_rows_and_is_on_the_trail(lists: Lists) -> None:
    use_language("fa")
    content = lists.database.in_tx(
        lambda s: export_expiring(s, lists.drawer.reception, ExpiringFilter(), now=lists.now)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    found = list(sheet.iter_rows(values_only=True))
    assert [row[2] for row in found[1:]] == NEXT_TEN_DAYS
    assert found[0][2] == "شماره معرفی‌نامه"
    assert found[1][5] == "ارسال نشده"
    with lists.database.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "referral.export")
        ).one()
    assert event.facts == {"rows": 3}


def test_all_letters_are_listed_whatever_their_state(lists: Lists) -> None:
    assert set(lists.letters()) >= {"700001", "900001", "900002", *NEXT_TEN_DAYS}


def test_the_state_is_the_one_that_time_has_made(lists: Lists) -> None:
    lists.add("800003", 5, state="expired")
    assert lists.letters(state="expired") == ["800003", "900001"]
    assert "900001" not in lists.letters(state="issued")
    assert lists.letters(state="in_use") == ["900002"]
    assert lists.letters(state="cancelled") == []


def test_a_letter_is_found_by_number_code_and_three_letters(lists: Lists) -> None:
    drawer = lists.drawer
    lists.add("800004", 5, person_id=drawer.person_ids[0])
    with lists.database.reading() as session:
        found = read_letters(
            session, drawer.reception, LetterFilter(text="۸۰۰۰۰۴"), now=lists.now
        ).rows
    assert [row.number for row in found] == ["800004"]
    assert lists.letters(text="کریمی") == ["800004"]
    assert lists.letters(text="مهت") == ["800004"]
    assert lists.letters(text="999999") == []
    assert lists.letters(text="کریمی", state="expired") == []


def test_two_letters_of_a_name_are_too_few(lists: Lists) -> None:
    with pytest.raises(Refused, match="search_too_short"):
        lists.letters(text="کر")
