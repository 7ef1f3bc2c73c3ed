"""A message that comes while callbacks run waits for their end."""

from types import SimpleNamespace

import pytest

from workbench.ui import callbacks


def test_nothing_is_looked_for_while_callbacks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    runner = SimpleNamespace()
    monkeypatch.setattr(callbacks, "_look_for_messages", lambda _runner: looked.append("looked"))

    def call(_state: object, **_options: object) -> None:
        callbacks._look_between_callbacks(runner)
        assert not looked
        raise RuntimeError

    monkeypatch.setattr(callbacks, "_call_callbacks", call)
    with pytest.raises(RuntimeError):
        callbacks._call_to_the_end(SimpleNamespace())
    callbacks._look_between_callbacks(runner)
    assert looked == ["looked"]
