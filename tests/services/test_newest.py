"""Parts of a period for a list of the newest: each longer than the one before, at last all."""

from datetime import date, datetime, timedelta

import pytest

from workbench.services.figures.newest import DAYS, newest_first
from workbench.services.figures.throughput import Wanted

NOW = datetime.fromisoformat("2026-11-21T08:00:00+00:00")
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("days", [1, DAYS, DAYS + 1, 90, 1_461])
@pytest.mark.parametrize("ago", [0, 400])
def test_parts_end_with_the_period_and_grow_until_they_are_all_of_it(days: int, ago: int) -> None:
    last_on = TODAY - timedelta(days=ago)
    wanted = Wanted(first_on=last_on - timedelta(days=days - 1), last_on=last_on, centre_id=7)
    parts = list(newest_first(wanted, NOW))
    assert parts[-1] == wanted
    begins = [part.first_on for part in parts]
    assert begins == sorted(set(begins), reverse=True)
    assert {(part.last_on, part.centre_id) for part in parts} == {(last_on, 7)}
    assert len(parts) == (1 if days <= DAYS else len(parts)) <= 5


def test_a_period_that_reaches_into_the_future_begins_with_the_last_days_that_were() -> None:
    last_on = TODAY + timedelta(days=300)
    wanted = Wanted(first_on=TODAY - timedelta(days=300), last_on=last_on)
    first, *_others = newest_first(wanted, NOW)
    assert (first.first_on, first.last_on) == (TODAY - timedelta(days=DAYS - 1), last_on)
