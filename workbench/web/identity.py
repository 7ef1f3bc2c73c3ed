"""Who asks, for the pages: found again by the cookie at every rerun, never remembered."""

import os
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from workbench import clock
from workbench.i18n import DEFAULT_LANGUAGE, LANGUAGES
from workbench.services.access import Actor
from workbench.services.people.sessions import actor_by_token
from workbench.services.runtime import database
from workbench.web.requests import LANGUAGE_COOKIE, SESSION_COOKIE

TEST_SWITCH = "WORKBENCH_TEST"

_test_actor: Callable[[], Actor | None] | None = None


def current_actor(*, is_activity: bool = True) -> Actor | None:
    """The signed-in user of this rerun, in the language of this browser; None: signed out.

    Timers pass ``is_activity=False``, so that an unattended page does not keep its session alive.
    """
    if _test_actor is not None and is_test():
        return _test_actor()
    token = st.context.cookies.get(SESSION_COOKIE, "")
    if not token:
        return None
    actor = actor_by_token(database(), token, now=clock.now(), is_activity=is_activity)
    chosen = st.context.cookies.get(LANGUAGE_COOKIE, "")
    if actor is None or chosen not in LANGUAGES:
        return actor
    return replace(actor, language=chosen)


def current_language() -> str:
    """The language of this browser, signed in or not."""
    if _test_actor is not None and is_test():
        actor = _test_actor()
        return actor.language if actor else DEFAULT_LANGUAGE
    chosen = st.context.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def is_test() -> bool:
    """Whether this process was started as a test (``WORKBENCH_TEST=1``)."""
    return os.environ.get(TEST_SWITCH) == "1"


def set_test_actor_provider(provider: Callable[[], Actor | None] | None) -> None:
    """Let tests of pages, which have no cookies, say who asks; impossible outside a test."""
    global _test_actor
    assert provider is None or is_test(), "only a test may name the user without a session"
    _test_actor = provider
