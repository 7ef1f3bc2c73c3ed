"""The working calendar (administrator): a month, the week, corrections, and what a change moves."""

from html import escape

import streamlit as st

from workbench.i18n import _, language
from workbench.pages.admin.calendar_forms import asked_change, change_form
from workbench.pages.admin.calendar_month import month_grid
from workbench.pages.admin.calendar_preview import change_preview
from workbench.pages.admin.calendar_words import named_day, off_words
from workbench.persian.jalali import day_of, month_name, month_of
from workbench.services.calendar.view import (
    CalendarView,
    HistoryView,
    WeekView,
    read_calendar,
    supported_months,
)
from workbench.services.trail_words import action_name
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, instant
from workbench.ui.page import Context, context, reading

MONTH = "calendar.month"
LOOK = """<style>
.st-key-calendar_side, .st-key-calendar_preview { background: var(--panel); }
.st-key-calendar_preview { border-color: var(--accent); }
</style>"""


def calendar_page() -> None:
    """The page of the administrator."""
    asking = context()
    year, month = _month(asking)
    view = reading(lambda s: read_calendar(s, asking.actor, year, month))
    hint = _("The clock of plans and cases runs 24 hours on a working day and rests on any other.")
    st.html(
        f'{LOOK}<div class="az"><div class="ph"><h1>{escape(_("Working calendar"))}</h1>'
        f'<span class="mut s13">{escape(hint)}</span></div></div>'
    )
    change = asked_change()
    if change is not None:
        change_preview(asking, view, change)
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            _month_bar(asking, year, month)
            label = _month_title(year, month)
            st.html(month_grid(view.days, day_of(asking.now), label))
        with st.container(width=340):
            with st.container(border=True, key="calendar_side"):
                change_form(view, is_asked=change is not None)
            st.html(_weeks(view))
    st.html(_history(view))
    page_agent("agent", {"keys": {}}, lambda: None)


def _month(asking: Context) -> tuple[int, int]:
    """The month that is shown, at first the present one."""
    kept = st.session_state.get(MONTH)
    if kept is None:
        return month_of(day_of(asking.now))
    year, _dash, month = kept.partition("-")
    return int(year), int(month)


def _month_title(year: int, month: int) -> str:
    return f"{month_name(month, language())} {digits(year)}"


def _month_bar(asking: Context, year: int, month: int) -> None:
    first, last = supported_months()
    today = month_of(day_of(asking.now))
    steps = (
        ("calendar_before", _("Previous month"), _shifted(year, month, -1)),
        ("calendar_today", _("This month"), today),
        ("calendar_after", _("Next month"), _shifted(year, month, +1)),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        title = escape(_month_title(year, month))
        st.html(f'<div class="az"><h2 class="s16">{title}</h2></div>', width="stretch")
        for key, word, to in steps:
            is_possible = first <= to <= last and to != (year, month)
            st.button(word, key=key, on_click=_show, args=(to,), disabled=not is_possible)


def _shifted(year: int, month: int, months: int) -> tuple[int, int]:
    years, index = divmod(year * 12 + month - 1 + months, 12)
    return years, index + 1


def _show(to: tuple[int, int]) -> None:
    st.session_state[MONTH] = f"{to[0]}-{to[1]}"


def _weeks(view: CalendarView) -> str:
    rows = "".join(_week_row(week) for week in view.weeks)
    return (
        f'<div class="az card"><header><h2>{escape(_("Working weeks"))}</h2></header>'
        f'<table class="c"><thead><tr><th scope="col">{escape(_("In force"))}</th>'
        f'<th scope="col">{escape(_("Days off"))}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _week_row(week: WeekView) -> str:
    if week.until_on is None:
        said = _("from {day}").format(day=day(week.valid_from))
    else:
        said = _("{first} to {last}").format(first=day(week.valid_from), last=day(week.until_on))
    return (
        f'<tr><td class="wrap">{escape(said)}</td>'
        f'<td class="wrap">{escape(off_words(week.off_days))}</td></tr>'
    )


def _history(view: CalendarView) -> str:
    heads = (_("Recorded"), _("By"), _("Change"), _("Day"), _("Details"), _("Deadlines moved"))
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heads)
    rows = "".join(_history_row(row) for row in view.history)
    return (
        f'<div class="az card"><header><h2>{escape(_("Changes of the calendar"))}</h2></header>'
        f'<div class="scroll"><table class="c"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div>"
    )


def _history_row(row: HistoryView) -> str:
    is_week = row.action == "calendar.week"
    cells = (
        f'<bdi dir="ltr">{escape(instant(row.at))}</bdi>',
        escape(row.by or _("the system")),
        escape(action_name(row.action)),
        escape(named_day(row.on)),
        escape(off_words(row.off_days) if is_week else row.title),
        "–" if row.moved_count is None else digits(row.moved_count),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
