"""Half-typed text, kept as it is typed: a reload, a killed server or a stale version loses none."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench.db.models import Draft
from workbench.errors import Refused

KEY = re.compile(r"[A-Za-z0-9:._-]{1,200}", re.ASCII)
CHARACTERS_MAX = 20_000


def save_draft(session: Session, user_id: int, key: str, value: str, *, now: datetime) -> None:
    """Keep the text of one field; an empty one removes the draft.

    Refuses ``draft_key_invalid`` and ``draft_too_long``.
    """
    if not KEY.fullmatch(key):
        raise Refused("draft_key_invalid")
    value = value.replace("\0", "")
    if len(value) > CHARACTERS_MAX:
        raise Refused("draft_too_long", maximum=CHARACTERS_MAX)
    if not value:
        session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.key == key))
        return
    row = {"user_id": user_id, "key": key, "value": value, "updated_at": now}
    statement = _insert(session)(Draft).values(row)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "key"], set_={"value": value, "updated_at": now}
        )
    )


def _insert(session: Session) -> Callable[..., Any]:
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def drafts(session: Session, user_id: int, prefix: str) -> dict[str, str]:
    """A user's drafts whose key begins with ``prefix``: key → text."""
    rows = session.execute(
        select(Draft.key, Draft.value).where(
            Draft.user_id == user_id, Draft.key.startswith(prefix, autoescape=True)
        )
    )
    return {key: value for key, value in rows}


def delete_drafts(session: Session, user_id: int, prefix: str) -> None:
    """Forget a user's drafts whose key begins with ``prefix``; none is no error."""
    session.execute(
        delete(Draft).where(Draft.user_id == user_id, Draft.key.startswith(prefix, autoescape=True))
    )
