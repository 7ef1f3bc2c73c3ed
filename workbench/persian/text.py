"""Persian text for search and for sorting; what is displayed is never changed."""

from workbench.persian.digits import (
    ARABIC_DIGITS,
    ASCII_DIGITS,
    DIRECTION_MARKS,
    PERSIAN_DIGITS,
)

TATWEEL = "\u0640"
HARAKAT = "".join(map(chr, range(0x064B, 0x0660))) + "\u0670"
JOINERS = "\u200b\u200c\u200d\ufeff"

# Dictionaries put آ before ا; Unicode puts پ چ ژ ک گ ی far behind, and ه before و.
ALPHABET = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_FIRST_KEY = 0x0600  # after Latin letters, before every Arabic letter the alphabet lacks

_DIGITS = dict(zip(PERSIAN_DIGITS + ARABIC_DIGITS, ASCII_DIGITS * 2, strict=True))
_DROPPED = dict.fromkeys(TATWEEL + HARAKAT + JOINERS + DIRECTION_MARKS, "")
_LETTERS = dict(zip("يىكةۀأإآؤ", "ییکههاااو", strict=True))
_NORMAL = str.maketrans(_LETTERS | _DROPPED | _DIGITS)

_KEYS = {letter: chr(_FIRST_KEY + rank) for rank, letter in enumerate(ALPHABET)}
_VARIANTS = {variant: _KEYS[letter] for variant, letter in _LETTERS.items() if variant != "آ"}
_COLLATION = str.maketrans(_VARIANTS | {"ئ": _KEYS["ی"]} | _DROPPED | _DIGITS | _KEYS)


def normalise(text: str) -> str:
    """The search key: one form for every letter and digit, no invisible signs, single spaces.

    Arabic ي ى ك become ی ک; ة ۀ → ه; أ إ آ → ا; ؤ → و; tatweel, harakat, joiners and direction
    marks go; digits become 0–9. Unicode's NFKC does none of this.
    """
    return " ".join(text.translate(_NORMAL).split())


def collation_key(text: str) -> str:
    """A key that sorts in the order of the Persian alphabet when compared by code point.

    A space sorts before digits, these before Latin letters (of either case), then Persian.
    """
    return " ".join(text.casefold().translate(_COLLATION).split())
