"""The desk that a command works at: settings, database, evidence store, and the seal afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from workbench.errors import Refused

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workbench.db.engine import Database
    from workbench.settings import Settings

T = TypeVar("T")


def chosen_settings() -> "Settings":
    """The settings; a bad value is refused with its name."""
    from pydantic import ValidationError

    from workbench.settings import settings

    try:
        return settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "WORKBENCH_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Refused("setting_wrong", name=name, problem=first["msg"]) from error


@contextmanager
def open_database() -> "Iterator[Database]":
    """The database of the settings at the newest schema; closed afterwards."""
    from workbench.services import opening, runtime

    chosen_settings()
    try:
        yield opening.open_database()
    finally:
        runtime.close()


def write(database: "Database", work: "Callable[[Session], T]") -> T:
    """Run ``work`` in one transaction, then link its events into the trail's chain."""
    result = database.in_tx(work)
    seal(database)
    return result


def seal(database: "Database") -> None:
    """Link all waiting events into the chain: no server may be running that would do it."""
    from workbench.services.runtime import seal_waiting

    while seal_waiting(database):
        pass
