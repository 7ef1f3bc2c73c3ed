"""What is decided before its images were compared: nobody would ever be told what they are like.

An image that was just added is waited for, some minutes at most; one that cannot be read, or waits
longer, holds nothing up: the event of the decision then names it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import BigInteger, Table, bindparam, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Attachment, Claim, ImageJob, PlanImage, TreatmentPlan
from workbench.db.queries.image_scope import PAPERS
from workbench.errors import Refused
from workbench.services.images.queue import hurry_hashes

AWAITED = timedelta(minutes=10)
"""So long after it was added an image is waited for."""
NOT_COMPARED = "images_not_compared"

T = TypeVar("T")

_JOBS = cast(Table, ImageJob.__table__)


def _waiting(held: Table, key: str) -> Any:
    """The images of a claim or plan that wait to be read; sheets of paper are never compared."""
    return (
        select(held.c.number, held.c.sha256, _JOBS.c.created_at, _JOBS.c.error)
        .join(_JOBS, _JOBS.c.sha256 == held.c.sha256)
        .where(
            held.c.insurer_id == bindparam("insurer_id", type_=BigInteger()),
            held.c[key] == bindparam("holder_id", type_=BigInteger()),
            held.c.kind.not_in(PAPERS),
        )
        .order_by(held.c.number)
    )


# Built once: every case that is finished asks.
_OF_CLAIM = _waiting(cast(Table, Attachment.__table__), "claim_id")
_OF_PLAN = _waiting(cast(Table, PlanImage.__table__), "plan_id")


def check_compared(
    session: Session, holder: Claim | TreatmentPlan, *, now: datetime
) -> dict[str, Any]:
    """What the event of the decision says: the images, by number, that nobody compared yet.

    Refused: ``images_not_compared`` while one that was added within ten minutes waits to be read.
    """
    statement = _OF_CLAIM if isinstance(holder, Claim) else _OF_PLAN
    place = {"insurer_id": holder.insurer_id, "holder_id": holder.id}
    rows = session.connection().execute(statement, place).all()
    awaited = [row for row in rows if row.error is None and now < row.created_at + AWAITED]
    if awaited:
        raise Refused(
            NOT_COMPARED,
            number=holder.number,
            images=tuple(row.number for row in awaited),
            hashes=tuple(row.sha256 for row in awaited),
            until=max(row.created_at for row in awaited) + AWAITED,
        )
    return {"not_compared": [row.number for row in rows]} if rows else {}


def decide_in_tx(database: Database, work: Callable[[Session], T], *, now: datetime) -> T:
    """Run what decides a case or plan; images that it has to wait for are read before all others.

    What ``work`` refuses is refused; the hurry is kept none the less.
    """
    try:
        return database.in_tx(work)
    except Refused as refused:
        hashes = refused.facts.get("hashes")
        if refused.code == NOT_COMPARED and isinstance(hashes, tuple):
            database.in_tx(lambda session: hurry_hashes(session, hashes, now=now))
        raise
