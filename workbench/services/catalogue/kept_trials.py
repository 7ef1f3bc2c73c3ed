"""Tried changes, computed behind the page and kept by this process: a reload finds them again.

Each belongs to one user with the rights of then, one version of a change, one filter and one state
of the rules; where any of these is another one since, it is not found. Nothing is written to the
database, a restart forgets them all.
"""

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import RuleTable
from workbench.errors import Refused
from workbench.services.access import Actor, require
from workbench.services.catalogue.changes import Change
from workbench.services.catalogue.what_if import WhatIf, try_change
from workbench.services.figures.throughput import Wanted
from workbench.services.rechecks.blindness import blind_numbers

KEPT_MAX, AT_ONCE_MAX = 12, 2

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_at_once = threading.Semaphore(AT_ONCE_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    asker: Actor
    change_id: int
    version: int
    wanted: Wanted
    rules_id: int


@dataclass(slots=True, kw_only=True)
class Kept:
    """A trial asked for at ``as_of``: ``done`` of ``total`` cases, what came out or why nothing."""

    as_of: datetime
    done: int = 0
    total: int = 0
    found: WhatIf | None = None
    refused: Refused | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still computed."""
        return self.found is None and self.refused is None

    def progress(self, done: int, total: int) -> None:
        """Keep how far it is."""
        self.done, self.total = done, total


_kept: OrderedDict[_Key, Kept] = OrderedDict()


def begin_trial(
    database: Database,
    actor: Actor,
    change: Change,
    wanted: Wanted,
    *,
    now: datetime,
    workers: int = 2,
) -> None:
    """Compute a trial in a thread of its own, unless the very same is under way.

    What ``try_change`` refuses stands in the kept trial.
    """
    require(actor, "figures.read")
    with database.reading() as session:
        key = _key(session, actor, change, wanted)
    with _lock:
        known = _kept.get(key)
        if known is not None and known.is_under_way:
            return
        _kept.pop(key, None)
        kept = _kept[key] = Kept(as_of=now)
        _forget_oldest()

    def compute() -> None:
        with _at_once:
            try:
                kept.found = try_change(
                    database,
                    actor,
                    change.items,
                    wanted,
                    now=now,
                    workers=workers,
                    on_progress=kept.progress,
                )
            except Refused as refused:
                kept.refused = refused
            except Exception:  # whatever it was: the page must not wait for ever
                _log.exception("a change could not be tried")
                kept.refused = Refused("trial_broken")

    threading.Thread(target=compute, name="what-if", daemon=True).start()


def find_trial(session: Session, actor: Actor, change: Change, wanted: Wanted) -> Kept | None:
    """The actor's trial of the change as it stands, without the cases he assesses blind by now."""
    require(actor, "figures.read")
    with _lock:
        kept = _kept.get(_key(session, actor, change, wanted))
    if kept is None or kept.found is None:
        return kept
    blind, sums = blind_numbers(session, actor.user_id), kept.found.sums
    seen = [row for row in sums.rows if row.number not in blind]
    return replace(kept, found=replace(kept.found, sums=replace(sums, rows=seen)))


def was_tried(actor: Actor, change: Change) -> bool:
    """Whether the actor tried the change, be it otherwise than it stands now."""
    with _lock:
        asked = [(key.asker.user_id, key.change_id) for key in _kept]
    return (actor.user_id, change.id) in asked


def _key(session: Session, actor: Actor, change: Change, wanted: Wanted) -> _Key:
    return _Key(
        asker=replace(actor, language=""),
        change_id=change.id,
        version=change.version,
        wanted=wanted,
        rules_id=session.scalar(select(func.max(RuleTable.id))) or 0,
    )


def _forget_oldest() -> None:
    """Make room; what is under way stays."""
    ended = [key for key, kept in _kept.items() if not kept.is_under_way]
    for key in ended[: max(0, len(_kept) - KEPT_MAX)]:
        del _kept[key]
