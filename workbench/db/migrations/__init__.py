"""Alembic migrations, run by ``python -m workbench migrate`` and at every start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine) -> None:
    """Bring the database of ``engine`` to the newest schema; a second call changes nothing."""
    command.upgrade(_config(engine), "head")
