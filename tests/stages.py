"""One database per process for the tests, put back to a known content before each of them.

The engine stays, so that a statement is compiled once per process and not once per test. A world
that many tests begin with (a stage) is made once per process and copied from then on.
"""

import copy
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from tests.contents import Content
from workbench.db.engine import Database

Prepare = Callable[..., Any]
"""What the fixture ``prepared`` is: see ``Stages.prepared``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """What ``fill`` made of the stage before it."""

    before: "Stage | None"
    fill: Callable[..., Any]
    given: tuple[Any, ...]
    made: bytes
    kept: str


class Stages:
    """The database of this process and the stages it has been through.

    A stage is put back when somebody connects, so that of several in a row only the last one is.
    """

    def __init__(self, content: Content) -> None:
        self._content = content
        self._stages: list[Stage] = []
        self._stage: Stage | None = None
        self._commit_count = self._commit_count_then = 0
        self._is_due = False
        self._turn = threading.Lock()
        self._base = Database(content.url, synchronous="OFF")
        event.listen(self._base.write_engine, "commit", self._note_commit)
        for engine in (self._base.read_engine, self._base.write_engine):
            event.listen(engine, "do_connect", self._put_due)
            event.listen(engine, "checkout", self._put_due)

    @property
    def url(self) -> str:
        """For who connects by himself: what is due has been put back."""
        self._put_due()
        return self._content.url

    def begin(self) -> None:
        """The database of this URL is migrated and empty from now on."""
        self._content.begin()
        self._let_go()
        self._stand_at(None)

    def database(self) -> Database:
        """The database, with engines that share all but their event listeners with the base."""
        opened = copy.copy(self._base)
        opened.read_engine = self._base.read_engine.execution_options()
        opened.write_engine = (
            self._base.write_engine.execution_options() if opened.is_sqlite else opened.read_engine
        )
        return opened

    def prepared(self, fill: Callable[..., Any], *given: Any) -> Any:
        """What ``fill(database, *given)`` makes and returns, made once and then copied.

        ``fill`` is a function of a module and what it returns can be pickled. Stages follow each
        other; nothing may be written before them or in between.
        """
        assert self._commit_count == self._commit_count_then, "written to before it was prepared"
        for stage in self._stages:
            if (stage.before, stage.fill, stage.given) == (self._stage, fill, given):
                self._let_go()
                self._stand_at(stage)
                break
        else:
            stage = self._make(fill, given)
        return pickle.loads(stage.made)

    def close(self) -> None:
        """Disconnect and remove everything."""
        self._base.dispose()
        self._content.close()

    def _make(self, fill: Callable[..., Any], given: tuple[Any, ...]) -> Stage:
        self._put_due()
        made = pickle.dumps(fill(self.database(), *given))
        self._let_go()
        stage = Stage(
            before=self._stage, fill=fill, given=given, made=made, kept=self._content.keep()
        )
        self._stages.append(stage)
        self._stage, self._commit_count_then = stage, self._commit_count
        return stage

    def _stand_at(self, stage: Stage | None) -> None:
        self._stage, self._commit_count_then = stage, self._commit_count
        self._is_due = True

    def _put_due(self, *_event: object) -> None:
        with self._turn:
            if self._is_due:
                kept = self._stage.kept if self._stage else self._content.empty
                self._content.put_back(kept)
                self._is_due = False

    def _let_go(self) -> None:
        """Nobody may hold a file that is copied; a server's connections stay with their plans."""
        if self._base.is_sqlite:
            self._base.dispose()

    def _note_commit(self, _connection: object) -> None:
        self._commit_count += 1
