"""The filters of the queue: states as chips with counts, the other ones, saved views.

The filter in use stands in the session under one key, as ids and strings; widgets only change it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from workbench import clock
from workbench.i18n import _, language
from workbench.persian.digits import parse_amount
from workbench.persian.rial import format_rial
from workbench.rules.workflow import ClaimState
from workbench.services.choices import Choices, read_choices
from workbench.services.claims.listed import capped_text
from workbench.services.desk.queue import QueueCounts, count_queue
from workbench.services.desk.queue_filter import FREE, MINE, QueueFilter
from workbench.services.desk.saved_views import delete_view, list_views, save_view
from workbench.services.desk.search import record_code_search
from workbench.services.errors import state_name
from workbench.ui.format import days_word
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.paging import first_page

FILTER, NAME = "queue.filter", "queue"
FORM = "queue.form"
PAGE = "queue"
STATES: dict[str, dict[str, Any]] = {
    "open": {},
    "accepted": {"state": "accepted"},
    "under_review": {"state": "under_review"},
    "remedied": {"state": "accepted", "is_second_round": True},
    "parked": {"state": "parked"},
    "returned": {"state": "returned"},
    "overdue": {"is_overdue": True},
}
STATE_FIELDS = ("state", "is_second_round", "is_overdue")
OTHER_STATES = (
    ClaimState.READY_TO_SEND,
    ClaimState.FINISHED,
    ClaimState.SENT_TO_FINANCE,
    ClaimState.ARCHIVED,
    ClaimState.VOID,
)


def chosen_filter() -> QueueFilter:
    """The filter in use; at first what waits to be taken: returned cases stand in nobody's way."""
    return QueueFilter.from_facts(st.session_state.get(FILTER, STATES["accepted"]))


def use_filter(facts: dict[str, Any]) -> None:
    """Use another filter, from its first page on."""
    st.session_state[FILTER] = {k: v for k, v in facts.items() if v not in (None, "")}
    first_page(NAME)


def take_filter(facts: dict[str, Any]) -> None:
    """Use a filter the form did not choose; its fields start anew.

    A field of a closed popover is not drawn: the browser would send its old value again.
    """
    st.session_state[FORM] = st.session_state.get(FORM, 0) + 1
    use_filter(facts)


def draw_states(asking: Context) -> None:
    """States as chips with their counts."""
    counts = reading(lambda s: count_queue(s, asking.actor, now=clock.now()))
    st.session_state["queue_state"] = _present_state()
    with st.container(key="queue_states"):
        st.pills(
            _("State"),
            list(STATES),
            key="queue_state",
            format_func=lambda name: _state_chip(name, counts),
            label_visibility="collapsed",
            on_change=_choose_state,
        )


def _present_state() -> str | None:
    facts = chosen_filter().as_facts()
    present = {name: facts[name] for name in STATE_FIELDS if facts.get(name)}
    return next((name for name, wanted in STATES.items() if wanted == present), None)


def _choose_state() -> None:
    kept = _without(*STATE_FIELDS)
    take_filter(kept | STATES[st.session_state["queue_state"] or "open"])


def _without(*names: str) -> dict[str, Any]:
    facts = chosen_filter().as_facts()
    return {name: value for name, value in facts.items() if name not in names}


def _state_word(name: str) -> str:
    words = {"open": _("All open"), "remedied": _("Remedied"), "overdue": _("Past the deadline")}
    return words.get(name) or state_name(name)


def _state_chip(name: str, counts: QueueCounts) -> str:
    count = _state_count(name, counts)
    return f"{_state_word(name)}  **{count}**" if count else _state_word(name)


def _state_count(name: str, counts: QueueCounts) -> str:
    if name == "open":
        return capped_text(counts.open, is_capped=False)
    if name == "overdue":
        return capped_text(counts.overdue, counts.is_overdue_capped)
    if name == "remedied":
        return ""
    return capped_text(counts.by_state.get(name, 0), is_capped=False)


def draw_filters(asking: Context) -> None:
    """The filters in use as chips that take themselves away, the form for more, saved views."""
    choices = reading(lambda s: read_choices(s, asking.actor))
    st.session_state["queue_text"] = chosen_filter().text
    with st.container(key="queue_chips", horizontal=True, vertical_alignment="center"):
        st.text_input(
            _("Name or number"),
            key="queue_text",
            placeholder=_("Name or number"),
            label_visibility="collapsed",
            on_change=_choose_text,
            args=(asking,),
            width=200,
        )
        with (
            st.popover(_("Filters"), icon=":material/filter_list:"),
            st.container(key="queue_form"),
        ):
            _form(choices)
        facts = _without(*STATE_FIELDS, "text")
        for name, value in facts.items():
            word = _chip(name, value, choices)
            st.button(
                f"{word}  ✕", key=f"queue_chip_{name}", on_click=take_filter, args=(_less(name),)
            )
        if facts or chosen_filter().text:
            st.button(
                _("Clear"), key="queue_clear", type="tertiary", on_click=take_filter, args=({},)
            )
        st.space("stretch")
        _views(asking)


def _less(name: str) -> dict[str, Any]:
    facts = chosen_filter().as_facts()
    facts.pop(name, None)
    return facts


def _choose_text(asking: Context) -> None:
    text = st.session_state["queue_text"].strip()
    doing(lambda s: record_code_search(s, asking.actor, text, now=clock.now()))
    use_filter(_without("text") | {"text": text})


def _chip(name: str, value: Any, choices: Choices) -> str:
    """What a filter in use says."""
    if name == "insurer_id":
        return _("Insurer: {name}").format(name=dict(choices.insurers).get(value, "–"))
    if name == "centre_id":
        return _("Centre: {name}").format(name=dict(choices.centres).get(value, "–"))
    if name == "assignee":
        return _("Held by: {name}").format(name=_assignee_word(value, choices))
    if name == "kind":
        return _kind_word(value)
    if name == "age_days":
        return _("older than {days}").format(days=days_word(value))
    if name == "finding":
        return _("with findings") if value else _("without findings")
    amount = format_rial(value, language())
    if name == "amount_from_rial":
        return _("from {amount} rial").format(amount=amount)
    return _("up to {amount} rial").format(amount=amount)


def _kind_word(kind: str) -> str:
    return _("direct") if kind == "direct" else _("indirect")


def _assignee_word(value: int | str, choices: Choices) -> str:
    if value in (FREE, MINE):
        return _("nobody") if value == FREE else _("me")
    return dict(choices.assessors).get(int(value), "–")


def _form(choices: Choices) -> None:
    """All filters; each works as soon as it is chosen."""
    chosen = chosen_filter()
    insurers, centres = dict(choices.insurers), dict(choices.centres)
    _select(_("Other states"), "state", [s.value for s in OTHER_STATES], state_name, chosen.state)
    _select(_("Insurer"), "insurer_id", list(insurers), insurers.__getitem__, chosen.insurer_id)
    _select(_("Centre"), "centre_id", list(centres), centres.__getitem__, chosen.centre_id)
    _select(_("Kind"), "kind", ["direct", "indirect"], _kind_word, chosen.kind)
    holders: list[int | str] = [FREE, MINE, *(i for i, _name in choices.assessors)]
    _select(
        _("Held by"), "assignee", holders, lambda v: _assignee_word(v, choices), chosen.assignee
    )
    _select(
        _("Findings"),
        "finding",
        [True, False],
        lambda v: _("with findings") if v else _("without findings"),
        chosen.finding,
    )
    _select(_("Older than"), "age_days", [1, 2, 3, 5, 10, 30], days_word, chosen.age_days)
    _amount(_("Cost from (rial)"), "amount_from_rial", chosen.amount_from_rial)
    _amount(_("Cost up to (rial)"), "amount_to_rial", chosen.amount_to_rial)


def _form_key(name: str) -> str:
    return f"queue_form_{name}_{st.session_state.get(FORM, 0)}"


def _select(
    label: str, name: str, options: Sequence[Any], word: Callable[[Any], str], value: Any
) -> None:
    key = _form_key(name)
    st.session_state[key] = value if value in options else None
    st.selectbox(
        label,
        options,
        index=None,
        key=key,
        format_func=word,
        placeholder=_("All"),
        on_change=_choose,
        args=(name, key),
    )


def _choose(name: str, key: str) -> None:
    fields = STATE_FIELDS if name == "state" else (name,)
    use_filter(_without(*fields) | {name: st.session_state[key]})


def _amount(label: str, name: str, value: int | None) -> None:
    key = _form_key(name)
    st.session_state[key] = "" if value is None else format_rial(value, language())
    st.text_input(label, key=key, on_change=_choose_amount, args=(name, key))


def _choose_amount(name: str, key: str) -> None:
    typed = st.session_state[key].strip()
    try:
        amount = parse_amount(typed) if typed else None
    except ValueError:
        tell("refused", _("Not an amount: type whole rials in digits."))
        return
    use_filter(_without(name) | {name: amount})


def _views(asking: Context) -> None:
    views = reading(lambda s: list_views(s, asking.actor, PAGE))
    for view in views:
        st.button(
            view.name,
            key=f"queue_view_{view.view_id}",
            icon=":material/bookmark:",
            on_click=take_filter,
            args=(view.filters,),
        )
    with st.popover(_("Save this view"), icon=":material/add:"):
        st.text_input(_("Name of the view"), key="queue_view_name")
        st.button(_("Save"), key="queue_view_save", on_click=_save, args=(asking,))
        for view in views:
            st.button(
                _("Delete “{name}”").format(name=view.name),
                key=f"queue_view_delete_{view.view_id}",
                type="tertiary",
                on_click=_delete,
                args=(asking, view.view_id),
            )


def _save(asking: Context) -> None:
    name = st.session_state["queue_view_name"]
    kept = _without("text")
    if doing(lambda s: save_view(s, asking.actor, PAGE, name, kept), done=_("The view is saved.")):
        st.session_state["queue_view_name"] = ""


def _delete(asking: Context, view_id: int) -> None:
    doing(lambda s: delete_view(s, asking.actor, view_id), done=_("The view is deleted."))
