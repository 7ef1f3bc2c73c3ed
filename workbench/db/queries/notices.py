"""Notices to centres: those that are due, and the list of them, newest first by key.

Ids are ordered by time. What was not sent is little and lies in the index of what is due; the rest
is read backwards through the primary key, one short scan for each insurer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, select, union_all

from workbench.db.models import Centre, Insurer, Notice, TreatmentPlan
from workbench.db.queries.listed import Rows, fixed, unindexed

TOTAL_MAX = 1_000
UNSENT_STATES = ("waiting", "sending", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notices a list is about; None does not limit."""

    insurer_ids: tuple[int, ...]
    state: str | None = None
    plan_number: str | None = None


def is_any_due(now: datetime) -> Select[bool]:
    """Whether a notice waits to be sent, or was left in the middle of it."""
    return select(exists().where(_due("waiting", now)) | exists().where(_due("sending", now)))


def next_due(state: str, now: datetime) -> Select[Notice]:
    """The notice of ``state`` that is due longest, held; one that another holds is passed over."""
    return (
        select(Notice)
        .where(_due(state, now))
        .order_by(Notice.next_try_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def insurer_ids() -> Select[int]:
    """All insurers."""
    return select(Insurer.id).order_by(Insurer.id)


def notice_rows(
    wanted: Wanted, boundary_id: int | None, *, ascending: bool, size: int, is_whole: bool = False
) -> Rows:
    """The rows of one page, ``size`` at most, behind (or before) the id of a row.

    ``is_whole``: with the texts.
    """
    keys = _keys(wanted, boundary_id, ascending=ascending, size=size)
    order = keys.c.id.asc() if ascending else keys.c.id.desc()
    return _listed(keys, is_whole=is_whole).order_by(order).limit(fixed(size))


def one_notice(insurer_id: int, notice_id: int) -> Rows:
    """One notice as a list shows it, with its text."""
    keys = select(Notice.insurer_id, Notice.id).where(
        Notice.insurer_id == insurer_id, Notice.id == notice_id
    )
    return _listed(keys.subquery(), is_whole=True)


def notice_total(wanted: Wanted) -> Select[int]:
    """How many there are, counted up to ``TOTAL_MAX`` + 1."""
    keys = _keys(wanted, None, ascending=False, size=TOTAL_MAX + 1)
    return select(func.count()).select_from(
        select(keys.c.id).limit(fixed(TOTAL_MAX + 1)).subquery()
    )


def _due(state: str, now: datetime) -> ColumnElement[bool]:
    return and_(Notice.state == state, Notice.next_try_at <= now)


def _keys(wanted: Wanted, boundary_id: int | None, *, ascending: bool, size: int) -> Subquery:
    scans = [
        _scan(conditions, wanted, boundary_id, ascending=ascending, size=size)
        for conditions in _drivers(wanted)
    ]
    return union_all(*(select(scan) for scan in scans)).subquery()


def _drivers(wanted: Wanted) -> Sequence[tuple[ColumnElement[bool], ...]]:
    if wanted.state in UNSENT_STATES:
        return [
            (Notice.state == wanted.state, unindexed(Notice.insurer_id).in_(wanted.insurer_ids))
        ]
    state = () if wanted.state is None else (unindexed(Notice.state) == wanted.state,)
    return [(Notice.insurer_id == insurer_id, *state) for insurer_id in wanted.insurer_ids or (0,)]


def _scan(
    conditions: tuple[ColumnElement[bool], ...],
    wanted: Wanted,
    boundary_id: int | None,
    *,
    ascending: bool,
    size: int,
) -> Subquery:
    statement = select(Notice.insurer_id, Notice.id).where(*conditions)
    if wanted.plan_number is not None:
        statement = statement.join(
            TreatmentPlan,
            and_(TreatmentPlan.insurer_id == Notice.insurer_id, TreatmentPlan.id == Notice.plan_id),
        ).where(TreatmentPlan.number == wanted.plan_number)
    if boundary_id is not None:
        statement = statement.where(
            Notice.id > boundary_id if ascending else Notice.id < boundary_id
        )
    order = Notice.id.asc() if ascending else Notice.id.desc()
    return statement.order_by(order).limit(fixed(size)).subquery()


def _listed(keys: Subquery, *, is_whole: bool) -> Rows:
    shown = (
        Notice.insurer_id,
        Notice.id,
        Notice.created_at,
        Notice.round,
        Notice.event,
        Notice.channel,
        Notice.state,
        Notice.attempts,
        Notice.next_try_at,
        Notice.sent_at,
        Notice.error,
        TreatmentPlan.number.label("plan_number"),
        Centre.name.label("centre_name"),
        Insurer.name.label("insurer_name"),
    )
    return (
        select(*shown, *((Notice.text,) if is_whole else ()))
        .select_from(keys)
        .join(Notice, and_(Notice.insurer_id == keys.c.insurer_id, Notice.id == keys.c.id))
        .join(
            TreatmentPlan,
            and_(TreatmentPlan.insurer_id == Notice.insurer_id, TreatmentPlan.id == Notice.plan_id),
        )
        .join(Centre, Centre.id == Notice.centre_id)
        .join(Insurer, Insurer.id == Notice.insurer_id)
    )
