"""What a process keeps one of: the database, the evidence store and the housekeeper."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workbench import clock
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import AuditUnsealed
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.services import audit
from workbench.services.referral_expiry import expire_referrals
from workbench.settings import settings

SEAL_EVERY_SECONDS = 1.0
HOURLY_SECONDS = 3_600.0
FIRST_AFTER_SECONDS = 60.0  # an import that a start follows at once brings its cases in first

_log = logging.getLogger(__name__)
_lock = threading.RLock()
_database: Database | None = None
_evidence_store: EvidenceStore | None = None


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


def close() -> None:
    """Close the database; the next call of ``database`` opens it by the settings of then."""
    global _database, _evidence_store
    with _lock:
        if _database is not None:
            _database.dispose()
        _database = _evidence_store = None


def seal_lag_seconds(session: Session, *, now: datetime) -> float:
    """How long the oldest event waits for its seal; 0 when none waits."""
    oldest = session.scalar(select(func.min(AuditUnsealed.at)))
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def count_unsealed(session: Session) -> int:
    """How many events wait for their seal."""
    return session.scalar(select(func.count()).select_from(AuditUnsealed)) or 0


class Housekeeper:
    """A thread that seals new events every second, and hourly ends letters and counts tables.

    Several processes may run one each: a clash throws one batch away, the next second repeats it.
    """

    def __init__(
        self,
        find_database: Callable[[], Database] = database,
        *,
        every_seconds: float = SEAL_EVERY_SECONDS,
    ) -> None:
        self._find_database = find_database
        self._every_seconds = every_seconds
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin to seal."""
        self._thread.start()

    def stop(self) -> None:
        """Seal what waits, then end."""
        self._is_stopped.set()
        self._thread.join()

    def _run(self) -> None:
        done_at = time.monotonic() - HOURLY_SECONDS + FIRST_AFTER_SECONDS
        while not self._is_stopped.wait(self._every_seconds):
            self._seal_all()
            if time.monotonic() - done_at > HOURLY_SECONDS:
                done_at = time.monotonic()
                self._do_hourly()
        self._seal_all()

    def _do_hourly(self) -> None:
        try:
            database = self._find_database()
            database.refresh_statistics()
            expire_referrals(database, now=clock.now())
        except (Refused, SQLAlchemyError) as error:
            _log.warning("the hourly work was left undone, the next hour tries again: %r", error)

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
