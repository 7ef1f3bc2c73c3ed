"""What an uploader says of a file that did not arrive: Streamlit marks it, and gives no reason.

Kept back by the browser (its name, its size) or broken off on the way look the same to the page,
so each sentence is true of all of them and says what to do.
"""

from html import escape

from workbench.i18n import _
from workbench.ui.format import digits


def no_image_arrived(megabytes: int) -> str:
    """Of an uploader of pictures (HTML); the style sheet shows it beside a marked file."""
    return _not_arrived(
        _(
            "A marked file did not arrive. Only JPEG files of at most {limit} megabytes are taken;"
            " if it is one, sending it was broken off: remove it here and choose it again."
        ),
        megabytes,
    )


def no_zip_arrived(megabytes: int) -> str:
    """Of the uploader of an import (HTML); the style sheet shows it beside a marked file."""
    return _not_arrived(
        _(
            "The marked file did not arrive. One zip of at most {limit} megabytes is taken;"
            " if it is one, sending it was broken off: remove it here and choose it again."
        ),
        megabytes,
    )


def _not_arrived(said: str, megabytes: int) -> str:
    text = escape(said.format(limit=digits(megabytes)))
    return f'<div class="az file-kept-back"><p class="bad-note" role="alert">{text}</p></div>'
