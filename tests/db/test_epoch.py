"""The second of an instant, and of the beginning of a day, by both engines."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, select

from workbench.db.engine import Database
from workbench.db.epoch import epoch_seconds
from workbench.db.models import WeeklySchedule, new_id

EPOCH, SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
MIDNIGHT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


def test_the_second_is_that_in_which_it_lies(database: Database) -> None:
    milliseconds = (-1_000, -999, -500, -1, 0, 1, 499, 500, 501, 999, 1_000)
    instants = [MIDNIGHT + timedelta(milliseconds=each) for each in milliseconds]
    instants += [
        datetime(year, month, 1, tzinfo=UTC) + second * SECOND
        for year in (1970, 1999, 2026, 2069)
        for month in range(1, 13)
        for second in (0, 1, 59_999, 86_399)
    ]
    columns = epoch_seconds(WeeklySchedule.recorded_at), epoch_seconds(WeeklySchedule.valid_from)
    keyed = {new_id(): at for at in instants}
    rows = [
        {"id": id, "valid_from": at.date(), "off_weekdays": "6", "recorded_at": at}
        for id, at in keyed.items()
    ]
    database.in_tx(lambda session: session.execute(insert(WeeklySchedule), rows))
    with database.reading() as session:
        found = session.execute(select(WeeklySchedule.id, *columns)).all()
    told = {row[0]: tuple(row[1:]) for row in found if row[0] in keyed}
    assert told == {
        id: ((at - EPOCH) // SECOND, (at.date() - date(1970, 1, 1)).days * 86_400)
        for id, at in keyed.items()
    }
