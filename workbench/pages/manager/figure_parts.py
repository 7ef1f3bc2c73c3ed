"""Pieces of HTML that the managers' pages of commission, letters and assessors share."""

from collections.abc import Iterable, Sequence
from html import escape

from workbench.i18n import _, language
from workbench.services.figures.throughput import Wanted
from workbench.services.figures.words import part_name
from workbench.ui.format import day, digits, ltr

Column = tuple[str, str]
"""The word above a column and its definition, shown on hover."""
NONE = '<span class="mut">–</span>'


def tile(key: str | None, word: str, figure: str, note: str, definition: str) -> str:
    """One figure; with a ``key`` it opens what is behind it."""
    opens = f'role="button" tabindex="0" data-open="{escape(key)}"' if key else ""
    return (
        f'<div class="mg-tile" {opens} title="{escape(definition)}"><span>{escape(word)}</span>'
        f"<b>{figure}</b><small>{escape(note)}</small></div>"
    )


def tiles(parts: Iterable[str]) -> str:
    """The row of figures."""
    return f'<div class="az mg-tiles">{"".join(parts)}</div>'


def card(name: str, note: str, body: str, definition: str = "") -> str:
    """A panel with its name, what its figures are, and their definition on hover."""
    said = f' title="{escape(definition)}"' if definition else ""
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h"{said}>{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2>{body}</div>'
    )


def heading(name: str, note: str, definition: str = "") -> str:
    """The name of a panel that holds a chart."""
    said = f' title="{escape(definition)}"' if definition else ""
    return (
        f'<div class="az"><h2 class="mg-h"{said}>{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )


def table(columns: Sequence[Column], rows: Iterable[str], *, words: int = 1) -> str:
    """A table; the first ``words`` columns hold words, the others numbers."""
    head = "".join(
        f'<th{" class=num" if n >= words else ""} title="{escape(definition)}">{escape(word)}</th>'
        for n, (word, definition) in enumerate(columns)
    )
    return (
        f'<div class="mg-wide"><table class="c"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def row(key: str | None, cells: Sequence[str], *, words: int = 1) -> str:
    """A row of cells (HTML); with a ``key`` it opens what is behind it."""
    opens = f' data-open="{escape(key)}" role="button" tabindex="0"' if key else ""
    body = "".join(
        f"<td{' class=num' if n >= words else ''}>{cell}</td>" for n, cell in enumerate(cells)
    )
    return f"<tr{opens}>{body}</tr>"


def behind(
    title: str,
    wanted: Wanted,
    columns: Sequence[Column],
    rows: Sequence[str],
    *,
    words: int,
    many: str,
    nothing: str,
) -> str:
    """The panel of what is behind a figure, the newest first; ``many``: how many of what."""
    span = _("{first} to {last}").format(first=day(wanted.first_on), last=day(wanted.last_on))
    body = table(columns, rows, words=words) if rows else empty(nothing)
    said = _("{span}; {many}").format(span=span, many=many.format(n=digits(len(rows))))
    return card(title, said, body)


def by_part(code: str) -> str:
    """The name of a panel whose figures are told apart by this."""
    return _("By {part}").format(part=part_name(code).lower())


def empty(text: str) -> str:
    """What is said where nothing is."""
    return f'<p class="mut">{escape(text)}</p>'


def name(text: str) -> str:
    """A name in its own direction."""
    return f"<bdi>{escape(text)}</bdi>"


def decimal(number: float | None, places: int = 1) -> str:
    """A number with so many places after the point (HTML); None is a dash."""
    return NONE if number is None else ltr(plain_decimal(number, places))


def plain_decimal(number: float, places: int = 1) -> str:
    """The same as text."""
    text = digits(f"{number:,.{places}f}")
    return text.replace(",", "٬").replace(".", "٫") if language() == "fa" else text


def note(text: str) -> str:
    """A sentence where a list or chart would be."""
    return f'<div class="az"><p class="mut">{escape(text)}</p></div>'


def left_out(text: str) -> str:
    """That a filter of the bar does not count on this page."""
    return f'<div class="az"><p class="mut s13 mg-left-out">{escape(text)}</p></div>'
