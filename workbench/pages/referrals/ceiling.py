"""One ceiling account as of any day: bar, year, shares, ledger with every cause (mock-up 10)."""

from datetime import datetime

import streamlit as st

from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.referrals import ceiling_panels as panels
from workbench.persian.jalali import day_of
from workbench.services.ceiling.export import ceiling_xlsx
from workbench.services.ceiling.view import CeilingView, end_of, read_ceiling
from workbench.ui import navigate
from workbench.ui.address import asked_ids
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.downloads import XLSX, download
from workbench.ui.format import day, digits, instant
from workbench.ui.jalali_input import jalali_input
from workbench.ui.page import Context, context, show_refusal
from workbench.ui.page import reading as read
from workbench.ui.paging import first_and_next

AS_OF, GROUP, AFTER, SHOWN = "ceiling_as_of", "ceiling_group", "ceiling.after", "ceiling.shown"


def ceiling_page() -> None:
    """One account (address ``?insurer=…&account=…``)."""
    asking = context()
    key = asked_ids("ceiling", "insurer", "account")
    if key is None:
        show_refusal(Refused("unknown_account"))
        return
    _begin(key)
    top = st.container(horizontal=True, vertical_alignment="bottom")
    with top:
        title = st.container(width="stretch")
        with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
            as_of = _as_of()
    group = st.session_state.get(GROUP) or "all"
    after = st.session_state.get(AFTER)
    view = read(
        lambda s: read_ceiling(
            s, asking.actor, *key, now=asking.now, as_of=as_of, group=group, after_key=after
        )
    )
    title.html(panels.head(view))
    with top:
        _export(asking, view, as_of, group)
    if as_of is not None:
        st.caption(_as_of_words(view, as_of))
    st.html(panels.overview(view))
    _filters(view)
    open_rows("ceiling_ledger", panels.ledger(view), lambda target: _open(view, target))
    first_and_next("ceiling", after, view.next_key, _turn)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _begin(key: tuple[int, ...]) -> None:
    """Another account begins with today, all entries and the first page."""
    shown = f"{key[0]}-{key[1]}"
    if st.session_state.get(SHOWN) != shown:
        st.session_state[SHOWN] = shown
        for name in (AS_OF, GROUP, AFTER):
            st.session_state.pop(name, None)


def _as_of() -> datetime | None:
    """The end of the chosen day; None: now."""
    on = jalali_input(_("As of the day"), AS_OF)
    st.button(_("Today"), key="ceiling_today", on_click=_today)
    return None if on is None else end_of(on)


def _as_of_words(view: CeilingView, as_of: datetime) -> str:
    """What the chosen day means for what is shown."""
    if day_of(as_of) < view.contract_start_on:
        said = _("The contract began on {on}; before that day there was no ceiling.")
        return said.format(on=day(view.contract_start_on))
    if view.is_present:
        return _("This day is not over yet: shown is how it stands now.")
    said = _("As it was at the end of {at}; nothing later is counted.")
    return said.format(at=instant(view.as_of))


def _today() -> None:
    st.session_state[AS_OF] = ""
    _turn(None)


def _turn(key: str | None) -> None:
    st.session_state[AFTER] = key


def _filters(view: CeilingView) -> None:
    names = {
        "all": _("All"),
        "reserve": _("Reserves"),
        "release": _("Releases"),
        "use": _("Uses"),
        "other": _("Others"),
    }
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="az"><div class="row"><h2>{_("Ledger of the ceiling")}</h2>'
            f'<span class="mut s12">{_("newest first; every entry has a cause; rials")}</span>'
            "</div></div>"
        )
        st.segmented_control(
            _("Kind of entry"),
            list(names),
            format_func=lambda name: f"{names[name]} {digits(view.counts[name])}",
            default="all",
            required=True,
            key=GROUP,
            label_visibility="collapsed",
            on_change=_turn,
            args=(None,),
        )


def _export(asking: Context, view: CeilingView, as_of: datetime | None, group: str) -> None:
    """The bytes are made when the button is pressed; each time leaves an audit event."""
    download(
        asking,
        "XLSX",
        lambda session, actor, *, now: ceiling_xlsx(
            session, actor, view.insurer_id, view.account_id, now=now, as_of=as_of, group=group
        ),
        file_name=f"ceiling-{view.account_id}.xlsx",
        mime=XLSX,
        key="ceiling_xlsx",
        icon=":material/download:",
    )


def _open(view: CeilingView, target: str) -> None:
    kind, _colon, number = target.partition(":")
    if kind == "letter":
        navigate.go("letter", insurer=str(view.insurer_id), letter=number)
    elif kind == "batch":
        navigate.go("batch", batch=number)
    else:
        navigate.open_case(number)
