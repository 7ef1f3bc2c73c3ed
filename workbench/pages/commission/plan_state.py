"""What the plan page remembers between reruns: ids and strings, never rows."""

from dataclasses import dataclass

import streamlit as st

from workbench import clock
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.view import PlanView
from workbench.settings import settings
from workbench.ui.add_images import forget_images

ASKED, DONE, SHOWN = "plan.asked", "plan.dialog_done", "plan.shown"
SEEDED = "pr_for"
"""For which plan and round the return dialog was filled with what it proposes."""


@dataclass(frozen=True, slots=True)
class PlanKey:
    """The key of the plan on the page."""

    insurer_id: int
    plan_id: int

    @property
    def text(self) -> str:
        """The key as one word."""
        return f"{self.insurer_id}-{self.plan_id}"

    def place(self, version: int | None = None, *, round_number: int | None = None) -> PlanPlace:
        """The plan in the version, or the round, that the user saw."""
        return PlanPlace(
            insurer_id=self.insurer_id, plan_id=self.plan_id, version=version, round=round_number
        )


def key_of(view: PlanView) -> PlanKey:
    """The key of a plan that was read."""
    return PlanKey(view.place.insurer_id, view.place.plan_id)


def field(key: PlanKey, number: int, name: str) -> str:
    """The key of a widget of one planned unit."""
    return f"vote_{key.text}_{number}_{name}"


def frames_key(key: PlanKey) -> str:
    """Under which name frames drawn on a plan are kept until they stand beside a reason."""
    return draft(key, "frames")


def draft(key: PlanKey, name: str) -> str:
    """Under which name words about a plan are kept while they are typed."""
    return f"plan:{key.text}:{name}"


def ask(name: str) -> None:
    """Open a dialog in the coming run."""
    st.session_state[ASKED] = (name, None)
    st.session_state.pop(DONE, None)


def forget() -> None:
    """The dialog was dismissed."""
    name, _number = st.session_state.pop(ASKED, None) or (None, None)
    if name == "images":
        forget_images()


def note_shown() -> None:
    """A press has just brought another plan, or another button, to where it was made."""
    st.session_state[SHOWN] = clock.now()


def is_just_shown() -> bool:
    """Whether a press comes too early to mean what is shown: the second one of a double click."""
    at = st.session_state.get(SHOWN)
    seconds = settings().minimum_view_seconds
    return at is not None and 0 <= (clock.now() - at).total_seconds() < seconds
