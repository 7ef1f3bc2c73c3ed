"""The next number of a series: acceptance numbers, referrals, tracking codes."""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.db.models import Batch, NumberSeries

ACCEPTANCE_SERIES = "acceptance"
ACCEPTANCE_WIDTH = 6


def next_number(session: Session, series: str, width: int) -> str:
    """The next number of a series, ``width`` digits, the first being 1 and zeros.

    Taken by one update, so that two transactions never get the same.
    """
    first = 10 ** (width - 1)
    if session.scalar(select(NumberSeries.name).where(NumberSeries.name == series)) is None:
        _start(session, series, first)
    taken = session.scalars(
        update(NumberSeries)
        .where(NumberSeries.name == series)
        .values(next_value=NumberSeries.next_value + 1)
        .returning(NumberSeries.next_value)
        .execution_options(synchronize_session=False)
    ).one()
    return str(taken - 1)


def next_acceptance_number(session: Session) -> str:
    """An acceptance number (شماره پذیرش) that no batch has, imported ones included."""
    while True:
        number = next_number(session, ACCEPTANCE_SERIES, ACCEPTANCE_WIDTH)
        if session.scalar(select(Batch.id).where(Batch.acceptance_number == number)) is None:
            return number


def _start(session: Session, series: str, first: int) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(NumberSeries).values(name=series, next_value=first))
    except IntegrityError:
        return  # Another transaction started the series in this very moment.
