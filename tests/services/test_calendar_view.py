"""What the administrator sees of the calendar: a month, weeks, corrections, history."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.services import desk as people
from tests.services import registered_world as world
from tests.services.calendar_world import ADMIN, WHY, closing, make, withdrawing
from tests.services.plan_world import Panel, refused
from workbench.db.engine import Database
from workbench.i18n import use_language
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import Role
from workbench.rules.working_time import DayKind
from workbench.services.calendar.changes import NewWeek
from workbench.services.calendar.view import CalendarView, read_calendar, supported_months


def shown(database: Database, month: int = 9) -> CalendarView:
    with database.reading() as session:
        return read_calendar(session, ADMIN, 1404, month)


def test_a_month_has_its_days_with_kinds_and_names(database: Database, now: datetime) -> None:
    database.in_tx(lambda s: world.build(s, now))
    make(database, closing("1404/09/02"), now)
    days = {day.on: day for day in shown(database).days}
    assert len(days) == 30
    assert next(iter(days)) == parse_day("1404/09/01")
    assert days[parse_day("1404/09/01")].kind is DayKind.WORKING
    assert (days[parse_day("1404/09/02")].kind, days[parse_day("1404/09/02")].name) == (
        DayKind.CLOSURE,
        WHY,
    )
    holiday = days[parse_day("1404/09/03")]
    assert holiday.kind is DayKind.HOLIDAY and "فاطمه" in holiday.name
    assert days[parse_day("1404/09/06")].kind is DayKind.WEEKEND


def test_holidays_have_their_english_names_too(database: Database, now: datetime) -> None:
    use_language("en")
    try:
        day = shown(database).days[2]
    finally:
        use_language("fa")
    assert day.name == "Martyrdom of Fatima"


def test_weeks_and_corrections_are_those_in_force_newest_first(
    database: Database, now: datetime
) -> None:
    database.in_tx(lambda s: world.build(s, now))
    for change in (
        NewWeek(valid_from=parse_day("1404/10/01"), off_days=frozenset({6})),
        closing("1404/09/02"),
        closing("1404/09/04"),
        withdrawing("1404/09/04"),
    ):
        make(database, change, now)
    view = shown(database)
    assert [(week.valid_from, week.until_on) for week in view.weeks] == [
        (parse_day("1404/10/01"), None),
        (parse_day("1400/01/01"), parse_day("1404/09/30")),
    ]
    assert [(row.day, row.is_off, row.title) for row in view.corrections] == [
        (parse_day("1404/09/02"), True, WHY)
    ]


def test_the_history_names_who_changed_what_and_how_much_moved(
    database: Database, panel: Panel, now: datetime
) -> None:
    admin = database.in_tx(lambda s: people.user(s, now, "admin-1", Role.ADMIN))
    make(database, closing("1404/09/02"), now + timedelta(hours=1), actor=admin)
    make(database, withdrawing("1404/09/02"), now + timedelta(hours=2), actor=admin)
    last, first, seeded = shown(database).history
    assert (last.action, last.by, last.moved_count) == ("calendar.withdraw", "admin-1", 1)
    assert (first.action, first.title, first.on) == (
        "calendar.close",
        WHY,
        parse_day("1404/09/02"),
    )
    assert (seeded.action, seeded.by, seeded.moved_count) == ("calendar.week", None, None)
    assert seeded.off_days == {5, 6}


def test_the_calendar_covers_whole_years() -> None:
    first, last = supported_months()
    assert first == (1398, 10) and last == (1411, 10)
    assert date(2020, 1, 1) == parse_day("1398/10/11")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_only_the_administrator_reads_this_page(database: Database, role: Role) -> None:
    someone = replace(ADMIN, roles=frozenset({role}))

    def read() -> object:
        with database.reading() as session:
            return read_calendar(session, someone, 1404, 9)

    assert refused(read).code == "not_permitted"
