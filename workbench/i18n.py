"""Translation: English message ids in the code, Persian by default on the screen.

The Persian catalogue is every ``*.po`` file below ``workbench/locale/fa``; it is read once.
The language of the present page run lives in a context variable, so threads do not mix.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE_FOLDER = Path(__file__).parent / "locale"
DEFAULT_LANGUAGE = "fa"
LANGUAGES = ("fa", "en")

_language: ContextVar[str | None] = ContextVar("language", default=None)
_who_knows: list[Callable[[], str]] = []


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """All translated messages of a language: English id → sentence."""
    messages: dict[str, str] = {}
    for path in sorted((LOCALE_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            messages |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return messages


def use_language(language: str) -> None:
    """Set the language of the present thread or task; an unknown one becomes the default."""
    _language.set(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def ask_language_of(provider: Callable[[], str]) -> None:
    """Say who knows the language where none was set: a widget's callback runs before its page."""
    _who_knows[:] = [provider]


def language() -> str:
    """The language of the present thread or task: ``fa`` or ``en``."""
    chosen = _language.get()
    if chosen is None:
        return _who_knows[0]() if _who_knows else DEFAULT_LANGUAGE
    return chosen


def _(message: str) -> str:
    """Translate one English message id; format placeholders after the call."""
    if language() == "en":
        return message
    return catalogue(language()).get(message, message)


def counted(count: int, one: str, many: str) -> str:
    """The translated sentence for exactly one or for any other number; Persian says both alike."""
    return one if count == 1 else many


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for translation; it is translated when it is shown."""
    return message
