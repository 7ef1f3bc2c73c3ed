"""The form that corrects one's own draft of a change: its reason, its day, what its items say."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.catalogue.rules_fields import Keys, draw_fields, typed_fields
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount, shown_amount
from workbench.persian.digits import drop_direction_marks, to_ascii
from workbench.rules.changes import CoefficientItem, Item, PriceItem, RuleItem
from workbench.rules.plain import to_plain
from workbench.services.catalogue.changes import Change, amend
from workbench.services.catalogue.items import ShownItem
from workbench.services.catalogue.price_sheets import basis_of
from workbench.services.catalogue.rule_tables import RuleTables, read_rule_tables
from workbench.ui.change_words import contracted_name, level_name, no_coefficient, times
from workbench.ui.format import digits, listed
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.rule_words import row_text, table_name
from workbench.ui.whole_input import not_whole

OPENED = "cat_amend"


class _Wrong(Exception):
    """What was typed says nothing; the argument says why."""


def is_open(change_id: int) -> bool:
    """Whether the form of this draft is shown."""
    return st.session_state.get(OPENED) == change_id


def turn(change_id: int) -> None:
    """Show the form of a draft, or put it away."""
    st.session_state[OPENED] = None if is_open(change_id) else change_id


def draw_amending(asking: Context, change: Change, shown: Sequence[ShownItem]) -> None:
    """Fields of the first items (``shown``); the others stay as they are."""
    key = f"{OPENED}.{change.id}.{change.version}"
    st.text_input(_("Reason of the change"), change.reason, key=f"{key}.reason")
    jalali_input(_("First day"), f"{key}.on", change.from_on)
    tables = None
    if any(isinstance(each.item, RuleItem) for each in shown):
        tables = reading(lambda s: read_rule_tables(s, asking.actor))
    fields = {}
    for place, each in enumerate(shown):
        with st.container(border=len(shown) > 1, key=f"cat_amend_item_{place}"):
            fields[place] = _draw_item(tables, each, f"{key}.{place}")
            if len(change.items) > 1:
                st.checkbox(_("Leave this item out"), key=f"{key}.{place}.out")
    st.button(
        _("Save the correction"),
        key="cat_amend_save",
        type="primary",
        on_click=_amend,
        args=(asking, change, key, fields),
    )


def _draw_item(tables: RuleTables | None, shown: ShownItem, key: str) -> Keys:
    """The fields of an item: their keys by what they say."""
    item = shown.item
    if isinstance(item, PriceItem):
        kind = listed((contracted_name(is_contracted=item.is_contracted), level_name(item.level)))
        label = f"{digits(item.code)} {shown.thing} · {kind}"
        amount = shown_amount(item.amount_rial)
        st.text_input(label, amount, key=key, on_change=group_amount, args=(key,))
        return {"amount_rial": key}
    if isinstance(item, CoefficientItem):
        label = f"{_('Coefficient of')} {shown.thing}"
        st.text_input(label, times(item.basis), key=key)
        return {"basis": key}
    if item.row is None:
        said = f"{row_text(item.table, shown.former)}: {_('ends')}"
        st.html(f'<div class="az"><bdi>{escape(said)}</bdi></div>')
        return {}
    assert tables is not None
    st.html(f'<div class="az"><b>{escape(table_name(item.table))}</b></div>')
    return draw_fields(tables, item.table, shown.new, key)


def _amend(asking: Context, change: Change, key: str, fields: dict[int, Keys]) -> None:
    """The fields are read now: the last of them may have been left by the very click."""
    kept, now = st.session_state, clock.now()
    on, reason = typed_day(f"{key}.on"), kept[f"{key}.reason"]
    if on is None:
        tell("refused", not_a_day())
        return
    try:
        items = [
            _typed(item, fields[place]) if place in fields else item
            for place, item in enumerate(change.items)
            if not kept.get(f"{key}.{place}.out")
        ]
    except _Wrong as wrong:
        tell("refused", str(wrong))
        return
    given = {"version": change.version, "reason": reason, "from_on": on, "items": items}
    done = doing(
        lambda s: amend(s, asking.actor, change.id, **given, now=now),
        done=_("Corrected. It still waits for a second person."),
    )
    if done is not None:
        kept[OPENED] = None


def _typed(item: Item, keys: Keys) -> Item:
    """The item as the fields say it now."""
    kept = st.session_state
    if isinstance(item, PriceItem):
        amount_rial = amount_of(kept[keys["amount_rial"]])
        if amount_rial is None:
            raise _Wrong(_(NO_AMOUNT))
        return replace(item, amount_rial=amount_rial)
    if isinstance(item, CoefficientItem):
        basis = basis_of(to_ascii(drop_direction_marks(kept[keys["basis"]])))
        if basis is None:
            raise _Wrong(no_coefficient())
        return replace(item, basis=basis)
    if item.row is None:
        return item
    try:
        typed: dict[str, Any] = typed_fields(item.table, keys)
    except ValueError:
        raise _Wrong(not_whole()) from None
    if not typed.get("groups", True):
        raise _Wrong(_("Choose the services first."))
    return replace(item, row={**item.row, **{name: to_plain(typed[name]) for name in typed}})
