"""What centres' prices are multiplied with, by versions; a new one is proposed."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.catalogue.grid import card, empty, grid, note
from workbench.pages.catalogue.price_files import draw_files
from workbench.pages.catalogue.prices import state_pill
from workbench.persian.digits import drop_direction_marks, to_ascii
from workbench.persian.jalali import day_of
from workbench.rules.changes import CoefficientItem
from workbench.services.access import may
from workbench.services.catalogue.changes import propose
from workbench.services.catalogue.lists import Coefficients, read_coefficients
from workbench.services.catalogue.price_sheets import basis_of
from workbench.ui.change_words import no_coefficient, times
from workbench.ui.format import day, digits, ltr
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, reading, tell

CENTRE, SET, BASIS, ON, REASON = (
    "cat_coefficient_centre",
    "cat_coefficient_set",
    "cat_coefficient_basis",
    "cat_coefficient_on",
    "cat_coefficient_reason",
)


def draw_coefficients(asking: Context) -> None:
    """All versions of all centres; beside them, for who may, the form of a new one."""
    said = _("Without a coefficient a centre's price is the table's: the coefficient is 1.")
    st.html(note(said))
    found = reading(lambda s: read_coefficients(s, asking.actor, now=asking.now))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(_table(found))
        if may(asking.actor, "catalogue.propose"):
            with st.container(width=380), st.container(border=True, key="cat_form_coefficient"):
                _form(asking, found)
    draw_files(asking, None)


def _table(found: Coefficients) -> str:
    if not found.rows:
        return empty(_("No centre has a coefficient yet."))
    heads = (_("Centre"), _("Tariff set"), _("Coefficient"), _("From"), _("Until"), _("State"))
    rows = [
        (
            f"<bdi>{escape(row.name)}</bdi>",
            f"<bdi>{escape(found.sets.get(row.tariff_set, row.tariff_set))}</bdi>",
            ltr(times(version.value)),
            ltr(day(version.from_on)),
            ltr(day(version.until_on)),
            state_pill(version.state),
        )
        for row in found.rows
        for version in row.versions
    ]
    return card(_("Coefficients of centres"), grid(heads, rows, 0, numbers=(2,)))


def _form(asking: Context, found: Coefficients) -> None:
    st.multiselect(
        _("Centres"),
        list(found.centres),
        key=CENTRE,
        format_func=found.centres.__getitem__,
        placeholder=_("Choose…"),
    )
    st.selectbox(_("Tariff set"), list(found.sets), key=SET, format_func=found.sets.__getitem__)
    st.text_input(_("Coefficient"), key=BASIS, placeholder=digits(times(11_500)))
    jalali_input(_("First day"), ON, day_of(asking.now))
    st.text_input(_("Reason of the change"), key=REASON)
    st.button(
        _("Propose"),
        key="cat_coefficient_save",
        type="primary",
        on_click=_propose,
        args=(asking,),
    )


def _propose(asking: Context) -> None:
    kept = st.session_state
    on, basis = typed_day(ON), basis_of(to_ascii(drop_direction_marks(kept[BASIS])))
    if on is None:
        tell("refused", not_a_day())
    elif not kept[CENTRE]:
        tell("refused", _("Choose the centre first."))
    elif basis is None:
        tell("refused", no_coefficient())
    else:
        items = [
            CoefficientItem(centre=centre, tariff_set=kept[SET], basis=basis)
            for centre in kept[CENTRE]
        ]
        reason, now = kept[REASON], clock.now()
        done = doing(
            lambda s: propose(s, asking.actor, reason=reason, from_on=on, items=items, now=now)
        )
        if done is not None:
            tell("done", _("Proposed. It waits among the changes for a second person."))
            kept[REASON] = kept[BASIS] = ""
