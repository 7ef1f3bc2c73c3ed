"""Whole seconds since 1970 of an instant or a day, told alike by both engines.

PostgreSQL has the fraction of the second and rounds it when it becomes a whole number; a figure of
a day must not move to the next one.
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
    return f"CAST(strftime('%s', {column}) AS INTEGER)"
