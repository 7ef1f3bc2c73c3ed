"""Reception: record the physical receipt of a batch; chase what was sent and never came."""

from datetime import date
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _, counted
from workbench.persian.digits import to_ascii
from workbench.persian.jalali import TEHRAN, parse_day
from workbench.services.batches import receipt
from workbench.services.batches.receipt import OVERDUE_DAYS, BatchNotReceived
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import (
    Column,
    Row,
    code_cell,
    link_cell,
    number_cell,
    pill_cell,
    table,
    text_cell,
)
from workbench.ui.format import day, days_word, digits, instant
from workbench.ui.page import Context, context, doing, tell
from workbench.ui.page import reading as read

NUMBER, DAY, ONLY_LATE = "receipt.number", "receipt.day", "receipt.only_late"


def receipt_page() -> None:
    """A number, a day, one button; below it the batches that are still on their way."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Physical receipt"))}</h1></div></div>')
    with (
        st.form("receipt", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("Acceptance number"), key=NUMBER, width=200)
        st.text_input(
            _("Day of receipt, if not today"),
            key=DAY,
            width=220,
            placeholder=day(asking.now.astimezone(TEHRAN).date()),
        )
        st.form_submit_button(
                _("Record the receipt"), key="b_receive", type="primary",
                on_click=_receive, args=(asking,),
            )  # fmt: skip
    only_late = st.toggle(
        _("Only those sent more than {n} days ago").format(n=digits(OVERDUE_DAYS)), key=ONLY_LATE
    )
    days = OVERDUE_DAYS if only_late else 0
    waiting = read(
        lambda s: receipt.batches_not_received(
            s, asking.actor, now=asking.now, older_than_days=days
        )
    )
    title, count = escape(_("Sent, not received")), escape(digits(len(waiting)))
    st.html(f'<div class="az"><h2>{title} <span class="mut">{count}</span></h2></div>')
    table(
        "receipt_rows",
        columns=_columns(),
        rows=[_row(row) for row in waiting],
        on_open=_fill,
        words={
            "empty": _("Every batch that was sent has been received."),
            "hint": _("New ones come in by the page “Incoming”."),
        },
    )
    page_agent("agent", {}, lambda: None)


def _fill(number: str) -> None:
    st.session_state[NUMBER] = digits(number)


def _receive(asking: Context) -> None:
    number = to_ascii(st.session_state[NUMBER]).strip()
    if not number:
        tell("refused", _("Type the acceptance number first."))
        return
    try:
        received_on = _day(st.session_state[DAY])
    except ValueError:
        tell("refused", _("The day is written like 1404/09/01."))
        return
    done = doing(
        lambda s: receipt.receive_batch(
            s, asking.actor, number, now=clock.now(), received_on=received_on
        )
    )
    if done is not None:
        count = done.claim_count
        said = counted(
            count,
            _("Batch {number} was received: {n} case accepted, to be decided by {due_at}."),
            _("Batch {number} was received: {n} cases accepted, to be decided by {due_at}."),
        )
        due_at = instant(done.first_due_at)
        tell("done", said.format(number=digits(number), n=digits(count), due_at=due_at))
        st.session_state[NUMBER] = st.session_state[DAY] = ""


def _day(text: str) -> date | None:
    return parse_day(text) if text.strip() else None


def _columns() -> list[Column]:
    return [
        {"id": "number", "title": _("Acceptance number")},
        {"id": "insurer", "title": _("Insurer")},
        {"id": "centre", "title": _("Centre")},
        {"id": "phone", "title": _("Telephone")},
        {"id": "sent", "title": _("Sent by the centre")},
        {"id": "days", "title": _("On its way")},
        {"id": "cases", "title": _("Cases"), "numeric": True},
    ]


def _row(row: BatchNotReceived) -> Row:
    """A batch on its way; opening it puts its number into the field."""
    days = days_word(row.days)
    return {
        "id": row.acceptance_number,
        "cells": [
            link_cell(digits(row.acceptance_number)),
            text_cell(row.insurer),
            text_cell(row.centre),
            code_cell(digits(row.phone) or "–", muted=True),
            code_cell(instant(row.sent_at)),
            pill_cell("late", days) if row.days >= OVERDUE_DAYS else text_cell(days),
            number_cell(digits(row.claim_count)),
        ],
    }
