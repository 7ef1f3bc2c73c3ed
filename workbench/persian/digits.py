"""The three families of digits, and amounts as people type them."""

import re

PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
ASCII_DIGITS = "0123456789"

# Marks that steer the direction of a line: our own output carries them, so pasted input does too.
DIRECTION_MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

LONGEST_AMOUNT = 15  # digits; a thousand billion rials and more is a slip of the finger

_TO_ASCII = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, ASCII_DIGITS * 2)
_TO_PERSIAN = str.maketrans(ASCII_DIGITS + ARABIC_DIGITS, PERSIAN_DIGITS * 2)
_WITHOUT_MARKS = str.maketrans("", "", DIRECTION_MARKS)

# A separator stands before exactly three digits, so that «1,5» is not read as fifteen.
_AMOUNT = re.compile(r"[0-9]+(?:[,٬،\s][0-9]{3})*")
_SEPARATOR = re.compile(r"[,٬،\s]")


def to_ascii(text: str) -> str:
    """The text with Persian and Arabic digits as 0–9; everything else stays."""
    return text.translate(_TO_ASCII)


def to_persian(text: str) -> str:
    """The text with Latin and Arabic digits as ۰–۹; everything else stays."""
    return text.translate(_TO_PERSIAN)


def drop_direction_marks(text: str) -> str:
    """The text without the invisible marks that only steer its direction."""
    return text.translate(_WITHOUT_MARKS)


def parse_amount(text: str) -> int:
    """A whole, non-negative amount, thousands apart by ``,`` ``٬`` ``،`` or a space, or not at all.

    Decimals, negatives, an empty text and more than 15 digits are a ``ValueError``.
    """
    typed = to_ascii(drop_direction_marks(text)).strip()
    if not _AMOUNT.fullmatch(typed):
        raise ValueError(f"not a whole amount: {text!r}")
    digits = _SEPARATOR.sub("", typed)
    if len(digits) > LONGEST_AMOUNT:
        raise ValueError(f"amount has more than {LONGEST_AMOUNT} digits: {text!r}")
    return int(digits)
