"""The filters of the letters about to expire; what was chosen outlives a look at a letter."""

from datetime import date
from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.persian.rial import isolate
from workbench.rules.referral import WARNING_DAYS
from workbench.services.referrals.lists import ExpiringFilter, referral_choices
from workbench.ui import paging
from workbench.ui.format import days_word, digits
from workbench.ui.page import Context, reading

NAME, DAY = "referrals", "referrals.day"
DAYS = (3, 5, WARNING_DAYS, 20, 30, 60)


def chosen_filter() -> ExpiringFilter:
    """The filter in use."""
    day_on = st.session_state.get(DAY)
    return ExpiringFilter(
        contract=_kept("rx_contract"),
        centre_id=_kept("rx_centre"),
        insurer_id=_kept("rx_insurer"),
        within_days=_kept("rx_days") or WARNING_DAYS,
        day_on=date.fromisoformat(day_on) if day_on else None,
    )


def first_page() -> None:
    """The list begins anew."""
    paging.first_page(NAME)


def draw_filters(asking: Context) -> None:
    """Days, contract, centre, and the insurer of who works for several."""
    choices = reading(lambda s: referral_choices(s, asking.actor, now=asking.now))
    contracts = {(c[0], c[1]): f"{c[3]} · {isolate(digits(c[2]))}" for c in choices.contracts}
    _restore("rx_days")
    st.session_state.setdefault("rx_days", WARNING_DAYS)
    st.selectbox(
        _("Expires within"),
        DAYS,
        key="rx_days",
        format_func=lambda n: _("within {days}").format(days=days_word(n)),
        label_visibility="collapsed",
        on_change=_keep,
        args=("rx_days",),
        width=130,
    )
    choice("rx_contract", _("All contracts"), contracts)
    choice("rx_centre", _("All centres"), dict(choices.centres))
    if len(choices.insurers) > 1:
        choice("rx_insurer", _("All insurers"), dict(choices.insurers))


def choice(key: str, label: str, names: dict[Any, str]) -> None:
    """One field that limits a list, or does not."""
    _restore(key)
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda value: names.get(value, ""),
        placeholder=label,
        label_visibility="collapsed",
        key=key,
        on_change=_keep,
        args=(key,),
        width=170,
    )


def _kept(key: str) -> Any:
    return st.session_state.get(f"kept.{key}")


def _keep(key: str) -> None:
    st.session_state[f"kept.{key}"] = st.session_state[key]
    st.session_state[DAY] = None
    first_page()


def _restore(key: str) -> None:
    """The framework forgets the fields of a page that is left."""
    if key not in st.session_state and _kept(key) is not None:
        st.session_state[key] = _kept(key)
