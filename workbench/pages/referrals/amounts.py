"""Amounts of letters as they are typed: any digits, grouped once the field is left."""

import streamlit as st

from workbench.i18n import N_, language
from workbench.persian.digits import parse_amount
from workbench.persian.rial import format_rial

NO_AMOUNT = N_("The amount is a whole number of rials, without a sign or a fraction.")


def amount_of(text: str) -> int | None:
    """The rials that were typed, in any digits and with separators; None: no whole number."""
    try:
        return parse_amount(text)
    except ValueError:
        return None


def shown_amount(amount_rial: int) -> str:
    """An amount as a field shows it: «۵٬۰۰۰٬۰۰۰»."""
    return format_rial(amount_rial, language())


def group_amount(key: str) -> None:
    """Write the amount of a field with its thousands apart, so that a zero too many is seen."""
    amount_rial = amount_of(st.session_state.get(key, ""))
    if amount_rial is not None:
        st.session_state[key] = shown_amount(amount_rial)
