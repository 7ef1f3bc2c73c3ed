"""The proposed change on the page that tries it: its items, and the second person's publishing."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.persian.rial import isolate
from workbench.services.catalogue.changes import DRAFT, PUBLISHED, Change, publish, withdraw
from workbench.services.catalogue.items import read_items
from workbench.ui.change_words import item_cells, state_pill
from workbench.ui.format import day, digits, instant, pill
from workbench.ui.page import Context, doing, reading

ITEMS_SHOWN = 5


def draw_change(asking: Context, change: Change) -> None:
    """What is proposed: each item, what held before it and what from it on."""
    shown = reading(lambda s: read_items(s, asking.actor, change))
    heads = (_("Subject"), _("Until now"), _("From then on"))
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in heads)
    body = "".join(
        f"<tr>{''.join(f'<td class=wrap>{cell}</td>' for cell in item_cells(item))}</tr>"
        for item in shown[:ITEMS_SHOWN]
    )
    rest = len(change.items) - ITEMS_SHOWN
    more = _("… and {n} more rows").format(n=digits(rest)) if rest > 0 else ""
    st.html(
        f'<div class="az"><div class="scroll"><table class="c"><thead><tr>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table></div><p class="mut s13">{escape(more)}</p></div>'
    )


def draw_publishing(asking: Context, change: Change, *, is_next: bool) -> None:
    """The three steps to force, and what the actor may do; ``is_next``: it was tried."""
    st.html(_steps(asking, change))
    with st.container(horizontal=True):
        if change.may_publish:
            st.button(
                _("Publish"),
                key="wi_publish_it",
                type="primary" if is_next else "secondary",
                on_click=_publish,
                args=(asking, change),
            )
        if change.may_withdraw:
            st.button(_("Withdraw"), key="wi_withdraw", on_click=_withdraw, args=(asking, change))


def _steps(asking: Context, change: Change) -> str:
    proposed = _("{name}, {at}").format(
        name=isolate(change.proposed_by), at=isolate(instant(change.proposed_at))
    )
    second = _("anyone but the proposer")
    if change.state != DRAFT:
        second = _("{name}, {at}").format(
            name=isolate(change.ended_by or "–"), at=isolate(instant(change.ended_at))
        )
    from_on = _("services from {day} on").format(day=day(change.from_on))
    late = ""
    if change.state in (DRAFT, PUBLISHED) and change.is_retroactive(asking.now):
        late = pill("late", _("reaches back before today"))
    rows = [("approved", _("Proposed"), proposed)]
    if change.state in (DRAFT, PUBLISHED):
        tone = "approved" if change.state == PUBLISHED else "waiting"
        rows += [(tone, _("Second person"), second), ("waiting", _("Takes effect"), from_on)]
    else:
        rows.append(("late", _("Withdrawn"), second))
    body = "".join(f"<p>{pill(tone, word)} {escape(text)}</p>" for tone, word, text in rows)
    return (
        f'<div class="az"><h2 class="mg-h">{escape(_("Publishing"))} {state_pill(change.state)}'
        f"</h2>{body}{late}</div>"
    )


def _publish(asking: Context, change: Change) -> None:
    _stay_at(change)
    now = clock.now()
    doing(
        lambda s: publish(s, asking.actor, change.id, version=change.version, now=now),
        done=_("The change is published."),
    )


def _stay_at(change: Change) -> None:
    """An ended change is no longer the first of the list: a second press would meet another one."""
    st.query_params["change"] = str(change.id)


def _withdraw(asking: Context, change: Change) -> None:
    _stay_at(change)
    now = clock.now()
    doing(
        lambda s: withdraw(s, asking.actor, change.id, version=change.version, now=now),
        done=_("The change is withdrawn."),
    )
