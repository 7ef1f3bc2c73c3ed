"""A change of the calendar on the table: what it moves, to be saved or discarded."""

from datetime import datetime
from html import escape

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, counted
from workbench.pages.admin.calendar_forms import asked_change, forget_change
from workbench.pages.admin.calendar_words import change_words
from workbench.persian.jalali import day_of
from workbench.services.calendar.changes import (
    Change,
    Moves,
    NewWeek,
    day_of_change,
    make_change,
    preview_change,
)
from workbench.services.calendar.deadlines import PLAN, MovedDeadline
from workbench.services.calendar.view import CalendarView
from workbench.services.errors import sentence
from workbench.services.runtime import database
from workbench.ui.case_panels import refusal
from workbench.ui.format import day, digits, instant, ltr, pill, span
from workbench.ui.page import Context, doing, tell


def change_preview(asking: Context, view: CalendarView, change: Change) -> None:
    """What the change moves, with the buttons to save or discard it; or why it cannot be."""
    with st.container(border=True, key="calendar_preview"):
        try:
            with database().reading() as session:
                moves = preview_change(session, asking.actor, change, now=asking.now)
        except Refused as refused:
            st.html(refusal(sentence(refused)))
            st.button(_("Discard"), key="calendar_discard", on_click=forget_change)
            return
        st.html(_told(view, change, moves, asking.now))
        with st.container(horizontal=True):
            st.button(
                _save_word(moves),
                key="calendar_save",
                type="primary",
                on_click=_save,
                args=(asking, moves.seen),
            )
            st.button(_("Discard"), key="calendar_discard", on_click=forget_change)


def _save_word(moves: Moves) -> str:
    if not moves.count:
        return _("Save; no deadline moves")
    return counted(
        moves.count, _("Save and move {n} deadline"), _("Save and move {n} deadlines")
    ).format(n=digits(moves.count))


def _save(asking: Context, seen: str) -> None:
    """Once: a second click finds nothing on the table."""
    change = asked_change()
    if change is None:
        return
    moves = doing(lambda s: make_change(s, asking.actor, change, seen=seen, now=clock.now()))
    if moves is not None:
        forget_change(is_made=True)
        said = _("The calendar is changed; deadlines moved: {n}.")
        tell("done", said.format(n=digits(moves.count)))


def _told(view: CalendarView, change: Change, moves: Moves, now: datetime) -> str:
    notes = "".join(
        f'<div class="warn-note">{escape(note)}</div>' for note in _notes(view, change, now)
    )
    return (
        f'<div class="az" style="display:grid;gap:10px"><h2>{escape(change_words(change))}</h2>'
        f'{notes}<div class="row wrap s13">{_counts(moves)}</div>{_table(moves, now)}</div>'
    )


def _notes(view: CalendarView, change: Change, now: datetime) -> list[str]:
    """What is easily overlooked."""
    notes = []
    if day_of_change(change) < day_of(now):
        notes.append(
            _(
                "This day has passed. Deadlines that are still open move all the same; what was "
                "decided keeps its deadline."
            )
        )
    if isinstance(change, NewWeek):
        later = [week.valid_from for week in view.weeks if week.valid_from > change.valid_from]
        if later:
            said = _("This week holds until {day}; then a week that was set before takes over.")
            notes.append(said.format(day=day(min(later))))
    return notes


def _counts(moves: Moves) -> str:
    if not moves.count:
        return escape(_("No open deadline moves."))
    said = [
        _("Treatment plans: {n}").format(n=digits(moves.plan_count)),
        _("Cases: {n}").format(n=digits(moves.claim_count)),
    ]
    html = "".join(f'<span class="bdg waiting">{escape(word)}</span>' for word in said)
    if moves.overdue_count:
        html += pill("late", _("{n} become overdue").format(n=digits(moves.overdue_count)))
    if moves.relieved_count:
        word = _("{n} are overdue no more").format(n=digits(moves.relieved_count))
        html += pill("approved", word)
    return html


def _table(moves: Moves, now: datetime) -> str:
    if not moves.listed:
        return ""
    heads = (
        *(_("Kind"), _("Number"), _("Due now"), _("Due then")),
        *(_("Limit now"), _("Limit then"), _("Effect")),
    )
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heads)
    rows = "".join(_row(moved, now) for moved in moves.listed)
    more = moves.count - len(moves.listed)
    rest = (
        f'<p class="s12 mut">{escape(_("{n} more are not listed.").format(n=digits(more)))}</p>'
        if more
        else ""
    )
    return (
        f'<div class="scroll panel" style="max-height:300px"><table class="c"><thead><tr>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>{rest}"
    )


def _row(moved: MovedDeadline, now: datetime) -> str:
    kind = _("Treatment plan") if moved.kind == PLAN else _("Case")
    cells = (
        escape(kind),
        ltr(moved.number),
        *(_moment(at) for at in (moved.former_due_at, moved.due_at)),
        *(_moment(at) for at in (moved.former_limit_at, moved.limit_at)),
        _effect(moved, now),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _moment(at: datetime | None) -> str:
    return f'<bdi dir="ltr">{escape(instant(at))}</bdi>'


def _effect(moved: MovedDeadline, now: datetime) -> str:
    if moved.becomes_overdue(now):
        return pill("late", _("becomes overdue"))
    if moved.is_overdue_no_more(now):
        return pill("approved", _("overdue no more"))
    change = moved.due_at - moved.former_due_at
    if not change:
        return escape(_("only its limit or warning moves"))
    said = _("{span} later") if change.total_seconds() > 0 else _("{span} earlier")
    return escape(said.format(span=span(change)))
