"""The tariffs of a whole claim cost two statements, however many codes and days it has."""

from sqlalchemy import event, select

from workbench.db.models import Centre, TariffSet
from workbench.db.queries.calendar import work_calendar
from workbench.db.queries.tariffs import tariffs_in_force
from workbench.persian.jalali import parse_day
from workbench.services.catalogue.catalogue import seed_catalogue
from workbench.services.reference import register_centre


def test_many_codes_and_days_take_two_statements(database, now):
    def work(session):
        seed_catalogue(session, now=now)
        register_centre(session, None, code="c", name="مرکز", province="تهران", now=now)

    database.in_tx(work)
    statements = []
    event.listen(
        database.read_engine,
        "before_cursor_execute",
        lambda _c, _u, text, *_: statements.append(text),
    )
    days = [parse_day(f"{year}/{month:02d}/01") for year in (1402, 1404) for month in (1, 7, 12)]
    with database.reading() as session:
        set_id = session.scalars(select(TariffSet.id)).one()
        centre_id = session.scalars(select(Centre.id)).one()
        statements.clear()
        found = tariffs_in_force(
            session,
            set_id,
            {(code, day) for code in ("125", "205", "840", "835") for day in days},
            centre_id=centre_id,
            is_contracted=True,
        )
    assert len(statements) == 2
    assert len(found) == 3 * len(days)
    assert {tariff.valid_from for tariff in found.values()} == {
        parse_day("1402/01/01"),
        parse_day("1404/01/01"),
    }


def test_the_calendar_follows_corrections_and_is_kept_while_nothing_changes(database, now):
    from workbench.db.models import CalendarDay

    saturday = parse_day("1404/09/01")
    with database.reading() as session:
        calendar = work_calendar(session)
        assert calendar is work_calendar(session)
    assert calendar.is_working_day(saturday)
    assert not calendar.is_working_day(parse_day("1404/09/06"))  # a Thursday
    closure = CalendarDay(day_on=saturday, is_off=True, title="تعطیلی", recorded_at=now)
    database.in_tx(lambda session: session.add(closure))
    with database.reading() as session:
        assert not work_calendar(session).is_working_day(saturday)
