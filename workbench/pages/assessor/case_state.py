"""What the case page remembers between reruns: ids, instants and strings, never rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.rial import format_rial
from workbench.services.access import Actor
from workbench.services.claims.assessing import Place
from workbench.services.claims.deciding import Finished, finish_claim
from workbench.services.claims.view import CaseView
from workbench.services.desk import drafts
from workbench.services.images.waiting import decide_in_tx
from workbench.services.runtime import database
from workbench.settings import settings
from workbench.ui.format import digits
from workbench.ui.page import Context, check_acting, tell

SHOWN = "case.shown"
FOCUS = "case.focus"
REPLY = "case.reply"
ASKED = "case.asked"
DONE = "case.dialog_done"


@dataclass(frozen=True, slots=True)
class CaseKey:
    """The key of the claim on the page."""

    insurer_id: int
    claim_id: int

    @property
    def text(self) -> str:
        """The key as one word."""
        return f"{self.insurer_id}-{self.claim_id}"

    @property
    def frames(self) -> str:
        """The key of the draft of frames that stand beside no reason yet."""
        return f"case:{self.text}:frames"

    def place(self, version: int | None) -> Place:
        """The claim in the version the user saw."""
        return Place(insurer_id=self.insurer_id, claim_id=self.claim_id, version=version)


def note_shown(view: CaseView, now: datetime) -> None:
    """Remember since when this case (whatever its version) stands on the screen."""
    name, _at = st.session_state.get(SHOWN, ("", now))
    if name != view.number:
        st.session_state[SHOWN] = (view.number, now)


def shown_at() -> datetime:
    """Since when the case stands on the screen."""
    at: datetime = st.session_state[SHOWN][1]
    return at


def focus_line(number: int) -> None:
    """Move the focus of the lines to a line, once."""
    st.session_state[FOCUS] = {"line": number, "nonce": clock.now().isoformat()}


def focus_data(view: CaseView) -> dict[str, Any] | None:
    """The asked focus, kept until another one is asked for (the component heeds a nonce once)."""
    focus: dict[str, Any] | None = st.session_state.get(FOCUS)
    numbers = {line.number for line in view.case.lines}
    return focus if focus and focus["line"] in numbers else None


def keep_reply(nonce: str, refusal: str | None) -> None:
    """The answer to the action with this nonce."""
    st.session_state[REPLY] = {"nonce": nonce, "ok": refusal is None, "message": refusal or ""}


def reply_data() -> dict[str, Any] | None:
    """The answer to the last action of the lines."""
    reply: dict[str, Any] | None = st.session_state.get(REPLY)
    return reply


def allow_finish(
    asking: Context,
    key: CaseKey,
    version: int,
    nonce: str,
    available_rial: int | None,
    shown: datetime,
) -> None:
    """Finish the case in its own transaction; a refusal is raised to the caller."""
    check_acting()
    actor: Actor = asking.actor

    def finish(session: Session) -> Finished:
        drafts.delete_drafts(session, actor.user_id, key.frames)
        return finish_claim(
            session,
            actor,
            key.place(version),
            nonce=nonce,
            seen_available_rial=available_rial,
            now=clock.now(),
            shown_at=shown,
            minimum_view_seconds=settings().minimum_view_seconds,
        )

    finished = decide_in_tx(database(), finish, now=clock.now())
    payable = format_rial(finished.money.payable_rial, asking.language)
    tell(
        "done",
        _("Case {number} finished, payable {amount} rials.").format(
            number=digits(finished.number), amount=payable
        ),
    )


def first_undecided(refused: Refused) -> int | None:
    """The first line a refusal names."""
    lines = refused.facts.get("lines")
    return lines[0] if isinstance(lines, tuple) and lines else None
