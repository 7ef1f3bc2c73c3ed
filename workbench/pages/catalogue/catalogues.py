"""Catalogues: prices, coefficients, services, reasons, rules, and the changes of them by two."""

from collections.abc import Callable
from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.pages.catalogue.changes import draw_changes
from workbench.pages.catalogue.codes import draw_reasons, draw_services
from workbench.pages.catalogue.coefficients import draw_coefficients
from workbench.pages.catalogue.prices import draw_prices
from workbench.pages.catalogue.rules import draw_rules
from workbench.pages.manager.filters import draw_tabs
from workbench.services.access import may
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context, draw_told

ASKED, SECTION = "s", "cat_section"
LOOK = """<style>
.st-key-rules_form, [class*="st-key-cat_draft_"], [class*="st-key-cat_form"] {
  background: var(--panel);
}
</style>"""
DRAW: dict[str, Callable[[Context], None]] = {
    "changes": draw_changes,
    "prices": draw_prices,
    "coefficients": draw_coefficients,
    "services": draw_services,
    "reasons": draw_reasons,
    "rules": draw_rules,
}


def catalogues_page() -> None:
    """The page of administrator, manager, lead and auditor."""
    _draw_page("changes")


def rules_page() -> None:
    """The same page at the tables of the rules."""
    _draw_page("rules")


def section_names() -> dict[str, str]:
    """What the parts of the page are called."""
    return {
        "changes": _("Changes"),
        "prices": _("Prices"),
        "coefficients": _("Coefficients"),
        "services": _("Services"),
        "reasons": _("Reasons"),
        "rules": _("Rules"),
    }


def _draw_page(first: str) -> None:
    asking = context()
    st.html(LOOK)
    _draw_title(asking)
    names = section_names()
    asked = st.query_params.get(ASKED, first)
    section = st.segmented_control(
        _("Catalogue"),
        list(names),
        default=asked if asked in names else first,
        required=True,
        key=f"{SECTION}.{first}",
        format_func=names.__getitem__,
        label_visibility="collapsed",
        on_change=_keep_section,
        args=(first,),
    )
    DRAW[section](asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)
    draw_told()


def _draw_title(asking: Context) -> None:
    """Among the pages of figures, for who may read them."""
    if may(asking.actor, "figures.read"):
        draw_tabs("catalogues")
    else:
        st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Catalogues"))}</h1></div></div>')


def _keep_section(first: str) -> None:
    """The address says which part is shown."""
    st.query_params[ASKED] = st.session_state[f"{SECTION}.{first}"]
