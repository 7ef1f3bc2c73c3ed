"""What a process keeps one of: the database, the evidence store and the housekeeper."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workbench import clock
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import AuditUnsealed
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import day_of
from workbench.services import audit
from workbench.services.claims.finding_counts import recount_some
from workbench.services.figures.step_sums import sum_closed_days
from workbench.services.images.keeper import ImageKeeper
from workbench.services.notices.delivery import deliver_due, has_due
from workbench.services.notices.senders import Senders, senders_of
from workbench.services.rechecks.drawing import draw_rechecks
from workbench.services.referrals.expiry import expire_referrals
from workbench.settings import settings

if TYPE_CHECKING:
    from workbench.services.images.comparison import Comparison
    from workbench.services.images.similar_pairs import Alike

SEAL_EVERY_SECONDS = 1.0
NOTICES_EVERY_SECONDS = 10.0
STOP_WAITS_SECONDS = 15.0
RECOUNTS_SECONDS = SUMS_SECONDS = 0.5
HOURLY_SECONDS = 3_600.0
FIRST_AFTER_SECONDS = 60.0  # an import that a start follows at once brings its cases in first

_log = logging.getLogger(__name__)
_lock = threading.RLock()
_database: Database | None = None
_evidence_store: EvidenceStore | None = None
_comparison: "Comparison | None" = None


def database() -> Database:
    """The database of the settings, brought to the newest schema at the first call."""
    global _database
    with _lock:
        if _database is None:
            chosen = settings()
            chosen.data.mkdir(parents=True, exist_ok=True)
            opened = Database(chosen.database, synchronous=chosen.sqlite_synchronous)
            migrate(opened.write_engine)
            _database = opened
        return _database


def evidence_store() -> EvidenceStore:
    """The evidence store of the settings."""
    global _evidence_store
    with _lock:
        if _evidence_store is None:
            _evidence_store = EvidenceStore(settings().evidence)
        return _evidence_store


def compare_image(sha256: str, data: bytes, now: datetime) -> "list[Alike]":
    """The known images that show the same picture, by what this process knows of all images."""
    from workbench.services.images.comparison import Comparison  # Heavy: only for who reads images.

    global _comparison
    with _lock:
        if _comparison is None:
            _comparison = Comparison(database(), evidence_store())
        found = _comparison
    return found.find(sha256, data, now)


def close() -> None:
    """Close the database; the next call of ``database`` opens it by the settings of then."""
    global _database, _evidence_store, _comparison
    with _lock:
        if _database is not None:
            _database.dispose()
        _database = _evidence_store = _comparison = None


def seal_lag_seconds(session: Session, *, now: datetime) -> float:
    """How long the oldest event waits for its seal; 0 when none waits."""
    oldest = session.scalar(select(func.min(AuditUnsealed.at)))
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def count_unsealed(session: Session) -> int:
    """How many events wait for their seal."""
    return session.scalar(select(func.count()).select_from(AuditUnsealed)) or 0


def senders() -> Senders:
    """The ways out for notices, by the settings."""
    return senders_of(settings())


class Housekeeper:
    """A thread that seals new events every second, and hourly ends letters, draws second
    assessments, counts tables and begins to sum the days that closed.

    Several processes may run one each: a clash throws one batch away, the next second repeats it.
    Notices that are due leave in a thread of their own: no slow service keeps the seal waiting.
    So do images that wait to be read.
    """

    def __init__(
        self,
        find_database: Callable[[], Database] = database,
        *,
        every_seconds: float = SEAL_EVERY_SECONDS,
        notices_every_seconds: float = NOTICES_EVERY_SECONDS,
        find_senders: Callable[[], Senders] = senders,
        images: ImageKeeper | None = None,
    ) -> None:
        self._find_database = find_database
        self._every_seconds = every_seconds
        self._notices_every_seconds = notices_every_seconds
        self._find_senders = find_senders
        self._images = images
        self._courier: threading.Thread | None = None
        self._sums: Iterator[int] = iter(())
        self._drawn_on: date | None = None
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin to seal, and to read images where their keeper was given."""
        self._thread.start()
        if self._images is not None:
            self._images.start()

    def stop(self) -> None:
        """Seal what waits, then end; a notice or an image under way is given some seconds."""
        if self._images is not None:
            self._images.stop()
        self._is_stopped.set()
        self._thread.join()
        if self._courier is not None:
            self._courier.join(STOP_WAITS_SECONDS)

    def _run(self) -> None:
        done_at = time.monotonic() - HOURLY_SECONDS + FIRST_AFTER_SECONDS
        looked_at = time.monotonic()
        while not self._is_stopped.wait(self._every_seconds):
            self._seal_all()
            self._recount()
            self._sum_days()
            if time.monotonic() - looked_at > self._notices_every_seconds:
                looked_at = time.monotonic()
                self._send_notices()
            if time.monotonic() - done_at > HOURLY_SECONDS:
                done_at = time.monotonic()
                self._do_hourly()
        self._seal_all()

    def _do_hourly(self) -> None:
        try:
            database = self._find_database()
            database.refresh_statistics()
            expire_referrals(database, now=clock.now())
            self._draw_daily(database)
            self._sums = sum_closed_days(database, now=clock.now())
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the hourly work was left undone, the next hour tries again: %r", error)

    def _draw_daily(self, database: Database) -> None:
        """Draw second assessments once a day; only finished weeks give any."""
        now = clock.now()
        if self._drawn_on != day_of(now):
            draw_rechecks(database, percent=settings().recheck_percent, now=now)
            self._drawn_on = day_of(now)

    def _send_notices(self) -> None:
        """Begin to send what is due, unless that is under way still."""
        if self._courier is not None and self._courier.is_alive():
            return
        try:
            if not has_due(self._find_database(), now=clock.now()):
                return
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the notices could not be looked at, next try follows: %r", error)
            return
        self._courier = threading.Thread(target=self._deliver, name="courier", daemon=True)
        self._courier.start()

    def _deliver(self) -> None:
        try:
            deliver_due(self._find_database(), self._find_senders(), now=clock.now())
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the notices were not all sent, the rest follows: %r", error)

    def _recount(self) -> None:
        """Count open findings anew for half a second at most: the seal must not wait longer."""
        until = time.monotonic() + RECOUNTS_SECONDS
        try:
            while time.monotonic() < until and recount_some(self._find_database()):
                pass
        except (Refused, SQLAlchemyError) as error:
            _log.warning("open findings were not counted anew, next try follows: %r", error)

    def _sum_days(self) -> None:
        """Sum closed days for half a second at most; the rest follows in the next second."""
        until = time.monotonic() + SUMS_SECONDS
        try:
            while time.monotonic() < until and next(self._sums, None) is not None:
                pass
        except (Refused, SQLAlchemyError) as error:
            _log.warning("closed days were not summed, the next hour tries again: %r", error)

    def _seal_all(self) -> None:
        try:
            while seal_waiting(self._find_database()):
                pass
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the trail could not be sealed, next try follows: %r", error)


def seal_waiting(database: Database) -> int:
    """Seal one batch of waiting events; takes no write lock where none waits. Returns how many."""
    with database.reading() as session:
        if not count_unsealed(session):
            return 0
    return database.in_tx(lambda session: audit.seal(session, now=clock.now()))
