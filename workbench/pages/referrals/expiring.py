"""Letters about to expire (mock-up 09): strip of 60 days, table, reserve at stake, contacts."""

from datetime import date
from functools import partial

import streamlit as st

from workbench.i18n import _
from workbench.pages.referrals import contact_panel, expiring_filters, expiring_panels
from workbench.pages.referrals.contact_panel import BULK, FOCUS, MARKED, MESSAGE
from workbench.pages.referrals.expiring_filters import DAY, NAME, chosen_filter
from workbench.services.access import may
from workbench.services.referrals.contacts import LETTERS_MAX
from workbench.services.referrals.lists import (
    ExpiringFilter,
    LetterPage,
    letter_key,
    read_expiring,
)
from workbench.services.referrals.sums import (
    count_contacts,
    export_expiring,
    read_stake,
    read_strip,
)
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.downloads import XLSX, download
from workbench.ui.format import day, days_word
from workbench.ui.page import Context, context, reading, tell
from workbench.ui.paging import pager, place_in, turn

REFRESH_SECONDS = 30
SUMS_SECONDS = 300  # sums over weeks change slowly and cost more than a page
WHOLE = "referrals.whole"
PAGE_KEYS = "referrals.page_keys"
KEYS = {"Ctrl+Enter": "b_contact", "Ctrl+K": "top_search"}


def expiring_page() -> None:
    """The page of who may read letters; contacts are noted by who may contact."""
    asking = context()
    with st.container(key="rx_form", horizontal=True, vertical_alignment="center"):
        st.html(_title(), width="stretch")
        expiring_filters.draw_filters(asking)
        _export(asking)
    _strip()
    with st.container(key="rx_cols", horizontal=True):
        with st.container(key="rx_main"):
            _table()
        with st.container(key="rx_side"):
            _stake()
            contact_panel.draw_contact(asking, _focus())
            _results()
    page_agent("agent", {"keys": KEYS, "drafts": contact_panel.draft_keys(_focus())}, lambda: None)
    contact_panel.draw_message(asking)


def _title() -> str:
    note = _("two months from issue, without a service; valid until the end of the day")
    return (
        f'<div class="az"><div class="ph"><h1>{_("Letters about to expire")}</h1>'
        f'<span class="mut s13 lg-only">{note}</span></div></div>'
    )


def _timed() -> tuple[Context, ExpiringFilter]:
    """What a part that refreshes itself begins with: its timer keeps no session alive."""
    if navigate.is_asked() or st.session_state.pop(WHOLE, False):
        st.rerun()
    return context(is_activity=False), chosen_filter()


@st.fragment(run_every=SUMS_SECONDS)
def _strip() -> None:
    asking, chosen = _timed()
    days = reading(lambda s: read_strip(s, asking.actor, chosen, now=asking.now))
    open_rows(
        "rx_strip",
        expiring_panels.strip(days, chosen.day_on, chosen.within_days),
        _choose_day,
    )


def _choose_day(value: str) -> None:
    """A day filters the table; the same one again, or "all", takes the filter away."""
    former = st.session_state.get(DAY)
    expiring_filters.first_page()
    st.session_state[DAY] = (
        None if value in ("all", former) else date.fromisoformat(value).isoformat()
    )
    st.session_state[WHOLE] = True


@st.fragment(run_every=REFRESH_SECONDS)
def _table() -> None:
    asking, chosen = _timed()
    page = reading(
        lambda s: read_expiring(
            s,
            asking.actor,
            chosen,
            now=asking.now,
            **place_in(NAME),
        )
    )
    st.session_state[PAGE_KEYS] = [letter.key for letter in page.rows]
    may_mark = may(asking.actor, "referral.contact")
    marked = frozenset(st.session_state.get(MARKED, ()))
    with st.container(key="rx_table"):
        with st.container(key="rx_tools", horizontal=True, vertical_alignment="center"):
            total = page.total_text if page.is_total_capped else page.total
            st.html(expiring_panels.table_head(total, len(marked), asking.now), width="stretch")
            if may_mark:
                _tools(bool(marked))
        html = expiring_panels.rows(
            page,
            focus=_focus(),
            marked=marked,
            within_days=chosen.within_days,
            may_mark=may_mark,
        )
        open_rows("rx_rows", html, _on_row)
        _foot(page)


def _tools(has_marked: bool) -> None:
    """What is done with the marked letters."""
    if not has_marked:
        st.button(_("Mark this page"), key="rx_mark_all", on_click=_mark_page)
        return
    st.button(_("Take the marks away"), key="rx_unmark", type="tertiary", on_click=_unmark)
    st.button(_("Copy the messages"), key="rx_messages", on_click=_ask_messages)
    st.button(_("Note a result for the marked"), key="rx_bulk", on_click=_ask_bulk)


def _mark_page() -> None:
    st.session_state[MARKED] = list(st.session_state.get(PAGE_KEYS, ()))
    st.session_state[WHOLE] = True


def _unmark() -> None:
    st.session_state[MARKED], st.session_state[BULK] = [], False
    st.session_state[WHOLE] = True


def _ask_messages() -> None:
    st.session_state[MESSAGE] = list(st.session_state.get(MARKED, ()))
    st.session_state[WHOLE] = True


def _ask_bulk() -> None:
    st.session_state[BULK] = True
    st.session_state[WHOLE] = True


def _on_row(value: str) -> None:
    """A row was chosen, its mark set or taken away, or its letter asked for."""
    what, _colon, key = value.partition(":")
    if what == "go":
        insurer_id, referral_id = letter_key(key)
        navigate.go("letter", insurer=str(insurer_id), letter=str(referral_id))
    elif what == "mark":
        _mark(key)
    else:
        st.session_state[FOCUS], st.session_state[BULK] = key, False
    st.session_state[WHOLE] = True


def _mark(key: str) -> None:
    marked = list(st.session_state.get(MARKED, ()))
    if key in marked:
        marked.remove(key)
    elif len(marked) >= LETTERS_MAX:
        tell(
            "refused",
            _("Mark between one and {maximum} letters first.").format(maximum=LETTERS_MAX),
        )
    else:
        marked.append(key)
    st.session_state[MARKED] = marked
    st.session_state[BULK] = st.session_state.get(BULK, False) and bool(marked)


def _focus() -> str | None:
    """The letter to call about: the chosen one, at first the most urgent one."""
    keys = st.session_state.get(PAGE_KEYS, ())
    return st.session_state.get(FOCUS) or (keys[0] if keys else None)


def _foot(page: LetterPage) -> None:
    if page.next_key is None and page.previous_key is None:
        return
    with st.container(key="rx_foot", horizontal=True, horizontal_alignment="right"):
        pager("rx", page, partial(_turn, page))


def _turn(page: LetterPage, to: str) -> None:
    turn(NAME, page, to)
    st.session_state[WHOLE] = True


@st.fragment(run_every=SUMS_SECONDS)
def _stake() -> None:
    asking, chosen = _timed()
    stake = reading(lambda s: read_stake(s, asking.actor, chosen, now=asking.now))
    when = (
        day(chosen.day_on)
        if chosen.day_on
        else _("within {days}").format(days=days_word(chosen.within_days))
    )
    with st.container(key="rx_stake"):
        st.html(f'<div class="az"><h2>{_("Reserve at stake")}</h2></div>')
        names = {"contract": _("By contract"), "centre": _("By centre")}
        by = st.segmented_control(
            _("Reserve at stake"),
            list(names),
            default="contract",
            required=True,
            format_func=lambda name: names[name],
            key="rx_stake_by",
            label_visibility="collapsed",
        )
        shares = stake.centres if by == "centre" else stake.contracts
        st.html(expiring_panels.stake(shares, stake.reserve_rial, when))


@st.fragment(run_every=REFRESH_SECONDS)
def _results() -> None:
    asking, chosen = _timed()
    counts = reading(lambda s: count_contacts(s, asking.actor, chosen, now=asking.now))
    with st.container(key="rx_results"):
        st.html(expiring_panels.results(counts))


def _export(asking: Context) -> None:
    """The list as a file; made, and written to the trail, when the button is pressed."""
    chosen = chosen_filter()
    download(
        asking,
        _("Export XLSX"),
        lambda session, actor, *, now: export_expiring(session, actor, chosen, now=now),
        file_name="referrals.xlsx",
        mime=XLSX,
        key="rx_export",
        icon=":material/download:",
    )
