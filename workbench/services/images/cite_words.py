"""Frames in words, for what is read without the image: «تصویر ۳، کادر ۱»."""

from collections.abc import Iterable

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.rules.facts import Cite
from workbench.rules.frames import numbered


def cite_name(image: int, number: int) -> str:
    """One frame of an image."""
    text = _("image {image}, frame {n}")
    shown = to_persian if language() == "fa" else str
    return text.format(image=shown(str(image)), n=shown(str(number)))


def cites_text(cites: Iterable[Cite]) -> str:
    """The frames of one reason; empty where there are none."""
    return _("; ").join(cite_name(cite.image, number) for cite, number in numbered(cites))


def with_cites(text: str, cites: Iterable[Cite]) -> str:
    """A reason's own words with its frames after them."""
    return " · ".join(part for part in (text.strip(), cites_text(cites)) if part)
