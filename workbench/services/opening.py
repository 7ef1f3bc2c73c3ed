"""Opening the database for a command: what goes wrong there is a refusal, not a traceback."""

from sqlalchemy.exc import SQLAlchemyError

from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.services import runtime


def open_database() -> Database:
    """The database of the settings at the newest schema; refuses ``database_unusable``."""
    try:
        return runtime.database()
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise Refused("database_unusable", problem=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().split("\n", maxsplit=1)[0] or type(error).__name__
