"""Who asks, for a page: only a test process may say so without a session."""

import pytest

from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.web import identity

ACTOR = Actor(
    user_id=1, username="x", display_name="x", roles=frozenset({Role.LEAD}), language="en"
)


@pytest.fixture(autouse=True)
def forget_provider(monkeypatch: pytest.MonkeyPatch):
    yield
    monkeypatch.setenv(identity.TEST_SWITCH, "1")
    identity.set_test_actor_provider(None)


def test_outside_a_test_process_nobody_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(identity.TEST_SWITCH, raising=False)
    with pytest.raises(AssertionError):
        identity.set_test_actor_provider(lambda: ACTOR)
    assert identity.current_actor() is None


def test_a_named_user_counts_only_while_the_process_is_a_test(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(identity.TEST_SWITCH, "1")
    identity.set_test_actor_provider(lambda: ACTOR)
    assert identity.current_actor() == ACTOR
    assert identity.current_language() == "en"
    monkeypatch.delenv(identity.TEST_SWITCH)
    assert identity.current_actor() is None
    assert identity.current_language() == "fa"
