"""The thread of the server that reads waiting images and, daily, sweeps the store.

It leaves the server to its people: after each image it rests as long as the image took.
"""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from workbench import clock
from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.evidence.reading import Reader, read_image
from workbench.evidence.store import EvidenceStore
from workbench.services.images.reading import Compare, read_next_image
from workbench.services.images.sweep import sweep_orphans

LOOK_EVERY_SECONDS = 1.0
REST_MIN_SECONDS = 0.05
REST_MAX_SECONDS = 10.0  # an image that took longer waited for others who write
RESTS = 1.0
SWEEP_EVERY_SECONDS = 86_400.0
FIRST_SWEEP_AFTER_SECONDS = 3_600.0
STOP_WAITS_SECONDS = 15.0

_log = logging.getLogger(__name__)


class ImageKeeper:
    """Several processes may run one each: an image is read by whoever takes it up first."""

    def __init__(
        self,
        find_database: Callable[[], Database],
        find_store: Callable[[], EvidenceStore],
        *,
        every_seconds: float = LOOK_EVERY_SECONDS,
        first_sweep_after_seconds: float = FIRST_SWEEP_AFTER_SECONDS,
        read: Reader = read_image,
        compare: Compare | None = None,
    ) -> None:
        self._find_database, self._find_store = find_database, find_store
        self._every_seconds = every_seconds
        self._first_sweep_after_seconds = first_sweep_after_seconds
        self._read, self._compare = read, compare
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="images", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End after the image under way; what takes too long is read again after the next start."""
        self._is_stopped.set()
        self._thread.join(STOP_WAITS_SECONDS)

    def _run(self) -> None:
        sweep_at = time.monotonic() + self._first_sweep_after_seconds
        while not self._is_stopped.wait(self._every_seconds):
            self._read_due()
            if time.monotonic() > sweep_at:
                sweep_at = time.monotonic() + SWEEP_EVERY_SECONDS
                self._sweep()

    def _read_due(self) -> None:
        try:
            is_more = True
            while is_more and not self._is_stopped.is_set():
                is_more = self._read_one()
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the images could not be read, next try follows: %r", error)

    def _read_one(self) -> bool:
        """Whether another image may be tried at once."""
        began = time.monotonic()
        outcome = read_next_image(
            self._find_database(),
            self._find_store(),
            now=clock.now(),
            read=self._read,
            compare=self._compare,
        )
        if outcome is None:
            return False
        rest_seconds = RESTS * (time.monotonic() - began)
        self._is_stopped.wait(min(max(REST_MIN_SECONDS, rest_seconds), REST_MAX_SECONDS))
        return not outcome.is_store_away

    def _sweep(self) -> None:
        try:
            removed = sweep_orphans(self._find_database(), self._find_store(), now=clock.now())
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the image store was not swept: %r", error)
        else:
            if removed:
                _log.info("%d files that no image knows were removed", removed)
