"""The language of a sentence, also where the page has not said it yet."""

from collections.abc import Iterator
from contextvars import Context

import pytest

from workbench import i18n


@pytest.fixture(autouse=True)
def provider() -> Iterator[None]:
    known = list(i18n._who_knows)
    yield
    i18n._who_knows[:] = known


def test_a_callback_before_its_page_asks_who_knows_the_language() -> None:
    i18n.ask_language_of(lambda: "en")
    assert Context().run(i18n.language) == "en"


def test_what_was_set_comes_before_what_could_be_asked() -> None:
    def chosen() -> str:
        i18n.use_language("fa")
        return i18n.language()

    i18n.ask_language_of(lambda: "en")
    assert Context().run(chosen) == "fa"


@pytest.mark.parametrize(("count", "said"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_english_says_one_and_many_apart(count: int, said: str) -> None:
    assert i18n.counted(count, "{n} day", "{n} days").format(n=count) == said
