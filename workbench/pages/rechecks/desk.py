"""Second assessments of an assessor: what waits, what he has begun, what is in, and examples."""

from collections.abc import Iterable
from functools import partial
from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.rechecks.second_lines import act
from workbench.pages.rechecks.words import recheck_pill
from workbench.services.rechecks.agreement_words import resolution_word
from workbench.services.rechecks.rechecks import (
    Example,
    RecheckDesk,
    RecheckPlace,
    RecheckRow,
    read_recheck_desk,
    take_recheck,
)
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import instant, ltr, rial
from workbench.ui.page import Context, context, draw_told, reading
from workbench.ui.words import claim_kind

NOTE_LETTERS = 90


def rechecks_page() -> None:
    """The page of assessors and leads."""
    asking = context()
    view = reading(lambda s: read_recheck_desk(s, asking.actor))
    st.html(
        f'<div class="az"><div class="ph"><h1>{escape(_("Second assessments"))}</h1></div></div>'
    )
    st.html(_explained())
    open_rows("rc_begun", _begun(view), partial(_go, "recheck"))
    open_rows("rc_waiting", _waiting(view), partial(_take, asking))
    open_rows("rc_in", _handed_in(view), partial(_go, "compared"))
    open_rows("rc_examples", _examples(view), partial(_go, "compared"))
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)
    draw_told()


def _explained() -> str:
    said = _(
        "These decided cases were drawn by chance. You assess them as if you were the first: what "
        "was decided is hidden until your own decision is in. The case and its money do not change."
    )
    return f'<div class="az"><p class="s13 ink2">{escape(said)}</p></div>'


def key_of(place: RecheckPlace) -> str:
    """A place as one word."""
    return f"{place.insurer_id}-{place.recheck_id}"


def _go(page: str, key: str) -> None:
    insurer, _dash, recheck = key.partition("-")
    navigate.go(page, insurer=insurer, recheck=recheck)


def _take(asking: Context, key: str) -> None:
    insurer, _dash, recheck = key.partition("-")
    place = RecheckPlace(insurer_id=int(insurer), recheck_id=int(recheck))
    if act(lambda s: take_recheck(s, asking.actor, place, now=clock.now())):
        _go("recheck", key)


def _begun(view: RecheckDesk) -> str:
    if not view.begun:
        return ""
    return _card("begun", _("Begun by you"), _("open it and go on"), _rows(view.begun))


def _waiting(view: RecheckDesk) -> str:
    if not view.waiting:
        text = _("Nothing waits that you may assess. Cases are drawn when a week is over.")
        return _card("waiting", _("Waiting"), "", f'<p class="rc-none">{escape(text)}</p>')
    note = _("press a row to take it; yours and those you know are left out")
    return _card("waiting", _("Waiting"), note, _rows(view.waiting))


def _handed_in(view: RecheckDesk) -> str:
    if not view.handed_in:
        return ""
    return _card("in", _("Handed in by you"), _("both decisions"), _rows(view.handed_in))


def _rows(rows: Iterable[RecheckRow]) -> str:
    heads = (_("Case"), _("Insurer"), _("Kind"), _("Lines"), _("Cost"), _("Decided"), _("State"))
    body = "".join(
        f'<tr data-open="{key_of(row.place)}" role="button" tabindex="0">'
        f"<td>{ltr(row.number) if row.number else escape(_('hidden'))}</td>"
        f"<td><bdi>{escape(row.insurer)}</bdi></td><td>{escape(claim_kind(row.kind))}</td>"
        f'<td class="num">{ltr(row.lines)}</td><td class="num">{rial(row.cost_rial)}</td>'
        f'<td class="num">{ltr(instant(row.decided_at).split(" ")[0])}</td>'
        f"<td>{recheck_pill(row.state)}</td></tr>"
        for row in rows
    )
    return _table(heads, body, (3, 4, 5))


def _examples(view: RecheckDesk) -> str:
    if not view.examples:
        text = _("No example yet: a lead marks one when a difference is resolved.")
        return _card("examples", _("Examples"), "", f'<p class="rc-none">{escape(text)}</p>')
    heads = (_("Case"), _("Insurer"), _("Who was right"), _("Why"), _("Resolved"))
    body = "".join(_example(each) for each in view.examples)
    note = _("differences that were resolved, to learn from")
    return _card("examples", _("Examples"), note, _table(heads, body, (4,)))


def _example(each: Example) -> str:
    note = each.note if len(each.note) <= NOTE_LETTERS else each.note[:NOTE_LETTERS] + "…"
    return (
        f'<tr data-open="{key_of(each.place)}" role="button" tabindex="0">'
        f"<td>{ltr(each.number)}</td><td><bdi>{escape(each.insurer)}</bdi></td>"
        f"<td>{escape(resolution_word(each.resolution))}</td>"
        f'<td class="wrap"><bdi>{escape(note)}</bdi></td>'
        f'<td class="num">{ltr(instant(each.resolved_at).split(" ")[0])}</td></tr>'
    )


def _table(heads: tuple[str, ...], body: str, numbers: tuple[int, ...]) -> str:
    head = "".join(
        f"<th{' class=num' if place in numbers else ''}>{escape(word)}</th>"
        for place, word in enumerate(heads)
    )
    return f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _card(name: str, title: str, note: str, body: str) -> str:
    return (
        f'<div class="az panel mg-card rc-{name}"><h2 class="mg-h">{escape(title)}'
        f'<span class="mut s13">{escape(note)}</span></h2>{body}</div>'
    )
