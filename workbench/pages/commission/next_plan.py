"""After a vote, or from the inbox: the next plan that waits for the reviewer."""

from workbench import clock
from workbench.i18n import _
from workbench.pages.commission.plan_state import note_shown
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.inbox import next_to_vote
from workbench.services.commission.listed import Own
from workbench.services.commission.seats import take_seat
from workbench.ui import navigate
from workbench.ui.page import Context, doing, tell


def go_to_next_plan(asking: Context) -> None:
    """Open the most urgent plan that waits for the user, on a seat of its panel."""
    now = clock.now()
    found = doing(lambda s: (next_to_vote(s, asking.actor, now=now),))
    if found is None:
        return
    (plan,) = found
    if plan is None:
        tell("done", _("No plan waits for you. Well done."))
        navigate.go("commission")
        return
    place = PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.plan_id)
    if plan.own is not Own.VOTED and not plan.needs_chair:
        doing(lambda s: take_seat(s, asking.actor, place, now=now).id)
    note_shown()
    navigate.go("plan", n=plan.number)
