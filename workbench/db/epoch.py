"""Whole seconds since 1970 of an instant or a day, told alike by both engines.

PostgreSQL has the fraction of the second and rounds it when it becomes a whole number; a figure of
a day must not move to the next one. SQLite counts days with a fraction, from whole milliseconds and
right to some hundred thousandths of a second: half a millisecond more finds the second that it lies
in. That is twice as fast as ``strftime('%s')``, which writes digits to be read again.
"""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class epoch_seconds(FunctionElement[int]):  # noqa: N801 - read as a function of SQL
    """The seconds of a column of instants (UTC) or days, the fraction cut off."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch_seconds)
def _seconds(element: epoch_seconds, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CAST(floor(EXTRACT(epoch FROM {column})) AS BIGINT)"


@compiles(epoch_seconds, "sqlite")
def _seconds_of_sqlite(element: epoch_seconds, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CAST((julianday({column}) - 2440587.5) * 86400 + 0.0005 AS INTEGER)"
