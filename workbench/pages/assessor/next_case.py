"""After a decision: the next case is already there."""

from typing import Any

from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.services.claims import taking
from workbench.ui import navigate
from workbench.ui.page import Context, doing, tell


def go_to_next(asking: Context) -> None:
    """Take the most urgent free case and go there; with none left, to the desk."""
    following: Any = doing(lambda s: _next_number(s, asking))
    if following:
        navigate.open_case(following)
    else:
        tell("done", _("No case is waiting. Well done."))
        navigate.go("desk")


def _next_number(session: Session, asking: Context) -> str | None:
    claim = taking.take_next(session, asking.actor, now=clock.now())
    return claim.number if claim else None
