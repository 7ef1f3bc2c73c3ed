"""What every page needs: who asks, in which language, reading, doing, and telling.

A page reads through ``reading``, writes through ``doing``; a refusal becomes a sentence on the
screen, never a traceback. ``st.session_state`` holds ids and strings only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TypeVar

import streamlit as st
from sqlalchemy.orm import Session
from streamlit.runtime.scriptrunner import get_script_run_ctx

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import DEFAULT_LANGUAGE, _, ask_language_of, use_language
from workbench.services.access import Actor
from workbench.services.errors import sentence
from workbench.services.runtime import database
from workbench.web.identity import current_actor, current_language
from workbench.web.index import LEAVE_SCRIPT

T = TypeVar("T")
PASSING = frozenset({"database_busy", "database_unavailable", "evidence_store_unavailable"})
FLASH, ACTING = "flash", "acting"


def _language_of_run() -> str:
    """The browser's language inside a run of Streamlit; other threads have no browser."""
    is_run = get_script_run_ctx(suppress_warning=True) is not None
    return current_language() if is_run else DEFAULT_LANGUAGE


ask_language_of(_language_of_run)


@dataclass(frozen=True, slots=True)
class Context:
    """The present rerun: the actor as found by his cookie just now, and the instant."""

    actor: Actor
    now: datetime
    language: str


def context(*, is_activity: bool = True) -> Context:
    """Who asks now; without a session the run stops and the browser goes to the sign-in, and back.

    What refreshes itself passes ``is_activity=False``: its timer keeps no session alive.
    """
    language = current_language()
    use_language(language)
    actor = current_actor(is_activity=is_activity)
    if actor is None:
        st.html(f"<script>{LEAVE_SCRIPT}</script>", unsafe_allow_javascript=True)
        st.stop()
    st.session_state[ACTING] = (str(actor.user_id), _rights(actor))
    return Context(actor=actor, now=clock.now(), language=language)


def acting_user() -> str:
    """The id of the user whom ``context`` found last; '' before it."""
    user_id, _rights_then = st.session_state.get(ACTING, ("", ""))
    return str(user_id)


def check_acting() -> None:
    """Refuse what a former run's user asked for, when he is not the same any more.

    A callback runs before the page is drawn, with the actor of the run before it: the session may
    have ended meanwhile (``signed_out``), or its rights have changed (``rights_changed``).
    """
    actor = current_actor()
    if actor is None:
        raise Refused("signed_out")
    if st.session_state.get(ACTING, (str(actor.user_id), _rights(actor)))[1] != _rights(actor):
        raise Refused("rights_changed")


def _rights(actor: Actor) -> str:
    """Who he is and what he may, in one word."""
    insurers = "all" if actor.insurer_ids is None else sorted(actor.insurer_ids)
    return f"{actor.user_id} {sorted(actor.roles)} {insurers} {actor.centre_id} {actor.dentist_id}"


def reading(work: Callable[[Session], T]) -> T:
    """Run a reading service; a refusal is shown and ends the page's run."""
    try:
        with database().reading() as session:
            return work(session)
    except Refused as refused:
        show_refusal(refused)
        st.stop()


def doing(work: Callable[[Session], T], *, done: str | None = None) -> T | None:
    """Run a writing service in its transaction; None when it was refused (and the user told).

    ``done`` is the sentence to show when it worked. Works inside callbacks too: what is told is
    kept until the page is drawn.
    """
    try:
        check_acting()
        result = database().in_tx(work)
    except Refused as refused:
        tell("refused", sentence(refused))
        return None
    if done:
        tell("done", done)
    return result


def tell(kind: str, text: str) -> None:
    """Keep a sentence (``done`` or ``refused``) for ``draw_told`` of the coming run."""
    st.session_state.setdefault(FLASH, []).append((kind, text))


def draw_told() -> None:
    """Show what was told since the last run: toasts that screen readers announce."""
    for kind, text in st.session_state.pop(FLASH, []):
        icon = ":material/check:" if kind == "done" else ":material/error:"
        st.toast(text, icon=icon, duration="short" if kind == "done" else "long")


def take_refusals() -> list[str]:
    """The refusals told since the last run, for a dialog that says them itself."""
    told = st.session_state.pop(FLASH, [])
    rest = [each for each in told if each[0] != "refused"]
    if rest:
        st.session_state[FLASH] = rest
    return [text for kind, text in told if kind == "refused"]


def show_refusal(refused: Refused) -> None:
    """A refusal where the page's content would stand; one that may pass can be tried again."""
    st.html(
        '<div class="az az-empty" role="alert"><b>{}</b><p>{}</p></div>'.format(
            escape(_("This page cannot be shown")), escape(sentence(refused))
        )
    )
    if refused.code in PASSING:
        with st.container(horizontal_alignment="center"):
            st.button(_("Try again"), key="try_again", type="primary")
