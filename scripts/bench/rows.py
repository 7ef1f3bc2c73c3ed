"""Rows as both databases take them (numbers and text), gathered per table and handed on in bulk."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from workbench.db.models import Base

Row = tuple[Any, ...]
Take = Callable[[str, list[str], list[Row]], None]
"""Called with the table, its columns and the rows."""

ROWS_A_HANDFUL = 20_000
FIRST_ID = 1 << 40


def columns_of(table: str) -> list[str]:
    """The columns of a table in the order of its definition."""
    return [column.name for column in Base.metadata.tables[table].columns]


def stored(instant: datetime) -> str:
    """An instant as SQLite keeps it and PostgreSQL reads it in a session of UTC."""
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def json_text(value: object) -> str:
    """A JSON column's text."""
    return json.dumps(value)


def defaults_of(table: str) -> dict[str, str]:
    """The texts that the database itself puts into columns that are not given."""
    columns = Base.metadata.tables[table].columns
    found = {column.name: getattr(column.server_default, "arg", None) for column in columns}
    return {name: text for name, text in found.items() if isinstance(text, str)}


class Rows:
    """Gathers rows by table; ``take`` gets them by the handful. Ids stay below all real ones."""

    def __init__(self, take: Take, now: datetime) -> None:
        self.now = now
        self._take = take
        self._waiting: dict[str, list[Row]] = {}
        self._columns = {name: columns_of(name) for name in Base.metadata.tables}
        self._defaults = {name: defaults_of(name) for name in Base.metadata.tables}
        self._last_id = FIRST_ID

    def new_id(self) -> int:
        """The next id."""
        self._last_id += 1
        return self._last_id

    def add(self, table: str, **values: Any) -> None:
        """One row by column; what is not given is the table's default, else NULL."""
        values = {**self._defaults[table], **values}
        columns = self._columns[table]
        waiting = self._waiting.get(table)
        if waiting is None:
            assert values.keys() <= set(columns), (table, values.keys() - set(columns))
            waiting = self._waiting[table] = []
        waiting.append(tuple(map(values.get, columns)))
        if len(waiting) >= ROWS_A_HANDFUL:
            self._hand_on(table)

    def flush(self) -> None:
        """Hand on all that still waits."""
        for table in list(self._waiting):
            self._hand_on(table)

    def _hand_on(self, table: str) -> None:
        rows = self._waiting.pop(table)
        self._take(table, self._columns[table], rows)
