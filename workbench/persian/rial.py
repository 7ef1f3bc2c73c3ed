"""How numbers and amounts are shown; none of these strings isolates itself."""

from workbench.persian.digits import to_persian

_FIRST_STRONG_ISOLATE = "\u2068"
_POP_ISOLATE = "\u2069"
_MINUS = "\u2212"


def isolate(text: str) -> str:
    """The text between U+2068 and U+2069, so that a mixed line does not reorder it."""
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"


def number(value: int, lang: str = "fa") -> str:
    """A whole number with thousands apart: ``۱٬۲۳۴`` in ``fa``, ``1,234`` otherwise."""
    grouped = f"{value:,}".replace("-", _MINUS)
    return to_persian(grouped).replace(",", "٬") if lang == "fa" else grouped


def format_rial(amount_rial: int, lang: str = "fa") -> str:
    """An amount in rials, without the unit: ``۱٬۴۳۲٬۰۰۰`` in ``fa``, ``1,432,000`` otherwise."""
    return number(amount_rial, lang)


def percent(basis_points: int, lang: str = "fa") -> str:
    """A share in basis points (1,000 = 10 %): ``۱۲٫۵٪`` in ``fa``, ``12.5%`` otherwise."""
    whole, rest = divmod(abs(basis_points), 100)
    sign = _MINUS if basis_points < 0 else ""
    shown = sign + f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
    return to_persian(shown).replace(".", "٫").replace("%", "٪") if lang == "fa" else shown
