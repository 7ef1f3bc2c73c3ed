"""The commission's plans in the patient column of the case page. Everything is escaped."""

from html import escape

from workbench.i18n import _
from workbench.rules.commission import Plan
from workbench.services.claims.view import CaseView
from workbench.ui.case_sections import link, pairs, section
from workbench.ui.format import day, ltr, pill

OPEN_PLAN = "plan:"
"""What the link of a plan starts with; its number follows."""

TONES = {"approved": "approved", "partly_approved": "deducted", "rejected": "late"}


def commission(view: CaseView) -> str:
    """Result, day and validity of each treatment plan the claim stands on; empty without one."""
    plans = view.case.commission.plans if view.case.commission else ()
    return "".join(_plan(plan, may_open=view.may_read_plan) for plan in plans)


def _plan(plan: Plan, *, may_open: bool) -> str:
    number = ltr(plan.number)
    if may_open:
        number = link(OPEN_PLAN + plan.number, number)
    rows = [(_("Result"), pill(TONES.get(plan.result or "", "waiting"), result_name(plan.result)))]
    if plan.decided_on is not None:
        rows.append((_("Decided on"), ltr(day(plan.decided_on))))
    if plan.valid_until_on is not None:
        rows.append((_("Valid until"), ltr(day(plan.valid_until_on))))
    if not plan.is_of_centre:
        rows.append((_("Centre"), escape(_("another one"))))
    return section(_("Dental commission, plan"), pairs(*rows), number)


def result_name(result: str | None) -> str:
    """The commission's result in a word; None: it is not decided."""
    return {
        "approved": _("approved"),
        "partly_approved": _("partly approved"),
        "rejected": _("rejected"),
    }.get(result or "", _("not decided yet"))
