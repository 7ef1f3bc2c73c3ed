"""What if: a proposed change tried on the decisions of a period, and its publishing by another."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import what_if_panels as panels
from workbench.pages.manager.filters import draw_head, limits_note, wanted_by_address
from workbench.pages.manager.what_if_charts import lines_figure, money_figure
from workbench.pages.manager.what_if_publish import draw_change, draw_publishing
from workbench.rules.what_if import FlipKind
from workbench.services.catalogue.changes import Change, ChangeRow, list_changes, read_change
from workbench.services.catalogue.kept_trials import Kept, begin_trial, find_trial, was_tried
from workbench.services.catalogue.what_if import WhatIf
from workbench.services.catalogue.what_if_sheets import kind_name, what_if_sheets
from workbench.services.catalogue.what_if_sums import ROWS_MAX, FlipRow
from workbench.services.errors import sentence
from workbench.services.figures.throughput import Wanted
from workbench.services.runtime import database
from workbench.ui import charts, navigate
from workbench.ui.change_words import change_name
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import whole
from workbench.ui.page import Context, context, draw_told, reading

KIND, PAGE = "wi_kind", "wi_page"
ROWS_A_PAGE = 25
PROGRESS_SECONDS = 1.0


def what_if_page() -> None:
    """The page of managers and leads; which change stands in the address."""
    asking = context()
    changes = reading(lambda s: list_changes(s, asking.actor))
    change, wanted = _chosen(asking, changes), wanted_by_address(asking.now)
    kept = None if change is None else _find(asking, change, wanted)
    found = None if kept is None else kept.found
    sheets = (
        None if change is None or found is None else partial(what_if_sheets, change.reason, found)
    )
    draw_head(asking, "what-if", sheets)
    if change is None:
        _draw_nothing()
    else:
        _draw_choice(changes, change)
        _draw(asking, change, wanted, kept)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)
    draw_told()


def _chosen(asking: Context, changes: Sequence[ChangeRow]) -> Change | None:
    """The change of the address; without one the first of the list, where drafts are first."""
    ids = [each.id for each in changes]
    asked = st.query_params.get("change", "")
    chosen_id = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    if chosen_id not in ids:
        chosen_id = ids[0] if ids else None
    return None if chosen_id is None else reading(lambda s: read_change(s, asking.actor, chosen_id))


def _find(asking: Context, change: Change, wanted: Wanted) -> Kept | None:
    """What is or was computed of this change with this filter, also before a reload."""
    return reading(lambda s: find_trial(s, asking.actor, change, wanted))


def _draw_choice(changes: Sequence[ChangeRow], change: Change) -> None:
    known = {each.id: each for each in changes}
    st.session_state["wi_change"] = change.id
    st.selectbox(
        _("Change"),
        list(known),
        key="wi_change",
        format_func=lambda each: change_name(known[each]),
        on_change=_choose,
        label_visibility="collapsed",
    )


def _choose() -> None:
    st.query_params["change"] = str(st.session_state["wi_change"])


def _draw_nothing() -> None:
    said = _("No change is proposed. Propose one in the catalogues; then it can be tried here.")
    st.html(f'<div class="az panel mg-card"><p>{escape(said)}</p></div>')
    st.button(_("Catalogues"), key="wi_catalogues", on_click=navigate.go, args=("catalogues",))


def _draw(asking: Context, change: Change, wanted: Wanted, kept: Kept | None) -> None:
    has_result = kept is not None and kept.found is not None
    with st.container(key="wi_top", horizontal=True):
        with st.container(key="wi_change_card"):
            draw_change(asking, change)
            st.button(
                _("Compute"),
                key="wi_compute",
                type="secondary" if has_result else "primary",
                disabled=kept is not None and kept.is_under_way,
                on_click=_begin,
                args=(asking, change, wanted),
            )
        with st.container(key="wi_publish"):
            draw_publishing(asking, change, is_next=has_result)
    if kept is None:
        if was_tried(asking.actor, change):
            _say(_("The change, the rules or the filter is another one since: compute again."))
    elif kept.is_under_way:
        _draw_progress(kept)
    elif kept.refused is not None:
        _say(sentence(kept.refused))
    elif kept.found is not None:
        _draw_result(asking, kept.found, kept.as_of)


def _say(text: str) -> None:
    st.html(f'<div class="az panel mg-card"><p>{escape(text)}</p></div>')


def _begin(asking: Context, change: Change, wanted: Wanted) -> None:
    begin_trial(database(), asking.actor, change, wanted, now=clock.now())
    st.session_state.pop(KIND, None)
    st.session_state[PAGE] = 0


@st.fragment(run_every=PROGRESS_SECONDS)
def _draw_progress(kept: Kept) -> None:
    """A bar while it is computed behind the page; then the page is drawn anew."""
    if not kept.is_under_way:
        st.rerun()
    done, total = kept.done, kept.total
    said = _("{done} of {total} cases").format(done=whole(done), total=whole(total))
    st.progress(done / total if total else 0.0, said if total else _("Computing…"))


def _draw_result(asking: Context, found: WhatIf, as_of: datetime) -> None:
    st.html(panels.tiles(found))
    if found.sums.cases or found.sums.unreadable:
        st.html(panels.proof(found, as_of))
    if not found.flips and not found.difference_rial:
        st.html(panels.nothing_flips(found, as_of))
        return
    limits = limits_note(asking.now)
    with st.container(key="wi_charts", horizontal=True):
        if found.flips:
            with st.container(key="wi_lines"):
                st.html(panels.card_head(_("Which lines"), panels.lines_note(found)))
                charts.draw(lines_figure(found), "wi_lines_chart", name=_("Which lines") + limits)
        with st.container(key="wi_money"):
            st.html(panels.card_head(_("Change of payment"), _("million rials")))
            name = _("Change of payment") + limits
            charts.draw(money_figure(found), "wi_money_chart", name=name)
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
            _("Assessed lines"),
            kinds,
            key=KIND,
            format_func=lambda kind: f"{kind_name(kind)} {whole(found.sums.by_kind[kind])}",
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
    is_cut = max(Counter(row.kind for row in rows).values(), default=0) == ROWS_MAX
    said = _("{first} to {last} of the {n} largest") if is_cut else _("{first} to {last} of {n}")
    said = said.format(first=whole(start + 1), last=whole(start + len(shown)), n=whole(len(rows)))
    st.space("stretch")
    st.html(f'<div class="az mut s13">{escape(said)}</div>')
    st.button(_("Back"), key="wi_back", disabled=page == 0, on_click=_turn, args=(page - 1,))
    st.button(_("Next"), key="wi_next", disabled=page == last, on_click=_turn, args=(page + 1,))
    return shown


def _turn(page: int) -> None:
    st.session_state[PAGE] = page
