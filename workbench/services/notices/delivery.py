"""Sending what waits in the outbox, each notice once, by as many processes as there are.

A row is claimed in a transaction of its own (state ``sending``, with a lease), sent outside of any,
then marked. A row found in ``sending`` after its lease was left by a process that died: a sender
that knows repeats sends it again; of another nobody knows whether it left, so a person decides.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Centre, Notice, TreatmentPlan
from workbench.db.queries import notices as queries
from workbench.i18n import _
from workbench.persian.digits import to_persian
from workbench.services.batches.words import on_paper
from workbench.services.notices.notices import record_notice
from workbench.services.notices.senders import Message, Sender, Senders, SendFailed

ATTEMPTS_MAX = 5
BACKOFF_MINUTES = (1, 5, 30, 120)
LEASE = timedelta(minutes=5)
RUN_SECONDS = 60.0
"""A run takes up no notice after it: the lease of its last one outlives every timeout."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What one run did: sent, put off to a later try, given up."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        return DeliveryReport(
            sent=self.sent + other.sent,
            put_off=self.put_off + other.put_off,
            failed=self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A notice that this process alone may send until its lease ends."""

    insurer_id: int
    notice_id: int
    lease_until_at: datetime
    attempts: int
    message: Message
    sender: Sender


def has_due(database: Database, *, now: datetime) -> bool:
    """Whether something waits to be sent; takes no write lock."""
    with database.reading() as session:
        return bool(session.scalar(queries.is_any_due(now)))


def deliver_due(database: Database, senders: Senders, *, now: datetime) -> DeliveryReport:
    """Send what is due at ``now``, one by one; what fails is tried again after 1, 5, 30, 120 min.

    After five tries, or at once where another would be no use, a notice has failed with its reason.
    """
    report, started = DeliveryReport(), time.monotonic()
    while has_due(database, now=now) and time.monotonic() - started < RUN_SECONDS:
        claimed = database.in_tx(lambda session: _claim(session, senders, now))
        if isinstance(claimed, _Claimed):
            report += _deliver(database, claimed, now)
        elif claimed is None:
            break
        else:
            report += claimed
    return report


def _claim(session: Session, senders: Senders, now: datetime) -> "_Claimed | DeliveryReport | None":
    """Take the next due notice; None: another process has them all.

    One that a dead process left with a sender that knows no repeats fails here.
    """
    notice = session.scalars(queries.next_due("sending", now)).first()
    if notice is None:
        notice = session.scalars(queries.next_due("waiting", now)).first()
    if notice is None:
        return None
    sender = senders.of(notice.channel)
    if notice.state == "sending":
        if notice.error != senders.file.name or not senders.file.knows_repeats:
            _fail(session, notice, "unknown_outcome", now)
            return DeliveryReport(failed=1)
        sender = senders.file
    message = _message(session, notice, sender)
    if not message.address:
        _fail(session, notice, "no_address", now)
        return DeliveryReport(failed=1)
    notice.state, notice.next_try_at = "sending", now + LEASE
    notice.attempts += 1
    notice.error = sender.name  # who has it, should this process die
    session.flush()
    return _Claimed(
        insurer_id=notice.insurer_id,
        notice_id=notice.id,
        lease_until_at=notice.next_try_at,
        attempts=notice.attempts,
        message=message,
        sender=sender,
    )


def _message(session: Session, notice: Notice, sender: Sender) -> Message:
    plan = session.get_one(TreatmentPlan, (notice.insurer_id, notice.plan_id))
    centre = session.get_one(Centre, notice.centre_id)
    addresses = {"sms": centre.mobile, "email": centre.email}
    with on_paper():
        subject = _("Dental commission: treatment plan {number}").format(
            number=to_persian(plan.number)
        )
    address = addresses.get(notice.channel, "")
    return Message(
        key=f"{notice.insurer_id}-{notice.id}",
        channel=notice.channel,
        address=centre.code if sender.name == "file" and not address else address,
        centre=centre.name,
        plan_number=plan.number,
        subject=subject,
        text=notice.text,
    )


def _deliver(database: Database, claimed: _Claimed, now: datetime) -> DeliveryReport:
    """Send outside of any transaction, then say in one what came of it."""
    failure: SendFailed | None = None
    try:
        claimed.sender.send(claimed.message)
    except SendFailed as error:
        failure = error
    except Exception:
        _log.exception("notice %s: its sender broke", claimed.message.key)
        failure = SendFailed("unknown_outcome", is_permanent=not claimed.sender.knows_repeats)
    return database.in_tx(lambda session: _mark(session, claimed, failure, now))


def _mark(
    session: Session, claimed: _Claimed, failure: SendFailed | None, now: datetime
) -> DeliveryReport:
    """Only while nobody has decided otherwise: the lease says whose try it was.

    A process that was thought dead and has sent after all is believed.
    """
    is_stand_in = claimed.sender.name != claimed.message.channel
    values: dict[str, object]
    states: tuple[str, ...] = ("sending",)
    if failure is None:
        values = {"state": "sent", "sent_at": now, "error": "to_file" if is_stand_in else None}
        report, action, states = DeliveryReport(sent=1), "sent", ("sending", "failed")
    elif failure.is_permanent or claimed.attempts >= ATTEMPTS_MAX:
        values = {"state": "failed", "error": failure.error}
        report, action = DeliveryReport(failed=1), "failed"
    else:
        pause = timedelta(minutes=BACKOFF_MINUTES[claimed.attempts - 1])
        values = {"state": "waiting", "error": failure.error, "next_try_at": now + pause}
        report, action = DeliveryReport(put_off=1), "put_off"
    changed = session.execute(
        update(Notice)
        .where(
            Notice.insurer_id == claimed.insurer_id,
            Notice.id == claimed.notice_id,
            Notice.state.in_(states),
            Notice.next_try_at == claimed.lease_until_at,
        )
        .values(**values)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        return DeliveryReport()
    if action != "put_off":
        notice = session.get_one(Notice, (claimed.insurer_id, claimed.notice_id))
        record_notice(session, notice, action, None, now)
    return report


def _fail(session: Session, notice: Notice, error: str, now: datetime) -> None:
    notice.state, notice.error = "failed", error
    record_notice(session, notice, "failed", None, now)
