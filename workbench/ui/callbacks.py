"""Callbacks run to their end, whatever the browser sends meanwhile.

Streamlit looks for new messages at every ``st.…`` a callback calls, breaks the callback off for the
newer one, and does not run it again: a press was lost when an image told in the same moment that it
was seen. The newer message waits here until all callbacks of the former one have run.
"""

import threading
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.session_state import SessionState

_present = threading.local()
_call_callbacks = SessionState._call_callbacks
_look_for_messages = ScriptRunner._maybe_handle_execution_control_request


def keep_callbacks_whole() -> None:
    """Put both in place; a second call changes nothing."""
    setattr(SessionState, "_call_callbacks", _call_to_the_end)  # noqa: B010
    setattr(ScriptRunner, "_maybe_handle_execution_control_request", _look_between_callbacks)  # noqa: B010


def _call_to_the_end(state: SessionState, **options: Any) -> None:
    _present.is_calling = True
    try:
        _call_callbacks(state, **options)
    finally:
        _present.is_calling = False


def _look_between_callbacks(runner: ScriptRunner) -> None:
    if not getattr(_present, "is_calling", False):
        _look_for_messages(runner)
