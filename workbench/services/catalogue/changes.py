"""Proposed changes of prices and rules: one person proposes, another publishes.

What is proposed is checked as if it were published (``change_applying``); at publishing everything
is checked again, and takes effect in one transaction or not at all. Publishing waits for whoever
else publishes, so that of two who do it at once one wins and the other is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.db.models import CatalogueChange, User, new_id
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.changes import Item, items_from_plain, plain_items
from workbench.services import audit
from workbench.services.access import Actor, may, require
from workbench.services.catalogue.applying import Order, apply_items
from workbench.services.claims.finding_counts import count_open, mark_open

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
ITEMS_MAX = 2_000
LISTED_MAX = 200
REASON_LETTERS_MIN = 3
FIRST_ON, LAST_ON = date(1921, 3, 21), date(2121, 3, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change in the list; ``ended_by`` published or withdrew it. The ``may_…`` are the actor's.

    ``may_publish`` is False for one's own: a second person does it.
    """

    id: int
    reason: str
    from_on: date
    state: str
    version: int
    item_count: int
    proposed_by: str
    proposed_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    is_own: bool
    may_publish: bool
    may_withdraw: bool

    def is_retroactive(self, now: datetime) -> bool:
        """Whether it reaches back before the day it was published on, or would be now."""
        is_published = self.state == PUBLISHED and self.ended_at is not None
        return self.from_on < day_of(self.ended_at if is_published and self.ended_at else now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(ChangeRow):
    """A change with what it is made of."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was put into force; ``open_cases`` are judged anew."""

    id: int
    open_cases: int


def propose(
    session: Session,
    actor: Actor,
    *,
    reason: str,
    from_on: date,
    items: Sequence[Item],
    now: datetime,
) -> int:
    """Keep a draft that takes effect from ``from_on`` once another publishes it; returns its id.

    Refused: ``change_reason_missing``, ``change_empty``, ``change_too_large``,
    ``change_day_wrong``, and whatever publishing it now would be refused for.
    """
    require(actor, "catalogue.propose")
    _check(session, actor, reason, from_on, items, now)
    change = CatalogueChange(
        id=new_id(),
        reason=reason.strip(),
        items=plain_items(items),
        from_on=from_on,
        proposed_at=now,
        proposed_by_id=actor.user_id,
    )
    session.add(change)
    session.flush()
    _record(session, actor, change, "propose", now)
    return change.id


def amend(
    session: Session,
    actor: Actor,
    change_id: int,
    *,
    version: int,
    reason: str,
    from_on: date,
    items: Sequence[Item],
    now: datetime,
) -> int:
    """Put other items, day or reason in one's own draft; returns its new version.

    Refused besides those of ``propose``: ``change_not_own`` and those of ``publish``.
    """
    require(actor, "catalogue.propose")
    change = _held(session, change_id, version)
    if change.proposed_by_id != actor.user_id:
        raise Refused("change_not_own")
    _check(session, actor, reason, from_on, items, now)
    change.reason, change.from_on, change.items = reason.strip(), from_on, plain_items(items)
    change.version += 1
    _record(session, actor, change, "amend", now)
    return change.version


def withdraw(
    session: Session, actor: Actor, change_id: int, *, version: int, now: datetime
) -> None:
    """End a draft without effect: its proposer, or whoever may publish.

    Refused: ``change_not_own`` and those of ``publish``.
    """
    require(actor, "catalogue.propose")
    change = _held(session, change_id, version)
    if change.proposed_by_id != actor.user_id and not may(actor, "catalogue.publish"):
        raise Refused("change_not_own")
    change.state, change.withdrawn_at = WITHDRAWN, now
    change.withdrawn_by_id = actor.user_id
    _record(session, actor, change, "withdraw", now)


def publish(
    session: Session, actor: Actor, change_id: int, *, version: int, now: datetime
) -> Published:
    """Put a draft into force; open cases that it touches are counted anew behind it.

    Refused: ``change_own`` (his own), ``change_not_found``, ``change_ended``, ``change_stale``
    (amended since it was seen), and all that ``apply_items`` refuses.
    """
    require(actor, "catalogue.publish")
    change = _held(session, change_id, version)
    if change.proposed_by_id == actor.user_id:
        raise Refused("change_own")
    change.state, change.published_at = PUBLISHED, now
    change.published_by_id = actor.user_id
    order = Order(change_id=change.id, reason=change.reason, from_on=change.from_on, now=now)
    touched = apply_items(session, actor, _items(change), order)
    open_cases = count_open(session, touched)
    mark_open(session, touched)
    _record(session, actor, change, "publish", now, open_cases=open_cases)
    return Published(id=change.id, open_cases=open_cases)


def read_change(session: Session, actor: Actor, change_id: int) -> Change:
    """One change with its items; refused: ``change_not_found``."""
    require(actor, "catalogue.read")
    found = session.execute(_LISTED.where(CatalogueChange.id == change_id)).first()
    if found is None:
        raise Refused("change_not_found")
    row = _row(actor, *found)
    values = {name: getattr(row, name) for name in ChangeRow.__slots__}
    return Change(**values, items=_items(found[0]))


def list_changes(session: Session, actor: Actor) -> tuple[ChangeRow, ...]:
    """The newest 200 changes, drafts first."""
    require(actor, "catalogue.read")
    newest = _LISTED.order_by(
        (CatalogueChange.state == DRAFT).desc(), CatalogueChange.id.desc()
    ).limit(LISTED_MAX)
    return tuple(_row(actor, *found) for found in session.execute(newest))


def _held(session: Session, change_id: int, version: int) -> CatalogueChange:
    """The draft as it was seen, held together with all other drafts until the transaction ends.

    A published change writes whole tables: two that touch the same table may not do so at once.
    """
    drafts = session.scalars(
        select(CatalogueChange)
        .where((CatalogueChange.state == DRAFT) | (CatalogueChange.id == change_id))
        .order_by(CatalogueChange.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    change = next((draft for draft in drafts if draft.id == change_id), None)
    if change is None:
        raise Refused("change_not_found")
    if change.state != DRAFT:
        by = session.get(User, change.published_by_id or change.withdrawn_by_id)
        at = change.published_at or change.withdrawn_at
        raise Refused(f"change_{change.state}", by=by.display_name if by else "–", at=at)
    if change.version != version:
        raise Refused("change_stale")
    return change


def _check(
    session: Session,
    actor: Actor,
    reason: str,
    from_on: date,
    items: Sequence[Item],
    now: datetime,
) -> None:
    """Refuse what could not be published; nothing of the trial stays."""
    if sum(map(str.isalnum, reason)) < REASON_LETTERS_MIN:
        raise Refused("change_reason_missing")
    if not items:
        raise Refused("change_empty")
    if len(items) > ITEMS_MAX:
        raise Refused("change_too_large", most=ITEMS_MAX)
    if not FIRST_ON <= from_on <= LAST_ON:
        raise Refused("change_day_wrong", first_on=FIRST_ON, last_on=LAST_ON)
    order = Order(change_id=None, reason=reason.strip(), from_on=from_on, now=now)
    trial = session.begin_nested()
    try:
        apply_items(session, actor, items, order)
    finally:
        trial.rollback()


def _items(change: CatalogueChange) -> tuple[Item, ...]:
    try:
        return items_from_plain(change.items)
    except (TypeError, KeyError) as error:
        raise Refused("change_item_wrong") from error


_PUBLISHER, _WITHDRAWER = aliased(User), aliased(User)
_LISTED = (
    select(CatalogueChange, User.display_name, _PUBLISHER.display_name, _WITHDRAWER.display_name)
    .join(User, User.id == CatalogueChange.proposed_by_id)
    .outerjoin(_PUBLISHER, _PUBLISHER.id == CatalogueChange.published_by_id)
    .outerjoin(_WITHDRAWER, _WITHDRAWER.id == CatalogueChange.withdrawn_by_id)
)


def _row(
    actor: Actor,
    change: CatalogueChange,
    proposed_by: str,
    published_by: str | None,
    withdrawn_by: str | None,
) -> ChangeRow:
    is_own = change.proposed_by_id == actor.user_id
    is_draft = change.state == DRAFT
    may_publish = may(actor, "catalogue.publish")
    return ChangeRow(
        id=change.id,
        reason=change.reason,
        from_on=change.from_on,
        state=change.state,
        version=change.version,
        item_count=len(change.items),
        proposed_by=proposed_by,
        proposed_at=change.proposed_at,
        ended_by=published_by or withdrawn_by,
        ended_at=change.published_at or change.withdrawn_at,
        is_own=is_own,
        may_publish=is_draft and may_publish and not is_own,
        may_withdraw=is_draft and (is_own or may_publish),
    )


def _record(
    session: Session,
    actor: Actor,
    change: CatalogueChange,
    action: str,
    now: datetime,
    **facts: int,
) -> None:
    audit.record(
        session,
        action=f"catalogue.{action}",
        stream=f"change:{change.id}",
        actor_id=actor.user_id,
        now=now,
        change=change.id,
        rows=len(change.items),
        from_on=change.from_on.isoformat(),
        **facts,
    )
