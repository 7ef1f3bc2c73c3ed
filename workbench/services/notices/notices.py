"""Notices to centres: one row of the outbox at each decision and return, the list, the retry.

How they leave the house stands in ``notice_delivery``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, Notice, TreatmentPlan
from workbench.db.queries import notices as queries
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.identifiers import normalise_identifier
from workbench.persian.jalali import format_instant
from workbench.services import audit
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.list_files import Cell, xlsx_file
from workbench.services.list_pages import ListPage, list_page
from workbench.services.notices.texts import decided_text, returned_text
from workbench.services.notices.words import channel_name, event_name, problem, state_name

PAGE_SIZE, PAGE_SIZE_MAX = 25, 50
EXPORT_MAX = 5_000
TEXTS = {"decided": decided_text, "returned": returned_text}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlace:
    """A notice as the user saw it; ``version`` None: whatever it is now."""

    insurer_id: int
    notice_id: int
    version: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFilter:
    """Which notices: of a state, of a plan; empty does not limit."""

    state: str | None = None
    plan_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNotice:
    """One notice. ``next_try_at``: when a waiting one is due; ``text`` where it was asked for."""

    insurer_id: int
    id: int
    created_at: datetime
    round: int
    event: str
    channel: str
    state: str
    attempts: int
    next_try_at: datetime
    sent_at: datetime | None
    error: str | None
    plan_number: str
    centre_name: str
    insurer_name: str
    text: str = ""

    @property
    def key(self) -> str:
        """Insurer and notice as one word."""
        return f"{self.insurer_id}-{self.id}"

    @property
    def problem(self) -> str:
        """What its last try came to, in the present language; empty if nothing is to be said."""
        return problem(self.error)

    @property
    def place(self) -> NoticePlace:
        """The notice as it is listed."""
        return NoticePlace(insurer_id=self.insurer_id, notice_id=self.id, version=self.next_try_at)


NoticePage = ListPage[ListedNotice]


def announce(
    session: Session, plan: TreatmentPlan, event: str, text: str | None = None, *, now: datetime
) -> None:
    """Write the notice of a plan's decision or return, in the transaction that makes it.

    ``event`` decided or returned; ``text`` instead of the template's. Of one round and event there
    is one notice: a repeat does nothing.
    """
    session.flush()
    known = select(Notice.id).where(
        Notice.insurer_id == plan.insurer_id,
        Notice.plan_id == plan.id,
        Notice.round == plan.round,
        Notice.event == event,
    )
    if session.scalar(known) is not None:
        return
    centre = session.get_one(Centre, plan.centre_id)
    session.add(
        Notice(
            insurer_id=plan.insurer_id,
            plan_id=plan.id,
            round=plan.round,
            event=event,
            centre_id=centre.id,
            channel=channel_of(centre),
            text=TEXTS[event](session, plan) if text is None else text,
            state="waiting",
            attempts=0,
            created_at=now,
            next_try_at=now,
        )
    )
    session.flush()


def channel_of(centre: Centre) -> str:
    """How a centre hears of something: by SMS, else by e-mail, else from a file."""
    if centre.mobile:
        return "sms"
    return "email" if centre.email else "file"


def read_notices(
    session: Session,
    actor: Actor,
    chosen: NoticeFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> NoticePage:
    """One page, newest first, within the actor's insurers. Refused: ``page_unknown``."""
    require(actor, "notice.read")
    wanted, size = _wanted(session, actor, chosen), min(size, PAGE_SIZE_MAX)
    statement = queries.notice_rows(
        wanted, _boundary(after or before), ascending=before is not None, size=size + 1
    )
    return list_page(
        [_listed(row) for row in session.execute(statement)],
        size,
        after=after,
        before=before,
        key=lambda notice: str(notice.id),
        total=lambda: _total(session, wanted),
    )


def read_notice(session: Session, actor: Actor, place: NoticePlace) -> ListedNotice:
    """One notice with its text; a foreign one looks like none: ``notice_not_found``."""
    require(actor, "notice.read")
    row = None
    if may_see_insurer(actor, place.insurer_id):
        row = session.execute(queries.one_notice(place.insurer_id, place.notice_id)).first()
    if row is None:
        raise Refused("notice_not_found")
    return _listed(row)


def may_retry(actor: Actor, notice: ListedNotice) -> bool:
    """Whether the actor may have this notice sent again."""
    return notice.state == "failed" and may(actor, "notice.retry")


def retry_notice(session: Session, actor: Actor, place: NoticePlace, *, now: datetime) -> None:
    """Send a failed notice again, by a person's decision; one that waits already stays as it is.

    Refused: ``notice_not_found``, ``notice_sent_already``, ``notice_changed``.
    """
    require(actor, "notice.retry")
    notice = _held(session, place) if may_see_insurer(actor, place.insurer_id) else None
    if notice is None:
        raise Refused("notice_not_found")
    if notice.state in {"waiting", "sending"}:
        return
    if notice.state == "sent":
        raise Refused("notice_sent_already", sent_at=notice.sent_at)
    if place.version is not None and place.version != notice.next_try_at:
        raise Refused("notice_changed")
    notice.state, notice.attempts, notice.next_try_at, notice.error = "waiting", 0, now, None
    record_notice(session, notice, "retry", actor.user_id, now)


def record_notice(
    session: Session, notice: Notice, action: str, actor_id: int | None, now: datetime
) -> None:
    """Write what was done with a notice to the trail of its plan; never its text."""
    plan = session.get_one(TreatmentPlan, (notice.insurer_id, notice.plan_id))
    audit.record(
        session,
        action=f"notice.{action}",
        stream=f"plan:{notice.insurer_id}-{notice.plan_id}",
        actor_id=actor_id,
        now=now,
        insurer_id=notice.insurer_id,
        plan=plan.number,
        round=notice.round,
        event=notice.event,
        channel=notice.channel,
    )


def export_notices(session: Session, actor: Actor, chosen: NoticeFilter, *, now: datetime) -> bytes:
    """The filtered list as an XLSX file of up to 5,000 rows with texts; written to the trail."""
    require(actor, "notice.read")
    statement = queries.notice_rows(
        _wanted(session, actor, chosen), None, ascending=False, size=EXPORT_MAX, is_whole=True
    )
    rows = [_export_row(_listed(row)) for row in session.execute(statement)]
    audit.record(
        session,
        action="notice.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(rows),
    )
    return xlsx_file(_("Notices to centres"), _export_titles(), rows)


def _held(session: Session, place: NoticePlace) -> Notice | None:
    held: Notice | None = session.scalars(
        select(Notice)
        .where(Notice.insurer_id == place.insurer_id, Notice.id == place.notice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    return held


def _wanted(session: Session, actor: Actor, chosen: NoticeFilter) -> queries.Wanted:
    own = actor.insurer_ids
    insurers = tuple(session.scalars(queries.insurer_ids())) if own is None else tuple(sorted(own))
    return queries.Wanted(
        insurer_ids=insurers,
        state=chosen.state,
        plan_number=normalise_identifier(chosen.plan_number) or None,
    )


def _listed(row: Row[Any]) -> ListedNotice:
    return ListedNotice(**row._mapping)


def _boundary(key: str | None) -> int | None:
    if key is None:
        return None
    if not key.isdecimal():
        raise Refused("page_unknown")
    return int(key)


def _total(session: Session, wanted: queries.Wanted) -> tuple[int, bool]:
    total = session.scalar(queries.notice_total(wanted)) or 0
    return min(total, queries.TOTAL_MAX), total > queries.TOTAL_MAX


def _export_titles() -> list[str]:
    return [
        _("Time"),
        _("Plan"),
        _("Round"),
        _("Centre"),
        _("Insurer"),
        _("Event"),
        _("Channel"),
        _("State"),
        _("Attempts"),
        _("Sent at"),
        _("Remark"),
        _("Text"),
    ]


def _export_row(notice: ListedNotice) -> list[Cell]:
    return [
        format_instant(notice.created_at),
        notice.plan_number,
        notice.round,
        notice.centre_name,
        notice.insurer_name,
        event_name(notice.event),
        channel_name(notice.channel),
        state_name(notice.state),
        notice.attempts,
        format_instant(notice.sent_at) if notice.sent_at else None,
        notice.problem,
        notice.text,
    ]
