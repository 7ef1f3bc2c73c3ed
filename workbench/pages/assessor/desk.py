"""My desk (mock-up 02): the next case, what I hold, what came back, what I did today."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from workbench import clock
from workbench.i18n import _, language
from workbench.pages.assessor import desk_panels, desk_rows
from workbench.persian.jalali import day_name, day_of, month_name, parts
from workbench.services.claims.taking import take_next
from workbench.services.desk.desk import DeskView, read_desk
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import Row, table
from workbench.ui.format import day, digits
from workbench.ui.navigate import go, open_case
from workbench.ui.page import Context, context, doing, reading, tell

KEYS = {"Ctrl+Enter": "b_next", "Ctrl+K": "top_search"}


def desk_page() -> None:
    """The page of who takes cases."""
    asking = context()
    view = reading(lambda s: read_desk(s, asking.actor, now=asking.now))
    today = day_of(asking.now)
    st.html(desk_panels.head(_today(today)))
    with st.container(key="desk", horizontal=True, gap="small"):
        with st.container(key="desk_work"):
            _next(asking, view)
            st.html(desk_panels.tiles(view, asking.now))
            _lists(asking, view)
        with st.container(key="desk_side"):
            st.html(desk_panels.side(view))
    page_agent("agent", {"keys": KEYS}, lambda: None)


def _today(today: date) -> str:
    """The day in words in Persian («یک‌شنبه ۱ آذر ۱۴۰۵»), in digits in English."""
    name = day_name(today, language())
    if language() == "en":
        return f"{name} {day(today)}"
    year, month, number = parts(today)
    return f"{name} {digits(number)} {month_name(month)} {digits(year)}"


def _next(asking: Context, view: DeskView) -> None:
    with st.container(key="desk_next", horizontal=True, vertical_alignment="center"):
        st.html(desk_panels.next_case(view, asking.now), width="stretch")
        next_button()


def next_button() -> None:
    """The one primary button: hold the most urgent free case and open it."""
    st.button(
        _("Next case"), key="b_next", type="primary", shortcut="Ctrl+Enter", on_click=open_next
    )


def open_next() -> None:
    """Take the most urgent free case and go there; says so when none waits."""
    asking = context()
    known = len(st.session_state.get("flash", []))
    claim = doing(lambda s: take_next(s, asking.actor, now=clock.now()))
    if claim is not None:
        open_case(claim.number)
    elif len(st.session_state.get("flash", [])) == known:
        tell("done", _("No free case waits for you."))


def _lists(asking: Context, view: DeskView) -> None:
    held = [desk_rows.held_row(each, asking.now) for each in view.held]
    note = _("When your hold ends, the case goes back to the queue and your draft stays.")
    _list("desk_held", _("Held by me"), desk_rows.held_columns(), held, note)
    if view.parked:
        rows = [desk_rows.parked_row(each, asking.now) for each in view.parked]
        _list("desk_parked", _("Parked by me"), desk_rows.parked_columns(), rows)
    if view.came_back:
        rows = [desk_rows.back_row(each, asking.now) for each in view.came_back]
        _list("desk_back", _("Came back after remedy"), desk_rows.back_columns(), rows)
    if view.late_pairs:
        rows = [desk_rows.late_row(each) for each in view.late_pairs]
        note = _("Compared only after the decision: look at both, answer, or reopen the case.")
        title = _("Look-alikes found after the decision")
        _list("desk_late", title, desk_rows.late_columns(), rows, note, on_open=_open_late)
    if view.last_finished:
        rows = [desk_rows.finished_row(each, asking.now) for each in view.last_finished]
        _list("desk_done", _("Finished last"), desk_rows.finished_columns(), rows, dense=True)


def _open_late(row: str) -> None:
    """A row is of a case, or of a treatment plan."""
    kind, _colon, number = row.partition(":")
    if kind == desk_rows.PLAN:
        go("plan", n=number)
    else:
        open_case(number)


def _list(
    key: str,
    title: str,
    columns: list,
    rows: list[Row],
    note: str = "",
    *,
    dense: bool = False,
    on_open: Callable[[str], None] = open_case,
) -> None:
    with st.container(key=f"{key}_card", gap=None):
        st.html(desk_panels.card_head(title, len(rows), note))
        table(
            key,
            columns=columns,
            rows=rows,
            on_open=on_open,
            dense=dense,
            words={
                "label": title,
                "empty": _("You hold no case"),
                "hint": _("Press Ctrl+Enter: the most urgent free case comes to you."),
            },
        )
