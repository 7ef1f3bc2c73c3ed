"""The pages: address, title, where the function is, and the permission that opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from importlib import import_module

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.services import audit
from workbench.services.access import Actor, may
from workbench.services.runtime import database
from workbench.ui.page import show_refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page; a hidden one is reached from another, never from the bar.

    ``within``: it is hidden only from those who may do this, as a page of theirs leads there.
    """

    path: str
    module: str
    function: str
    action: str
    is_hidden: bool = False
    within: str | None = None

    def is_in_bar(self, actor: Actor) -> bool:
        """Whether the actor's bar shows it."""
        is_within = self.within is not None and may(actor, self.within)
        return may(actor, self.action) and not self.is_hidden and not is_within


PAGES = (
    PageEntry(path="desk", module="assessor.desk", function="desk_page", action="claim.take"),
    PageEntry(
        path="throughput",
        module="manager.throughput",
        function="throughput_page",
        action="figures.read",
    ),
    PageEntry(
        path="deductions",
        module="manager.deductions",
        function="deductions_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(
        path="what-if",
        module="manager.what_if",
        function="what_if_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(
        path="commission_figures",
        module="manager.commission_figures",
        function="commission_figures_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(
        path="referral_figures",
        module="manager.referral_figures",
        function="referral_figures_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(
        path="assessor_figures",
        module="manager.assessor_figures",
        function="assessor_figures_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(
        path="agreement",
        module="manager.agreement",
        function="agreement_page",
        action="figures.read",
        within="figures.read",
    ),
    PageEntry(path="queue", module="assessor.queue", function="queue_page", action="queue.read"),
    PageEntry(
        path="rechecks",
        module="rechecks.desk",
        function="rechecks_page",
        action="recheck.assess",
    ),
    PageEntry(
        path="recheck",
        module="rechecks.second",
        function="recheck_page",
        action="recheck.assess",
        is_hidden=True,
    ),
    PageEntry(
        path="compared",
        module="rechecks.compared",
        function="compared_page",
        action="claim.read",
        is_hidden=True,
    ),
    PageEntry(
        path="receipt", module="reception.receipt", function="receipt_page", action="batch.receive"
    ),
    PageEntry(
        path="incoming", module="reception.incoming", function="incoming_page", action="import"
    ),
    PageEntry(
        path="referrals",
        module="referrals.expiring",
        function="expiring_page",
        action="referral.read",
    ),
    PageEntry(
        path="letters",
        module="referrals.letters",
        function="letters_page",
        action="referral.read",
    ),
    PageEntry(
        path="issue", module="referrals.issue", function="issue_page", action="referral.issue"
    ),
    PageEntry(
        path="letter",
        module="referrals.letter",
        function="letter_page",
        action="referral.read",
        is_hidden=True,
    ),
    PageEntry(
        path="ceiling",
        module="referrals.ceiling",
        function="ceiling_page",
        action="ceiling.read",
        is_hidden=True,
    ),
    PageEntry(
        path="commission",
        module="commission.inbox",
        function="inbox_page",
        action="plan.read",
    ),
    PageEntry(
        path="plan",
        module="commission.plan",
        function="plan_page",
        action="plan.read",
        is_hidden=True,
    ),
    PageEntry(
        path="board",
        module="commission.board",
        function="board_page",
        action="board.read",
        within="plan.read",
    ),
    PageEntry(path="batches", module="batches", function="batches_page", action="batch.read"),
    PageEntry(
        path="batch", module="batches", function="batch_page", action="batch.read", is_hidden=True
    ),
    PageEntry(
        path="direct", module="finance.direct", function="direct_page", action="finance.remit"
    ),
    PageEntry(
        path="case",
        module="assessor.case",
        function="case_page",
        action="claim.read",
        is_hidden=True,
    ),
    PageEntry(
        path="notices",
        module="commission.notices",
        function="notices_page",
        action="notice.read",
        within="plan.read",
    ),
    PageEntry(path="search", module="search", function="search_page", action="search"),
    PageEntry(
        path="teeth",
        module="teeth",
        function="teeth_page",
        action="teeth.search",
        within="search",
    ),
    PageEntry(path="trail", module="trail", function="trail_page", action="audit.read"),
    PageEntry(path="users", module="admin.users", function="users_page", action="user.manage"),
    PageEntry(
        path="calendar",
        module="admin.calendar",
        function="calendar_page",
        action="calendar.manage",
    ),
    PageEntry(path="panels", module="admin.panels", function="panels_page", action="panel.manage"),
    PageEntry(
        path="catalogues",
        module="catalogue.catalogues",
        function="catalogues_page",
        action="catalogue.read",
        within="figures.read",
    ),
    PageEntry(
        path="rules",
        module="catalogue.catalogues",
        function="rules_page",
        action="catalogue.read",
        is_hidden=True,
    ),
)
PATHS = frozenset(entry.path for entry in PAGES)


def title(path: str) -> str:
    """The name of a page in the bar."""
    return {
        "desk": _("My desk"),
        "queue": _("Work queue"),
        "throughput": _("Throughput"),
        "deductions": _("Deductions and returns"),
        "what-if": _("What if"),
        "commission_figures": _("Commission"),
        "referral_figures": _("Referrals"),
        "assessor_figures": _("Assessors"),
        "agreement": _("Agreement"),
        "rechecks": _("Rechecks"),
        "recheck": _("Second assessment"),
        "compared": _("Two decisions"),
        "referrals": _("Expiring"),
        "letters": _("Letters"),
        "issue": _("New letter"),
        "letter": _("Referral letter"),
        "ceiling": _("Ceiling"),
        "receipt": _("Receipt"),
        "incoming": _("Incoming"),
        "commission": _("Commission"),
        "plan": _("Treatment plan"),
        "board": _("Promise board"),
        "batches": _("Batches"),
        "batch": _("Batch"),
        "direct": _("Direct claims"),
        "case": _("Case"),
        "notices": _("Notices"),
        "search": _("Search"),
        "trail": _("Audit trail"),
        "users": _("Users"),
        "calendar": _("Working calendar"),
        "panels": _("Commission panel"),
        "teeth": _("Tooth history"),
        "rules": _("Rules"),
        "catalogues": _("Catalogues"),
    }[path]


def pages_of(actor: Actor) -> dict[str, st.Page]:
    """All pages by address: those of the actor's roles, and for the rest a refusal on the record.

    The empty address leads to the first page of the bar.
    """
    pages = {entry.path: _page(entry, actor) for entry in PAGES}
    first = next((e.path for e in PAGES if e.is_in_bar(actor)), None)
    home = st.Page(
        _home(pages.get(first or ""), has_role=bool(actor.roles)),
        title=_("Arzyab"),
        default=True,
        visibility="hidden",
    )
    return {"": home, **pages}


def _home(first: st.Page | None, *, has_role: bool) -> Callable[[], None]:
    def home() -> None:
        if first is not None:
            st.switch_page(first)
        text = (
            _("There is no page for your role yet.")
            if has_role
            else _("You have no page yet. Ask the administrator for a role.")
        )
        st.html(f'<div class="az az-empty"><b>{escape(text)}</b></div>')

    return home


def _page(entry: PageEntry, actor: Actor) -> st.Page:
    is_allowed = may(actor, entry.action)
    return st.Page(
        _draw(entry) if is_allowed else _refuse(entry, actor),
        title=title(entry.path),
        url_path=entry.path,
        visibility="visible" if entry.is_in_bar(actor) else "hidden",
    )


def _draw(entry: PageEntry) -> Callable[[], None]:
    """The page function, imported when the page is first shown."""

    def draw() -> None:
        getattr(import_module(f"workbench.pages.{entry.module}"), entry.function)()

    return draw


def _refuse(entry: PageEntry, actor: Actor) -> Callable[[], None]:
    def refuse() -> None:
        database().in_tx(
            lambda session: audit.record(
                session,
                action="page.refused",
                stream=f"user:{actor.user_id}",
                actor_id=actor.user_id,
                now=clock.now(),
                page=entry.path,
            )
        )
        show_refusal(Refused("not_permitted", action=entry.action))

    return refuse
