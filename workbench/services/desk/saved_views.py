"""Named sets of filters, each user's own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from workbench.db.models import SavedView, new_id
from workbench.errors import Refused
from workbench.services.access import Actor

NAME_LETTERS_MAX = 40
VIEWS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One saved view of a page."""

    view_id: int
    name: str
    filters: dict[str, Any]


def list_views(session: Session, actor: Actor, page: str) -> tuple[View, ...]:
    """The actor's views of a page, by name."""
    rows = session.scalars(
        select(SavedView)
        .where(SavedView.user_id == actor.user_id, SavedView.page == page)
        .order_by(SavedView.name)
    )
    return tuple(View(view_id=row.id, name=row.name, filters=row.filters) for row in rows)


def save_view(
    session: Session, actor: Actor, page: str, name: str, filters: dict[str, Any]
) -> View:
    """Save a view; one of the same name is replaced. ``filters`` holds no text of a search.

    Refused: ``view_name_needed``, ``too_many_views``.
    """
    name = " ".join(name.replace("\0", "").split())
    if not 1 <= len(name) <= NAME_LETTERS_MAX:
        raise Refused("view_name_needed", maximum=NAME_LETTERS_MAX)
    own = (SavedView.user_id == actor.user_id, SavedView.page == page)
    row = session.scalars(select(SavedView).where(*own, SavedView.name == name)).first()
    if row is not None:
        row.filters = filters
    else:
        count = session.scalar(select(func.count()).select_from(SavedView).where(*own)) or 0
        if count >= VIEWS_MAX:
            raise Refused("too_many_views", maximum=VIEWS_MAX)
        row = SavedView(id=new_id(), user_id=actor.user_id, page=page, name=name, filters=filters)
        session.add(row)
    session.flush()
    return View(view_id=row.id, name=row.name, filters=row.filters)


def delete_view(session: Session, actor: Actor, view_id: int) -> None:
    """Delete one of the actor's own views; one that is gone already is no error."""
    session.execute(
        delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == actor.user_id)
    )
