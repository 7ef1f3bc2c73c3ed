"""A press is worked off whole, whatever the browser sends meanwhile.

Streamlit looks for newer messages before it takes a message's values in and at every ``st.…`` a
callback calls; where one waits, it drops the older message and does not come back to it. A press
was lost when an image told in the same moment that it was seen. The newer message waits here until
the former one is taken in and all its callbacks have run; ``runner.fastReruns`` is off, for with
it the newer message stops the former one's thread instead. A page that does the work of a press
itself, to show its progress, keeps the press by a callback and does the work ``undisturbed``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState

_present = threading.local()
_take_in = SafeSessionState.on_script_will_rerun
_look_for_messages = ScriptRunner._maybe_handle_execution_control_request


def keep_presses_whole() -> None:
    """Put both in place; a second call changes nothing."""
    setattr(SafeSessionState, "on_script_will_rerun", _take_in_whole)  # noqa: B010
    setattr(ScriptRunner, "_maybe_handle_execution_control_request", _look_between)  # noqa: B010


@contextmanager
def undisturbed() -> Iterator[None]:
    """Newer messages wait till the end; ``st.rerun`` and ``st.switch_page`` do nothing inside."""
    _present.is_held = True
    try:
        yield
    finally:
        _present.is_held = False


def _take_in_whole(state: SafeSessionState, *values: Any, **options: Any) -> None:
    with undisturbed():
        _take_in(state, *values, **options)


def _look_between(runner: ScriptRunner) -> None:
    if not getattr(_present, "is_held", False):
        _look_for_messages(runner)
