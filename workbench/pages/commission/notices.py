"""«پیام‌ها به مراکز»: what was sent to centres, what waits, and what a person has to send again."""

from functools import partial
from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _, counted
from workbench.services.notices.notices import (
    ListedNotice,
    NoticeFilter,
    NoticePage,
    NoticePlace,
    export_notices,
    may_retry,
    read_notice,
    read_notices,
    retry_notice,
)
from workbench.services.notices.words import (
    STATE_NAMES,
    channel_name,
    event_name,
    state_name,
)
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import (
    Column,
    Row,
    Tone,
    code_cell,
    link_cell,
    number_cell,
    pill_cell,
    table,
    text_cell,
)
from workbench.ui.downloads import XLSX, download
from workbench.ui.format import digits, instant, ltr, pill
from workbench.ui.page import Context, context, doing, reading, take_refusals
from workbench.ui.paging import first_page, pager, place_in, turn

NAME, OPENED, DONE = "notices", "notices.opened", "notices.done"
FIELDS = ("notices_state", "notices_plan")
TONES: dict[str, Tone] = {
    "waiting": "waiting",
    "sending": "review",
    "sent": "approved",
    "failed": "late",
}


def notices_page() -> None:
    """The page of who may read the notices."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        title = f'<div class="az"><div class="ph"><h1>{_("Notices to centres")}</h1></div></div>'
        st.html(title, width="stretch")
        _failed(asking)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _filters()
        with st.container(horizontal=True, horizontal_alignment="right"):
            _export(asking, chosen)
    page = reading(lambda s: read_notices(s, asking.actor, chosen, **place_in(NAME)))
    table(
        "notices_rows",
        columns=_columns(),
        rows=[_row(notice) for notice in page.rows],
        on_open=_open,
        on_page=partial(turn, NAME, page),
        dense=True,
        words={
            "label": _("Notices to centres"),
            "empty": _("No message fits these filters"),
            "hint": _("A message is written when a plan is decided or returned."),
        },
    )
    _foot(page)
    _dialog(asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _failed(asking: Context) -> None:
    """How many need a person; one press shows them."""
    failed = NoticeFilter(state="failed")
    page = reading(lambda s: read_notices(s, asking.actor, failed, size=1))
    if page.total:
        many = page.total_text if page.is_total_capped else page.total
        words = counted(page.total, _("{n} message was not sent"), _("{n} messages were not sent"))
        label = words.format(n=digits(many))
        st.button(label, key="notices_failed", icon=":material/warning:", on_click=_show_failed)


def _show_failed() -> None:
    st.session_state["notices_plan"] = st.session_state["kept.notices_plan"] = ""
    st.session_state["notices_state"] = "failed"
    _keep("notices_state")


def _filters() -> NoticeFilter:
    """The fields; what stands in them is still there after a look at another page."""
    for key in FIELDS:
        if key not in st.session_state and f"kept.{key}" in st.session_state:
            st.session_state[key] = st.session_state[f"kept.{key}"]
    plan_number = st.text_input(
        _("Plan number"),
        key="notices_plan",
        on_change=_keep,
        args=("notices_plan",),
        width=200,
    )
    state = st.selectbox(
        _("State"),
        list(STATE_NAMES),
        index=None,
        format_func=lambda code: state_name(code) if code in STATE_NAMES else "",
        placeholder=_("All"),
        key="notices_state",
        on_change=_keep,
        args=("notices_state",),
        width=220,
    )
    return NoticeFilter(state=state, plan_number=plan_number)


def _keep(key: str) -> None:
    st.session_state[f"kept.{key}"] = st.session_state[key]
    first_page(NAME)


def _export(asking: Context, chosen: NoticeFilter) -> None:
    download(
        asking,
        _("Export XLSX"),
        lambda session, actor, *, now: export_notices(session, actor, chosen, now=now),
        file_name="notices.xlsx",
        mime=XLSX,
        key="notices_export",
        icon=":material/download:",
    )


def _columns() -> list[Column]:
    return [
        {"id": "plan", "title": _("Plan")},
        {"id": "at", "title": _("Time")},
        {"id": "state", "title": _("State")},
        {"id": "centre", "title": _("Centre")},
        {"id": "insurer", "title": _("Insurer"), "wide_only": True},
        {"id": "event", "title": _("Event")},
        {"id": "channel", "title": _("Channel")},
        {"id": "attempts", "title": _("Attempts"), "numeric": True},
        {"id": "remark", "title": _("Remark"), "wraps": True},
    ]


def _row(notice: ListedNotice) -> Row:
    return {
        "id": notice.key,
        "cells": [
            link_cell(digits(notice.plan_number)),
            code_cell(instant(notice.created_at)),
            pill_cell(TONES[notice.state], state_name(notice.state)),
            text_cell(notice.centre_name),
            text_cell(notice.insurer_name),
            text_cell(event_name(notice.event)),
            text_cell(channel_name(notice.channel)),
            number_cell(digits(notice.attempts), muted=notice.attempts == 0),
            text_cell(notice.problem or "–", muted=not notice.problem),
        ],
    }


def _open(key: str) -> None:
    st.session_state[OPENED] = key
    st.session_state.pop(DONE, None)


def _forget() -> None:
    st.session_state.pop(OPENED, None)


def _foot(page: NoticePage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        total = page.total_text if page.is_total_capped else page.total
        words = counted(page.total, _("{n} message, newest first"), _("{n} messages, newest first"))
        said = words.format(n=digits(total))
        st.html(f'<div class="az"><span class="mut s13">{said}</span></div>', width="stretch")
        pager(NAME, page, partial(turn, NAME, page))


def _dialog(asking: Context) -> None:
    """The message that was opened: its words, what came of it, and the retry of a failed one."""
    key = st.session_state.get(OPENED)
    if key is None:
        return
    insurer_id, _dash, notice_id = str(key).partition("-")
    place = NoticePlace(insurer_id=int(insurer_id), notice_id=int(notice_id))
    title = _("Message to the centre")
    st.dialog(title, on_dismiss=_forget)(lambda: _message(asking, place))()


def _message(asking: Context, place: NoticePlace) -> None:
    """The dialog closes once its message was given back to be sent; a refusal stays in it."""
    if st.session_state.pop(DONE, False):
        _forget()
        st.rerun()
    notice = reading(lambda s: read_notice(s, asking.actor, place))
    for text in take_refusals():
        st.html(_note("bad-note", text))
    st.html(_facts(notice))
    if notice.problem:
        st.html(_note("warn-note", notice.problem))
    st.code(notice.text, language=None, wrap_lines=True)
    if may_retry(asking.actor, notice):
        st.button(
            _("Send again"),
            key="notices_retry",
            type="primary",
            on_click=_retry,
            args=(asking, notice),
        )


def _retry(asking: Context, notice: ListedNotice) -> None:
    def work(session: Session) -> bool:
        retry_notice(session, asking.actor, notice.place, now=clock.now())
        return True

    if doing(work, done=_("The message will be sent again.")):
        st.session_state[DONE] = True


def _facts(notice: ListedNotice) -> str:
    shown = [
        (_("State"), pill(TONES[notice.state], state_name(notice.state))),
        (_("Plan"), ltr(notice.plan_number)),
        (_("Round"), ltr(notice.round)),
        (_("Centre"), escape(notice.centre_name)),
        (_("Event"), escape(event_name(notice.event))),
        (_("Channel"), escape(channel_name(notice.channel))),
        (_("Time"), ltr(instant(notice.created_at))),
    ]
    if notice.sent_at is not None:
        shown.append((_("Sent at"), ltr(instant(notice.sent_at))))
    elif notice.state == "waiting":
        shown.append((_("Next try"), ltr(instant(notice.next_try_at))))
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{text}</dd>" for name, text in shown)
    return f'<div class="az"><dl class="kv start">{rows}</dl></div>'


def _note(look: str, text: str) -> str:
    return f'<div class="az"><p class="{look}" role="status">{escape(text)}</p></div>'
