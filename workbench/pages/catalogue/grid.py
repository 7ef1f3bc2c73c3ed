"""Cards, tables and notes of the catalogue pages (HTML)."""

from collections.abc import Sequence
from html import escape


def card(title: str, body: str, more: str = "") -> str:
    """A panel with its name; ``more`` (HTML) stands at the end of its head."""
    return (
        f'<div class="az card"><header><h2>{escape(title)}</h2><span class="sp"></span>{more}'
        f'</header><div class="scroll">{body}</div></div>'
    )


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *wrapped: int,
    numbers: Sequence[int] = (),
) -> str:
    """A table of cells that are HTML; the ``wrapped`` columns break their lines."""
    looks, head = [], ""
    for place, each in enumerate(heads):
        number = ' class="num"' if place in numbers else ""
        looks.append('<td class="wrap">' if place in wrapped else f"<td{number}>")
        head += f'<th scope="col"{number}>{escape(each)}</th>'
    cells = (zip(looks, row, strict=True) for row in rows)
    body = "".join(f"<tr>{''.join(f'{td}{cell}</td>' for td, cell in row)}</tr>" for row in cells)
    return f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def note(said: str) -> str:
    """What the reader should know of the list beneath."""
    return (
        f'<div class="az panel" style="padding:12px 16px"><p class="s13">{escape(said)}</p></div>'
    )


def empty(said: str) -> str:
    """In place of a list without rows."""
    return f'<div class="az az-empty"><b>{escape(said)}</b></div>'
