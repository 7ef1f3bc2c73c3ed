"""Free text that users write: trimmed, and never longer than a page can hold."""

from workbench.errors import Refused

LETTERS_MAX = 2_000


def kept_text(text: str) -> str:
    """The text as it is kept; refused ``text_too_long`` above 2,000 letters."""
    if len(text) > LETTERS_MAX:
        raise Refused("text_too_long", letters=LETTERS_MAX)
    return text.strip()
