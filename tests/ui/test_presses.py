"""A press is taken in and worked off whole, though another message waits already."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from workbench.ui.presses import keep_presses_whole, undisturbed

SETTINGS = Path(__file__).parents[2] / ".streamlit" / "config.toml"


class Runner:
    """As much of a page's runner as looking for messages needs."""

    _execing = True

    def __init__(self) -> None:
        self._requests = ScriptRequests()

    def _is_in_script_thread(self) -> bool:
        return True

    def look(self) -> None:
        ScriptRunner._maybe_handle_execution_control_request(self)


@pytest.fixture(autouse=True)
def _in_a_run() -> None:
    ThreadState.initialize()
    keep_presses_whole()


def session_with_button(runner: Runner, pressed: Callable[[], None]) -> SafeSessionState:
    state = SessionState()
    button: WidgetMetadata[Any] = WidgetMetadata(
        id="$$ID-button", deserializer=bool, serializer=bool,
        value_type="trigger_value", callback=pressed,
    )  # fmt: skip
    state.register_widget(button, "button")
    return SafeSessionState(state, runner.look)


def press() -> WidgetStates:
    message = WidgetStates()
    widget = message.widgets.add()
    widget.id, widget.trigger_value = "$$ID-button", True
    return message


def test_a_press_is_worked_off_though_another_message_waits() -> None:
    runner, done = Runner(), []

    def pressed() -> None:
        session["first"] = 1
        done.append(session["first"])

    session = session_with_button(runner, pressed)
    runner._requests.request_rerun(RerunData())
    session.on_script_will_rerun(press())
    assert done == [1]


def test_the_message_that_waited_comes_next() -> None:
    runner = Runner()
    session = session_with_button(runner, lambda: None)
    runner._requests.request_rerun(RerunData(page_script_hash="waited"))
    session.on_script_will_rerun(press())
    with pytest.raises(RerunException) as waiting:
        runner.look()
    assert waiting.value.rerun_data.page_script_hash == "waited"


def test_a_failed_callback_does_not_keep_messages_away() -> None:
    runner = Runner()

    def fails() -> None:
        raise ValueError

    session = session_with_button(runner, fails)
    with pytest.raises(ValueError):
        session.on_script_will_rerun(press())
    runner._requests.request_rerun(RerunData())
    with pytest.raises(RerunException):
        runner.look()


def test_work_of_the_page_itself_is_not_broken_off() -> None:
    runner = Runner()
    runner._requests.request_rerun(RerunData())
    with undisturbed():
        runner.look()
    with pytest.raises(RerunException):
        runner.look()


def test_a_newer_message_does_not_stop_the_thread_of_a_press() -> None:
    assert tomllib.loads(SETTINGS.read_text())["runner"]["fastReruns"] is False
