"""Proposed changes: what waits for a second person, what was published or withdrawn."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.catalogue import amending
from workbench.pages.catalogue.grid import card, empty, grid, note
from workbench.services.catalogue.changes import (
    DRAFT,
    Change,
    ChangeRow,
    list_changes,
    publish,
    read_change,
    withdraw,
)
from workbench.services.catalogue.items import ShownItem, read_items
from workbench.ui import navigate
from workbench.ui.change_words import change_name, item_cells, state_pill
from workbench.ui.format import day, digits, instant, ltr, pill
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.pages import PATHS

TRIED_ON = "what-if"
OPENED = "cat_change"


def draw_changes(asking: Context) -> None:
    """Drafts first, each with its items and what may be done; the ended ones beneath."""
    changes = reading(lambda s: list_changes(s, asking.actor))
    st.html(note(_explained()))
    drafts = [change for change in changes if change.state == DRAFT]
    for change in drafts:
        with st.container(border=True, key=f"cat_draft_{change.id}"):
            _draft(asking, change)
    if not drafts:
        st.html(empty(_("No change waits. Propose one in the lists of prices and rules.")))
    ended = [change for change in changes if change.state != DRAFT]
    if ended:
        _history(asking, ended)


def _explained() -> str:
    return _(
        "Prices, coefficients and rules change only so: one person proposes, another publishes, "
        "and the change holds for services from its first day on. Until then nothing changes."
    )


def _draft(asking: Context, change: ChangeRow) -> None:
    st.html(_head(asking, change))
    whole = reading(lambda s: read_change(s, asking.actor, change.id))
    shown = reading(lambda s: read_items(s, asking.actor, whole))
    st.html(f'<div class="az"><div class="scroll">{_items(whole, shown)}</div></div>')
    with st.container(horizontal=True, vertical_alignment="center"):
        if TRIED_ON in PATHS:
            st.button(
                _("Try on the past"),
                key=f"cat_try_{change.id}",
                on_click=navigate.go,
                args=(TRIED_ON,),
                kwargs={"change": str(change.id)},
            )
        if change.may_publish:
            st.button(
                _("Publish"),
                key=f"cat_publish_{change.id}",
                type="primary",
                on_click=_publish,
                args=(asking, change),
            )
        if change.is_own:
            word = _("Do not correct") if amending.is_open(change.id) else _("Correct")
            key = f"cat_amend_{change.id}"
            st.button(word, key=key, on_click=amending.turn, args=(change.id,))
        if change.may_withdraw:
            st.button(
                _("Withdraw"),
                key=f"cat_withdraw_{change.id}",
                on_click=_withdraw,
                args=(asking, change),
            )
        if change.is_own:
            said = escape(_("You proposed it: a second person publishes it."))
            st.html(f'<div class="az"><p class="mut s13">{said}</p></div>')
    if change.is_own and amending.is_open(change.id):
        with st.container(key="cat_amend_form"):
            amending.draw_amending(asking, whole, shown)


def _head(asking: Context, change: ChangeRow) -> str:
    from_on = _("From {day}").format(day=day(change.from_on))
    late = ""
    if change.is_retroactive(asking.now):
        late = pill("late", _("reaches back before today"))
    by = escape(_("Proposed by {name}, {at}")).format(
        name=f"<bdi>{escape(change.proposed_by)}</bdi>", at=ltr(instant(change.proposed_at))
    )
    return (
        f'<div class="az"><div style="display:flex;gap:12px;align-items:center;flex-wrap:wrap">'
        f"<b><bdi>{escape(change.reason)}</bdi></b>{state_pill(change.state)}"
        f"<span>{escape(from_on)}</span>{late}</div>"
        f'<p class="mut s13">{by}</p></div>'
    )


def _items(whole: Change, shown: Sequence[ShownItem]) -> str:
    heads = (_("Subject"), _("Until now"), _("From then on"))
    table = grid(heads, [item_cells(item) for item in shown], 0, 1, 2)
    rest = len(whole.items) - len(shown)
    if rest > 0:
        more = escape(_("… and {n} more rows").format(n=digits(rest)))
        table += f'<p class="mut s13">{more}</p>'
    return table


def _history(asking: Context, changes: Sequence[ChangeRow]) -> None:
    heads = (
        _("State"),
        _("Reason"),
        _("From"),
        _("Items"),
        _("Proposed by"),
        _("Ended by"),
        _("When"),
    )
    rows = [
        (
            state_pill(change.state),
            f"<bdi>{escape(change.reason)}</bdi>",
            ltr(day(change.from_on)),
            ltr(change.item_count),
            f"<bdi>{escape(change.proposed_by)}</bdi>",
            f"<bdi>{escape(change.ended_by or '–')}</bdi>",
            ltr(instant(change.ended_at)),
        )
        for change in changes
    ]
    st.html(card(_("Published and withdrawn"), grid(heads, rows, 1, numbers=(3,))))
    names = {change.id: change_name(change) for change in changes}
    chosen = st.selectbox(
        _("Items of the change"),
        list(names),
        index=None,
        key=OPENED,
        format_func=names.__getitem__,
        placeholder=_("Choose…"),
    )
    change = next((each for each in changes if each.id == chosen), None)
    if change is not None:
        whole = reading(lambda s: read_change(s, asking.actor, change.id))
        shown = reading(lambda s: read_items(s, asking.actor, whole))
        st.html(card(change.reason, _items(whole, shown)))


def _publish(asking: Context, change: ChangeRow) -> None:
    now = clock.now()
    done = doing(lambda s: publish(s, asking.actor, change.id, version=change.version, now=now))
    if done is not None:
        said = _("Published. Open cases that it touches: {n}; they are judged anew when opened.")
        tell("done", said.format(n=digits(done.open_cases)))


def _withdraw(asking: Context, change: ChangeRow) -> None:
    now = clock.now()
    doing(
        lambda s: withdraw(s, asking.actor, change.id, version=change.version, now=now),
        done=_("Withdrawn."),
    )
