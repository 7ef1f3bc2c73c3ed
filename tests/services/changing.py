"""A change proposed by the administrator and published by the manager, in one line of a test."""

from datetime import date, datetime
from typing import Any

from tests.builders import Desk
from workbench.db.engine import Database
from workbench.rules.changes import Item, RuleItem
from workbench.rules.plain import to_plain
from workbench.services.access import Actor
from workbench.services.catalogue import changes as catalogue_changes
from workbench.services.catalogue.changes import Published

REASON = "بخشنامه تازه"


def item_of(table: str, row: Any, replaces: int | None = None) -> RuleItem:
    """A row of a table as an item; its day stands beside the items."""
    plain = {name: value for name, value in to_plain(row).items() if name != "valid_from"}
    return RuleItem(table=table, row=plain, replaces=replaces)


def proposed(
    database: Database,
    actor: Actor,
    now: datetime,
    *items: Item,
    from_on: date,
    reason: str = REASON,
) -> int:
    """The id of a new draft."""
    given = {"reason": reason, "from_on": from_on, "items": items, "now": now}
    return database.in_tx(lambda s: catalogue_changes.propose(s, actor, **given))


def published(
    database: Database, actor: Actor, now: datetime, change_id: int, version: int = 1
) -> Published:
    """What publishing a draft did."""
    return database.in_tx(
        lambda s: catalogue_changes.publish(s, actor, change_id, version=version, now=now)
    )


def changed(
    database: Database, desk: Desk, now: datetime, *items: Item, from_on: date, reason: str = REASON
) -> Published:
    """A change in force, by two."""
    change_id = proposed(database, desk.admin, now, *items, from_on=from_on, reason=reason)
    return published(database, desk.manager, now, change_id)
