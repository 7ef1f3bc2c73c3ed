"""The end of a period first: the newest rows behind a figure are found in a few of its days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from workbench.persian.jalali import day_of
from workbench.services.figures.throughput import Wanted

DAYS, TIMES = 7, 6


def newest_first(wanted: Wanted, now: datetime) -> Iterator[Wanted]:
    """The last days of the period, then more and more of them, at last all.

    For a list of the newest by the day that the period limits: once a part fills a page, no day
    before it has a row that belongs there.
    """
    days, last_on = DAYS, min(wanted.last_on, day_of(now))
    while (first_on := last_on - timedelta(days=days - 1)) > wanted.first_on:
        yield replace(wanted, first_on=first_on)
        days *= TIMES
    yield wanted
