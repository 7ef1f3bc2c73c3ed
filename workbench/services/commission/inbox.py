"""The commission's inbox: lists by working time left, their counts, the next to vote on."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.queries import plan_inbox as queries
from workbench.db.queries.calendar import work_calendar
from workbench.db.queries.names import people_named
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.jalali import TEHRAN, day_of, format_instant
from workbench.persian.text import normalise
from workbench.rules.plan_text import planned_text
from workbench.rules.workflow import PlanState
from workbench.rules.working_time import (
    AT_RISK_HOURS,
    LIMIT_DAYS,
    WorkCalendar,
    add_working_hours,
    deadline,
    first_working_instant,
)
from workbench.services import audit
from workbench.services.access import Actor, may, require
from workbench.services.claims.listed import insurers_of
from workbench.services.commission.listed import ListedPlan, plans_by_key
from workbench.services.commission.messages import listed_items
from workbench.services.commission.words import hours_text, state_word
from workbench.services.desk.queue_filter import NAME_LETTERS_MIN, is_number
from workbench.services.list_files import xlsx_file
from workbench.services.list_pages import ListPage, list_page

PAGE_SIZE = 25
EXPORT_MAX = 2_000
_MOMENT = timedelta(microseconds=1)
_ONE_DAY = timedelta(days=1)


class Tab(StrEnum):
    """A list of the inbox."""

    OPEN = "open"
    VOTE = "vote"
    MINE = "mine"
    FREE = "free"
    CHAIR = "chair"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"
    BREACHED = "breached"
    RETURNED = "returned"
    DECIDED = "decided"


def read_inbox(
    session: Session,
    actor: Actor,
    tab: Tab,
    *,
    text: str = "",
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> ListPage[ListedPlan]:
    """One page of a list, the least working time left first (decided ones: the latest first).

    ``text``, a plan's number, a national code or three letters of a name, looks in all states.
    Refused: ``not_permitted``, ``search_too_short``, ``page_unknown``.
    """
    require(actor, "plan.read")
    calendar = work_calendar(session)
    wanted = _wanted(actor, tab, text, now, calendar)
    is_latest_first = wanted.state in (PlanState.DECIDED, None)
    statement = queries.plan_rows(
        wanted,
        _boundary(after or before),
        descending=is_latest_first != bool(before),
        size=size + 1,
    )
    keys = [(row.insurer_id, row.id, row.due_at) for row in session.execute(statement)]
    page = list_page(
        keys,
        size,
        after=after,
        before=before,
        key=lambda row: f"{row[2].isoformat()}~{row[1]}",
        total=lambda: _capped(session, wanted),
    )
    rows = plans_by_key(session, actor, [(row[0], row[1]) for row in page.rows], calendar, now=now)
    return ListPage(
        rows=tuple(rows),
        next_key=page.next_key,
        previous_key=page.previous_key,
        total=page.total,
        is_total_capped=page.is_total_capped or _has_more_people(session, wanted),
    )


def count_inbox(session: Session, actor: Actor, *, now: datetime) -> dict[Tab, tuple[int, bool]]:
    """How many plans each list holds at least, and whether there may be more."""
    require(actor, "plan.read")
    calendar = work_calendar(session)
    return {
        tab: _capped(session, _wanted(actor, tab, "", now, calendar))
        for tab in tabs_of(actor)
        if tab is not Tab.DECIDED
    }


def tabs_of(actor: Actor) -> tuple[Tab, ...]:
    """The lists that make sense for a reader."""
    own = (Tab.VOTE, Tab.MINE) if may(actor, "plan.vote") else ()
    chair = (Tab.CHAIR,) if may(actor, "plan.decide") else ()
    late = (Tab.AT_RISK, Tab.OVERDUE, Tab.BREACHED)
    return (Tab.OPEN, *own, Tab.FREE, *chair, *late, Tab.RETURNED, Tab.DECIDED)


def next_to_vote(session: Session, actor: Actor, *, now: datetime) -> ListedPlan | None:
    """The most urgent plan that waits for the actor: his seats, the chair's ties, then those whose
    quorum lacks a member.

    None: nothing waits. Plans he has an interest in are passed over.
    """
    require(actor, "plan.vote")
    calendar = work_calendar(session)
    tabs = (Tab.VOTE, Tab.CHAIR) if may(actor, "plan.decide") else (Tab.VOTE,)
    lists = [_wanted(actor, tab, "", now, calendar) for tab in tabs]
    base = queries.Wanted(insurer_ids=insurers_of(actor))
    lists.append(replace(base, short_for=actor.user_id, short_at=now))
    for wanted in lists:
        statement = queries.plan_rows(wanted, None, descending=False, size=PAGE_SIZE)
        keys = [(row.insurer_id, row.id) for row in session.execute(statement)]
        for row in plans_by_key(session, actor, keys, calendar, now=now):
            if row.interest is None:
                return row
    return None


def export_inbox(
    session: Session, actor: Actor, tab: Tab, *, text: str = "", now: datetime
) -> bytes:
    """The list as an XLSX file of up to 2,000 rows; written to the trail."""
    page = read_inbox(session, actor, tab, text=text, now=now, size=EXPORT_MAX)
    audit.record(
        session,
        action="plan.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(page.rows),
        tab=str(tab),
        has_text=bool(text.strip()),
    )
    return xlsx_file(_("Commission inbox"), _titles(), [_export_row(row) for row in page.rows])


def _wanted(
    actor: Actor, tab: Tab, text: str, now: datetime, calendar: WorkCalendar
) -> queries.Wanted:
    base = queries.Wanted(insurer_ids=insurers_of(actor))
    said = normalise(text)
    if said:
        return _searched(base, said)
    match tab:
        case Tab.VOTE:
            return replace(base, seated_id=actor.user_id, seated_at=now)
        case Tab.MINE:
            return replace(base, seated_id=actor.user_id, seated_at=now, has_voted=True)
        case Tab.FREE:
            return replace(base, free_at=now)
        case Tab.CHAIR:
            return replace(base, needs_chair=True)
        case Tab.AT_RISK:
            return replace(base, due_from=now, due_before=_risk_ends_at(calendar, now))
        case Tab.OVERDUE:
            due_from = _third_day_due_at(calendar, now)
            return replace(base, due_from=due_from, due_before=now, limit_from=now)
        case Tab.BREACHED:
            due_before = min(now, _third_day_due_at(calendar, now) + _MOMENT)
            return replace(base, due_before=due_before, limit_before=now)
        case Tab.RETURNED | Tab.DECIDED:
            return replace(base, state=str(PlanState(tab)))
    return base


def _searched(base: queries.Wanted, said: str) -> queries.Wanted:
    if is_number(said):
        return replace(base, state=None, number=said)
    if len(said) < NAME_LETTERS_MIN:
        raise Refused("search_too_short", minimum=NAME_LETTERS_MIN)
    return replace(base, state=None, name_key=said)


def _risk_ends_at(calendar: WorkCalendar, now: datetime) -> datetime:
    """What is due before it has less than eight working hours left at ``now``."""
    return add_working_hours(calendar, first_working_instant(calendar, now), AT_RISK_HOURS)


def _third_day_due_at(calendar: WorkCalendar, now: datetime) -> datetime:
    """The deadline of the first plans whose third working day, the hard limit, is not over.

    A later start has a later deadline and limit: what is overdue was due at or after this instant,
    what is breached before, so that neither list reads the other's plans.
    """
    day = next(calendar.spans_from(day_of(now - _MOMENT)))[0]
    since = LIMIT_DAYS - 1
    while since:
        day -= _ONE_DAY
        since -= calendar.is_working_day(day)
    return deadline(datetime.combine(day, time(), TEHRAN), calendar).due_at


def _capped(session: Session, wanted: queries.Wanted) -> tuple[int, bool]:
    fitting, seen = session.execute(queries.plan_total(wanted)).one()
    return min(fitting, queries.TOTAL_MAX), max(fitting, seen) > queries.TOTAL_MAX


def _has_more_people(session: Session, wanted: queries.Wanted) -> bool:
    """Whether a name fits more people than are looked at: there may be more plans, too."""
    if wanted.name_key is None:
        return False
    found = people_named(wanted.name_key, limit=queries.PEOPLE_MAX + 1).subquery()
    count = session.scalar(select(func.count()).select_from(found)) or 0
    return count > queries.PEOPLE_MAX


def _boundary(key: str | None) -> queries.Boundary | None:
    if key is None:
        return None
    due, _separator, plan_id = key.rpartition("~")
    try:
        return queries.Boundary(due_at=datetime.fromisoformat(due), plan_id=int(plan_id))
    except ValueError:
        raise Refused("page_unknown") from None


def _titles() -> list[str]:
    return [
        _("Treatment plan"),
        _("State"),
        _("Round"),
        _("Submitted"),
        _("Due"),
        _("Working hours left"),
        _("Insured person"),
        _("National code"),
        _("Centre"),
        _("Insurer"),
        _("Planned services"),
        _("Requested (rial)"),
        _("Missing documents"),
        _("Votes"),
    ]


def _export_row(plan: ListedPlan) -> list[str | int | None]:
    return [
        plan.number,
        state_word(plan.state),
        plan.round,
        format_instant(plan.submitted_at),
        format_instant(plan.due_at),
        hours_text(plan.left_hours) if plan.state == PlanState.SUBMITTED else None,
        plan.person_name,
        plan.masked_national_code,
        plan.centre_name,
        plan.insurer_name,
        planned_text(plan.units),
        plan.amount_rial,
        listed_items(item.name for item in plan.pack.missing),
        plan.votes,
    ]
