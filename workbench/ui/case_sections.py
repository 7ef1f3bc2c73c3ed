"""The bricks of the case page's patient column. What is passed as a value is HTML."""

from html import escape


def section(title: str, body: str, extra: str = "") -> str:
    """A titled block; ``extra`` stands at the far side of its title."""
    return f'<div class="sec"><h2><span>{escape(title)}</span>{extra}</h2>{body}</div>'


def pairs(*rows: tuple[str, str]) -> str:
    """Names with their values."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows)
    return f'<dl class="kv">{cells}</dl>'


def link(target: str, shown: str) -> str:
    """A link of ``open_rows`` around HTML."""
    return f'<a class="lnk" role="link" tabindex="0" data-open="{escape(target)}">{shown}</a>'
