"""What components send, also from a page that was left."""

import pytest

from workbench.ui.components import events


def test_an_event_from_a_page_that_was_left_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.st, "session_state", {"here": {"open": "7", "sort": None}})
    assert events.event_of("here", "open") == "7"
    assert events.event_of("here", "sort") is None
    assert events.event_of("left", "open") is None
