"""What the letters' figures are, which page and export share."""

from workbench.i18n import _
from workbench.rules.referral_figures import Fate


def issued_is() -> str:
    """What counts as an issued letter."""
    return _("Letters issued in the period; asked for and declined ones were never issued.")


def used_is() -> str:
    """What counts as used."""
    return _("Letters whose first service was registered in the period, whenever they were issued.")


def expired_is() -> str:
    """What counts as expired."""
    return _("Unused letters whose last valid day lies in the period and is over.")


def returned_is() -> str:
    """What the returned reserve is."""
    return _(
        "Rials that these expired letters gave back to the ceilings. What the nightly job has not "
        "come to is still held."
    )


def share_is() -> str:
    """What the share used is of."""
    return _(
        "Of the letters issued in the period, those used until now. Young letters are still open: "
        "their share will rise."
    )


def days_is() -> str:
    """What the days are."""
    return _(
        "Days from issue to the first service, of the letters issued in the period that were used; "
        "half took no longer."
    )


def fate_name(fate: Fate) -> str:
    """What became of a letter, in words."""
    return {
        Fate.USED: _("Used"),
        Fate.OPEN: _("Still open"),
        Fate.EXPIRED: _("Expired"),
        Fate.ENDED: _("Cancelled or invalid"),
    }[fate]
