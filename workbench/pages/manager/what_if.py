"""What if: a proposed change tried on the decisions of a period, and its publishing by another."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.manager import what_if_panels as panels
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.pages.manager.what_if_charts import lines_figure, money_figure
from workbench.pages.manager.what_if_publish import draw_change, draw_publishing
from workbench.rules.what_if import FlipKind
from workbench.services.catalogue_changes import Change, list_changes, read_change
from workbench.services.runtime import database
from workbench.services.throughput import Wanted
from workbench.services.what_if import FlipRow, WhatIf, try_change
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits
from workbench.ui.page import Context, context, draw_told, reading, show_refusal

RESULT, KIND, PAGE = "what_if.result", "wi_kind", "wi_page"
ROWS_A_PAGE = 25
DRAFT = "draft"

Key = tuple[int, int, Wanted]
"""What a result is of: the change, its version, the filter."""


def what_if_page() -> None:
    """The page of managers and leads; which change stands in the address."""
    asking = context()
    draw_head(asking, "what-if")
    change = _chosen(asking)
    if change is None:
        st.html(_nothing())
    else:
        _draw(asking, change)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)
    draw_told()


def _chosen(asking: Context) -> Change | None:
    """The change of the address, or the newest draft; others may be chosen."""
    changes = {each.id: each for each in reading(lambda s: list_changes(s, asking.actor))}
    drafts = [each for each in changes.values() if each.state == DRAFT]
    asked = st.query_params.get("change", "")
    chosen_id = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    if chosen_id not in changes:
        chosen_id = drafts[0].id if drafts else None
    if chosen_id is None:
        return None
    st.session_state["wi_change"] = chosen_id
    st.selectbox(
        _("Change"),
        list(changes),
        key="wi_change",
        format_func=lambda each: f"{changes[each].reason} · {day(changes[each].from_on)}",
        on_change=_choose,
        label_visibility="collapsed",
    )
    return reading(lambda s: read_change(s, asking.actor, chosen_id))


def _choose() -> None:
    st.query_params["change"] = str(st.session_state["wi_change"])


def _nothing() -> str:
    said = _("No change is proposed. Propose one in the catalogues; then it can be tried here.")
    return f'<div class="az panel mg-card"><p>{escape(said)}</p></div>'


def _draw(asking: Context, change: Change) -> None:
    wanted = wanted_by_address(asking.now)
    with st.container(key="wi_top", horizontal=True):
        with st.container(key="wi_change_card"):
            draw_change(asking, change)
            if st.button(_("Compute"), key="wi_compute", type="primary"):
                _compute(asking, change, wanted)
        with st.container(key="wi_publish"):
            draw_publishing(asking, change)
    kept: tuple[Key, WhatIf] | None = st.session_state.get(RESULT)
    if kept is None or kept[0][0] != change.id:
        return
    if kept[0] != (change.id, change.version, wanted):
        said = _("The change or the filter is another one since: compute again.")
        st.html(f'<div class="az panel mg-card"><p>{escape(said)}</p></div>')
        return
    _draw_result(kept[1])


def _compute(asking: Context, change: Change, wanted: Wanted) -> None:
    """In processes of their own; the bar goes with them."""
    bar = st.progress(0.0, _("Computing…"))

    def progress(done: int, total: int) -> None:
        said = _("{done} of {total} cases").format(done=digits(done), total=digits(total))
        bar.progress(done / total if total else 1.0, said)

    try:
        found = try_change(
            database(),
            asking.actor,
            change.items,
            wanted,
            now=clock.now(),
            on_progress=progress,
        )
    except Refused as refused:
        show_refusal(refused)
    else:
        st.session_state[RESULT] = ((change.id, change.version, wanted), found)
        st.session_state.pop(KIND, None)
        st.session_state[PAGE] = 0
    bar.empty()


def _draw_result(found: WhatIf) -> None:
    st.html(panels.tiles(found))
    st.html(panels.proof(found))
    with st.container(key="wi_charts", horizontal=True):
        if found.flips:
            with st.container(key="wi_lines"):
                st.html(panels.card_head(_("Which lines"), panels.lines_note(found)))
                charts.draw(lines_figure(found), "wi_lines_chart")
        with st.container(key="wi_money"):
            st.html(panels.card_head(_("Change of payment"), _("million rials")))
            charts.draw(money_figure(found), "wi_money_chart")
        with st.container(key="wi_centres"):
            st.html(panels.card_head(_("Centres"), _("change of payment, rials")))
            st.html(panels.centres(found))
    if found.sums.rows:
        _draw_rows(found)


@st.fragment
def _draw_rows(found: WhatIf) -> None:
    if navigate.is_asked():
        st.rerun()
    kinds = [kind for kind in FlipKind if found.sums.by_kind[kind]]
    with st.container(key="wi_rows_head", horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            _("Lines"),
            kinds,
            key=KIND,
            format_func=lambda kind: f"{panels.kind_name(kind)} {digits(found.sums.by_kind[kind])}",
            label_visibility="collapsed",
            on_change=lambda: st.session_state.update({PAGE: 0}),
        )
        rows = [each for each in found.sums.rows if chosen in (None, each.kind)]
        shown = _page(rows)
    has_gaps = bool(found.sums.gaps_months)
    open_rows("wi_rows", panels.rows(shown, has_gaps=has_gaps), navigate.open_case)


def _page(rows: list[FlipRow]) -> list[FlipRow]:
    """The rows of the present page, with buttons to the others."""
    last = max(0, (len(rows) - 1) // ROWS_A_PAGE)
    page = min(st.session_state.get(PAGE, 0), last)
    start = page * ROWS_A_PAGE
    shown = rows[start : start + ROWS_A_PAGE]
    said = _("{first} to {last} of {n}").format(
        first=digits(start + 1), last=digits(start + len(shown)), n=digits(len(rows))
    )
    st.space("stretch")
    st.html(f'<div class="az mut s13">{escape(said)}</div>')
    st.button(_("Back"), key="wi_back", disabled=page == 0, on_click=_turn, args=(page - 1,))
    st.button(_("Next"), key="wi_next", disabled=page == last, on_click=_turn, args=(page + 1,))
    return shown


def _turn(page: int) -> None:
    st.session_state[PAGE] = page
