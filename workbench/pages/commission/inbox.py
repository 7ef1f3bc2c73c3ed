"""The commission's inbox (mock-up 07): plans by working time left, late ones as cards."""

from functools import partial

import streamlit as st

from workbench.i18n import _
from workbench.pages.commission import inbox_cells as cells
from workbench.pages.commission import inbox_panels as panels
from workbench.pages.commission.next_plan import go_to_next_plan
from workbench.services.access import may
from workbench.services.commission.inbox import Tab, count_inbox, export_inbox, read_inbox, tabs_of
from workbench.services.commission.listed import ListedPlan
from workbench.services.list_pages import ListPage
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import table
from workbench.ui.downloads import XLSX, download
from workbench.ui.page import Context, context, draw_told, reading
from workbench.ui.paging import first_page, pager, place_in, turn

NAME, TAB, TEXT = "commission", "commission_tab", "commission_text"
CHOSEN = "commission.tab"
REFRESH_SECONDS = 60
KEYS = {"Ctrl+Enter": "b_next", "Ctrl+K": TEXT}
CARDS_MAX = 6
RETURNED_MAX = 8


def inbox_page() -> None:
    """The page of who may read plans; ``?show=…`` opens one of its lists."""
    asking = context()
    _take_address()
    with st.container(key="cm_head", horizontal=True, vertical_alignment="center"):
        st.html(panels.title(), width="stretch")
        _search()
        for path, action, word in (
            ("board", "board.read", _("Promise board")),
            ("notices", "notice.read", _("Notices")),
        ):
            if may(asking.actor, action):
                st.button(word, key=f"cm_{path}", on_click=navigate.go, args=(path,))
        _export(asking)
        if may(asking.actor, "plan.vote"):
            st.button(
                _("Open the next one for me"),
                key="b_next",
                type="primary",
                shortcut="Ctrl+Enter",
                on_click=go_to_next_plan,
                args=(asking,),
            )
    _lists()
    page_agent("agent", {"keys": KEYS}, lambda: None)


def _take_address() -> None:
    """A link from another page names the list; it counts once."""
    asked = st.query_params.get("show")
    if asked in set(Tab):
        use_tab(asked)
        del st.query_params["show"]


def use_tab(tab: str) -> None:
    """Show another list, from its first page on, without a search."""
    st.session_state[CHOSEN], st.session_state[TEXT] = tab, ""
    first_page(NAME)


def _search() -> None:
    st.session_state.setdefault(TEXT, "")
    st.text_input(
        _("Plan, national code or name"),
        key=TEXT,
        placeholder=_("Plan, national code or three letters of a name"),
        label_visibility="collapsed",
        on_change=first_page,
        args=(NAME,),
        width=300,
    )


def _export(asking: Context) -> None:
    tab, text = _tab(), st.session_state[TEXT]
    download(
        asking,
        _("Export XLSX"),
        lambda session, actor, *, now: export_inbox(session, actor, tab, text=text, now=now),
        file_name="plans.xlsx",
        mime=XLSX,
        key="commission_export",
        icon=":material/download:",
    )


def _tab() -> Tab:
    return Tab(st.session_state.get(CHOSEN, Tab.OPEN))


@st.fragment(run_every=REFRESH_SECONDS)
def _lists() -> None:
    """Chips, the deadlines and the rows; they count down by themselves."""
    if navigate.is_asked():
        st.rerun()
    asking = context(is_activity=False)
    _chips(asking)
    text = str(st.session_state.get(TEXT, ""))
    page = reading(
        lambda s: read_inbox(s, asking.actor, _tab(), text=text, now=asking.now, **place_in(NAME))
    )
    if _tab() is Tab.OPEN and not text and page.previous_key is None:
        _first_page(asking, page)
    else:
        _table(page.rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(panels.count(page.total_text), width="stretch")
        pager(NAME, page, partial(turn, NAME, page))
    draw_told()


def _chips(asking: Context) -> None:
    counts = reading(lambda s: count_inbox(s, asking.actor, now=asking.now))
    st.session_state[TAB] = _tab()
    with st.container(key="cm_tabs"):
        st.pills(
            _("List"),
            list(tabs_of(asking.actor)),
            key=TAB,
            format_func=lambda tab: panels.chip(tab, counts.get(tab)),
            label_visibility="collapsed",
            on_change=lambda: use_tab(st.session_state[TAB] or Tab.OPEN),
        )


def _first_page(asking: Context, page: ListPage[ListedPlan]) -> None:
    """The deadlines on a line, what is late or at risk as cards, the rest, what stands still."""
    urgent = [row for row in page.rows if panels.is_urgent(row)][:CARDS_MAX]
    rest = [row for row in page.rows if row not in urgent]
    still = reading(
        lambda s: read_inbox(s, asking.actor, Tab.RETURNED, now=asking.now, size=RETURNED_MAX)
    )
    if page.rows:
        open_rows("cm_strip", panels.strip(page.rows), open_plan)
    if urgent:
        open_rows("cm_cards", panels.cards(urgent), open_plan)
    with st.container(key="cm_cols", horizontal=True):
        with st.container(key="cm_main"):
            _table(rest)
        if still.rows:
            with st.container(key="cm_side"):
                open_rows("cm_still", panels.still(still.rows, still.total_text), open_plan)


def _table(rows: tuple[ListedPlan, ...] | list[ListedPlan]) -> None:
    table(
        "cm_rows",
        columns=cells.columns(),
        rows=[cells.row(plan) for plan in rows],
        on_open=open_plan,
        takes_focus=True,
        dense=True,
        words={
            "label": _("Commission inbox"),
            "empty": _("No plan here"),
            "hint": _("Choose another list, or take the search away."),
        },
    )


def open_plan(number: str) -> None:
    """Go to the page of a plan."""
    navigate.go("plan", n=number)
