"""The fields of a change of the calendar; what is asked for is kept as strings."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from workbench.i18n import _
from workbench.pages.admin.calendar_words import named_day, weekday_word
from workbench.services.calendar.changes import (
    TITLE_MAX,
    Change,
    CloseDay,
    NewWeek,
    WithdrawCorrection,
    WorkDay,
)
from workbench.services.calendar.view import CalendarView, CorrectionView
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import tell

ASKED = "calendar.asked"
KIND, DAY, TITLE, CORRECTION, WEEKDAYS = (
    "calendar_kind",
    "calendar_day",
    "calendar_title",
    "calendar_correction",
    "calendar_weekdays",
)
CLOSE, WORK, WITHDRAW, WEEK = "close", "work", "withdraw", "week"


def change_form(view: CalendarView, *, is_asked: bool) -> None:
    """What to change; ``is_asked``: another change is on the table, its button comes first."""
    kind = st.selectbox(
        _("What changes"), list(_kinds()), key=KIND, format_func=_kinds().__getitem__
    )
    st.caption(_hint(kind))
    is_ready = True
    if kind == WITHDRAW:
        is_ready = _correction_field(view.corrections)
    else:
        jalali_input(_("From day") if kind == WEEK else _("Day"), DAY)
    if kind == WEEK:
        _weekdays_field(view)
    elif kind != WITHDRAW:
        st.text_input(_("Why, or by whose order"), key=TITLE, max_chars=TITLE_MAX)
    st.button(
        _("Show what it moves"),
        key="calendar_ask",
        type="secondary" if is_asked else "primary",
        on_click=_ask,
        disabled=not is_ready,
    )


def _kinds() -> dict[str, str]:
    return {
        CLOSE: _("Close a day"),
        WORK: _("Work on a holiday"),
        WITHDRAW: _("Withdraw a correction"),
        WEEK: _("Another working week"),
    }


def _hint(kind: str) -> str:
    return {
        CLOSE: _("A closure that was declared, also at short notice or for a day that has passed."),
        WORK: _("A holiday or weekend day on which the desk works."),
        WITHDRAW: _("The day becomes what week and holidays say."),
        WEEK: _("It holds from that day until a week that begins later."),
    }[kind]


def _correction_field(corrections: tuple[CorrectionView, ...]) -> bool:
    """Which one; whether there is any."""
    names = {row.day.isoformat(): f"{named_day(row.day)} · {row.title}" for row in corrections}
    st.selectbox(
        _("Correction"),
        list(names),
        key=CORRECTION,
        format_func=names.__getitem__,
        placeholder=_("There is no correction."),
    )
    return bool(names)


def _weekdays_field(view: CalendarView) -> None:
    if WEEKDAYS not in st.session_state:
        st.session_state[WEEKDAYS] = sorted(view.weeks[0].off_days)
    st.multiselect(
        _("Days off"),
        list(range(7)),
        key=WEEKDAYS,
        format_func=weekday_word,
        placeholder=_("no day off"),
    )


def _ask() -> None:
    """Keep what the fields say at this moment."""
    state = st.session_state
    kind = state[KIND]
    on = state.get(CORRECTION) if kind == WITHDRAW else typed_day(DAY)
    if on is None:
        tell("refused", not_a_day())
        return
    state[ASKED] = {
        "kind": kind,
        "day": on.isoformat() if isinstance(on, date) else on,
        "title": state.get(TITLE, ""),
        "weekdays": ",".join(map(str, state.get(WEEKDAYS, []))),
    }


def asked_change() -> Change | None:
    """The change on the table."""
    asked = st.session_state.get(ASKED)
    return None if asked is None else _change(asked)


def _change(asked: Mapping[str, str]) -> Change:
    day = date.fromisoformat(asked["day"])
    if asked["kind"] == WEEK:
        weekdays = asked["weekdays"].split(",")
        return NewWeek(valid_from=day, off_days=frozenset(int(n) for n in weekdays if n))
    if asked["kind"] == WITHDRAW:
        return WithdrawCorrection(day=day)
    make = CloseDay if asked["kind"] == CLOSE else WorkDay
    return make(day=day, title=asked["title"])


def forget_change(*, is_made: bool = False) -> None:
    """Take the change off the table; one that is made leaves empty fields."""
    st.session_state.pop(ASKED, None)
    if is_made:
        st.session_state[DAY] = st.session_state[TITLE] = ""
        for key in (WEEKDAYS, CORRECTION):
            st.session_state.pop(key, None)
