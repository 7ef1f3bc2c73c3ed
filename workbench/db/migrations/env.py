"""Alembic environment: the engine is handed over, SQLite changes tables in batch mode."""

from typing import Any, Literal

from alembic import context

from workbench.db.models import Base
from workbench.db.models.base import UtcDateTime


def _render(kind: str, item: object, autogen_context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from workbench.db.models.base import UtcDateTime")
        return "UtcDateTime()"
    return False


with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
