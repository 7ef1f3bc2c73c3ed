"""What the figures of agreement are, which page and export share."""

from workbench.i18n import _


def twice_is() -> str:
    """What is assessed twice."""
    return _(
        "Decided cases of the period that somebody else has assessed again, blind. A share of "
        "every insurer, band of amount and assessor is drawn by chance."
    )


def same_is() -> str:
    """What the same decision is."""
    return _("Cases on which both gave the same reasons and rials on every line.")


def line_is() -> str:
    """What the same on a line is."""
    return _("Lines on which both gave the same reasons and rials.")


def amount_is() -> str:
    """What the same amount is."""
    return _("Cases of which both would pay the same, whatever the reasons.")


def wrong_is() -> str:
    """What the money found wrong is."""
    return _(
        "What was paid off the right amount, up or down, extrapolated from the drawn cases to all "
        "decided ones by strata. Right is what the lead said; before that, what the second decided."
    )


def overpaid_is() -> str:
    """What was paid too much in all."""
    return _("The same, too little taken off too much: below zero, too little was paid in all.")


def kappa_is() -> str:
    """What kappa is."""
    return _(
        "Cohen's kappa over lines: agreement beyond chance, 1 is full, 0 is chance. The interval "
        "counts cases, not lines: lines of a case hang together. A dash: too few lines, or both "
        "always said the same."
    )


def state_word(state: str) -> str:
    """How far a second assessment is."""
    return {
        "waiting": _("waits"),
        "assessing": _("is being assessed"),
        "agreed": _("the same"),
        "differs": _("differs, not resolved"),
        "resolved": _("resolved"),
    }[state]


def resolution_word(resolution: str | None) -> str:
    """Who was right."""
    return {
        "first": _("the first was right"),
        "second": _("the second was right"),
        "neither": _("neither was right"),
    }.get(resolution or "", "–")
