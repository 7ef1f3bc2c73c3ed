"""The script of every rerun: who asks, which pages he has, the top bar, then the page itself."""

from collections.abc import Callable
from html import escape
from importlib import import_module

import streamlit as st

from workbench.i18n import _
from workbench.services.access import Actor, may
from workbench.ui import navigate
from workbench.ui.page import Context, context, draw_told
from workbench.ui.top_bar import draw_top_bar

ICON = "workbench/web/static/favicon.svg"


def _page(module: str, function: str) -> Callable[[], None]:
    """The page function, imported when the page is first shown."""

    def show() -> None:
        getattr(import_module(f"workbench.pages.{module}"), function)()

    return show


def pages_of(actor: Actor) -> dict[str, st.Page]:
    """The pages the actor may open, by address; the first one is where he starts."""
    found: dict[str, st.Page] = {}

    def add(
        path: str, title: str, module: str, function: str, action: str, *, hidden: bool = False
    ) -> None:
        if may(actor, action):
            found[path] = st.Page(
                _page(module, function),
                title=title,
                url_path=path,
                default=not found,
                visibility="hidden" if hidden else "visible",
            )

    add("desk", _("My desk"), "assessor.desk", "desk_page", "claim.take")
    add("queue", _("Work queue"), "assessor.queue", "queue_page", "queue.read")
    add("receipt", _("Receipt"), "reception.receipt", "receipt_page", "batch.receive")
    add("incoming", _("Incoming"), "reception.incoming", "incoming_page", "import")
    add("batches", _("Batches"), "batches", "batches_page", "batch.read")
    add("batch", _("Batch"), "batches", "batch_page", "batch.read", hidden=True)
    add("direct", _("Direct claims"), "finance.direct", "direct_page", "finance.remit")
    add("case", _("Case"), "assessor.case", "case_page", "claim.read", hidden=True)
    add("search", _("Search"), "search", "search_page", "search")
    add("trail", _("Audit trail"), "trail", "trail_page", "audit.read")
    add("users", _("Users"), "admin.users", "users_page", "user.manage")
    if not found:
        found["nothing"] = st.Page(_nothing, title=_("Nothing here"), url_path="nothing")
    return found


def _nothing() -> None:
    text = escape(_("You have no role yet. Ask the administrator for one."))
    st.html(f'<div class="az az-empty"><b>{text}</b></div>')


def main() -> None:
    """One rerun."""
    st.set_page_config(layout="wide", page_title="ارزیاب")
    asking: Context = context()
    pages = pages_of(asking.actor)
    page = st.navigation(list(pages.values()), position="top")
    navigate.follow(pages)
    draw_top_bar(asking, has_search="search" in pages)
    page.run()
    draw_told()


main()
