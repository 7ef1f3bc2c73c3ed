"""What the commission's figures are, which page and export share."""

from workbench.i18n import _


def came_is() -> str:
    """What counts as a plan that came."""
    return _("Plans sent or, after a return, sent again in the period: each is a round.")


def decided_is() -> str:
    """What counts as a decision."""
    return _("Rounds of plans that the commission decided in the period.")


def returned_is() -> str:
    """What counts as a return."""
    return _("Rounds returned to the centre with defects in the period.")


def on_time_is() -> str:
    """What the share on time is of."""
    return _(
        "Of the decisions of the period, those not after their deadline of 48 working hours; "
        "a decision at the deadline is on time. Returns do not count. A press shows the late ones."
    )


def hours_is() -> str:
    """What the time of a round is."""
    return _(
        "Working hours of the commission's clock from the sending of a round to its decision or "
        "return; half took no longer."
    )


def approved_is() -> str:
    """What the share of approvals is of."""
    return _("Units decided in the period that were approved, as asked or with a change.")
