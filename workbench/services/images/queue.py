"""Images that wait to be read: put there with their rows, taken up by one worker at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, Claim, ImageJob, PlanImage, TreatmentPlan

LEASE = timedelta(minutes=5)
"""Many times what the largest image takes."""
BACKOFF_MINUTES = (1, 5, 30, 120, 24 * 60)
"""After the first, second … failure; the last one from then on, until the file is mended."""

FIRST_OF_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldImage:
    """An image that one worker alone reads until its lease ends; the end says whose try it is."""

    sha256: str
    held_until_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many images wait to be read, and how many of them could not be read so far."""

    count: int
    failed: int


def queue_images(session: Session, names: Collection[str], *, now: datetime) -> None:
    """Have new images read; in the transaction that writes their rows."""
    session.execute(
        insert(ImageJob),
        [{"sha256": sha256, "created_at": now, "next_try_at": now} for sha256 in names],
    )


def retry_images(session: Session, names: Collection[str], *, now: datetime) -> None:
    """Try those among these images at once that could not be read before."""
    session.execute(
        update(ImageJob)
        .where(ImageJob.sha256.in_(names), ImageJob.error.is_not(None))
        .values(next_try_at=now)
    )


def hurry_images(session: Session, claim_numbers: Collection[str], *, now: datetime) -> None:
    """Read the images of cases before all others, as far as they wait: somebody looks at them.

    Who looked last comes first.
    """
    images = (
        select(Attachment.sha256)
        .join(
            Claim, (Claim.insurer_id == Attachment.insurer_id) & (Claim.id == Attachment.claim_id)
        )
        .where(Claim.number.in_(claim_numbers))
    )
    _hurry(session, ImageJob.sha256.in_(images), now)


def hurry_plan_images(session: Session, plan: TreatmentPlan, *, now: datetime) -> None:
    """The same for the images of a treatment plan."""
    images = select(PlanImage.sha256).where(
        PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id
    )
    _hurry(session, ImageJob.sha256.in_(images), now)


def hurry_hashes(session: Session, names: Collection[str], *, now: datetime) -> None:
    """The same for images by their hashes."""
    _hurry(session, ImageJob.sha256.in_(names), now)


def _hurry(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    session.execute(
        update(ImageJob)
        .where(which, ImageJob.error.is_(None))
        .values(next_try_at=FIRST_OF_ALL - (now - FIRST_OF_ALL))
        .execution_options(synchronize_session=False)
    )


def has_due_image(session: Session, *, now: datetime) -> bool:
    """Whether an image may be read at ``now``."""
    return bool(session.scalar(select(exists().where(ImageJob.next_try_at <= now, _is_free(now)))))


def hold_next_image(session: Session, *, now: datetime) -> HeldImage | None:
    """Take the image that is due longest; None where none is, or others have them all.

    The next try is put off here already, so that an image which ends the process that reads it
    is not the end of every process at once.
    """
    job = session.scalars(
        select(ImageJob)
        .where(ImageJob.next_try_at <= now, _is_free(now))
        .order_by(ImageJob.next_try_at, ImageJob.sha256)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if job is None:
        return None
    job.attempts += 1
    job.held_until_at = now + LEASE
    job.next_try_at = now + max(LEASE, pause_after(job.attempts - 1))
    session.flush()
    return HeldImage(sha256=job.sha256, held_until_at=job.held_until_at, attempts=job.attempts)


def is_held(session: Session, held: HeldImage) -> bool:
    """Whether the job is still this worker's; locked until the transaction ends."""
    job = select(ImageJob.sha256).where(*_is_held(held)).with_for_update()
    return session.scalar(job) is not None


def is_done(session: Session, held: HeldImage) -> bool:
    """Remove the job; False where the lease has ended and it is another's, or done."""
    return _is_one(session.execute(delete(ImageJob).where(*_is_held(held))))


def put_off(session: Session, held: HeldImage, error: str, *, attempts: int, now: datetime) -> None:
    """Note why an image could not be read and try it again later; only while it is held.

    ``attempts`` says how much later.
    """
    session.execute(
        update(ImageJob)
        .where(*_is_held(held))
        .values(held_until_at=None, error=error, next_try_at=now + pause_after(attempts))
    )


def count_waiting_images(session: Session) -> Waiting:
    """For whoever watches over the server."""
    counts = select(func.count(ImageJob.sha256), func.count(ImageJob.error))
    count, failed = session.execute(counts).one()
    return Waiting(count=count, failed=failed)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries; nothing before the first."""
    if attempts < 1:
        return timedelta(0)
    return timedelta(minutes=BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1])


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(ImageJob.held_until_at.is_(None), ImageJob.held_until_at <= now)


def _is_held(held: HeldImage) -> tuple[ColumnElement[bool], ...]:
    return (ImageJob.sha256 == held.sha256, ImageJob.held_until_at == held.held_until_at)


def _is_one(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return bool(result.rowcount == 1)
