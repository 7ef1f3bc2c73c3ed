"""What a page was asked for is done only while its user is still signed in with the same rights."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.ui import failure, page
from workbench.web.identity import TEST_SWITCH, set_test_actor_provider

LEAD = Actor(user_id=7, username="u", display_name="u", roles=frozenset({Role.LEAD}))
ASSESSOR = replace(LEAD, roles=frozenset({Role.ASSESSOR}))
BecomeActor = Callable[[Actor | None], None]


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Iterator[BecomeActor]:
    """Say whom the cookie names now."""
    monkeypatch.setenv(TEST_SWITCH, "1")
    monkeypatch.setattr(page.st, "session_state", {})
    yield lambda actor: set_test_actor_provider(lambda: actor)
    set_test_actor_provider(None)


def test_the_same_user_goes_on(become: BecomeActor) -> None:
    become(LEAD)
    page.context()
    page.check_acting()
    assert page.acting_user() == "7"


@pytest.mark.parametrize(("now", "code"), [(None, "signed_out"), (ASSESSOR, "rights_changed")])
def test_an_ended_session_or_other_rights_do_nothing(
    become: BecomeActor, now: Actor | None, code: str
) -> None:
    become(LEAD)
    page.context()
    become(now)
    with pytest.raises(Refused, match=code):
        page.check_acting()


def test_a_refused_callback_does_not_run_and_says_why(become: BecomeActor) -> None:
    become(LEAD)
    page.context()
    become(ASSESSOR)

    def work(_session: object) -> None:
        pytest.fail("it must not run")

    assert page.doing(work) is None
    (kind, text) = page.st.session_state[page.FLASH][0]
    assert kind == "refused"
    assert text


def test_a_refusal_that_ends_a_run_is_said_in_its_own_words(
    become: BecomeActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(page.st, "html", shown.append)
    assert failure.show_failure(Refused("database_unavailable"))
    assert "پایگاه داده در دسترس نیست" in shown[0]
