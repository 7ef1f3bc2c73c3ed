"""The history of a tooth: national code and tooth, the whole chart and what was done (C10)."""

from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.persian.jalali import day_of
from workbench.rules.teeth import describe_jaw, describe_surfaces, describe_tooth
from workbench.services.teeth.search import FoundTeeth, FoundTreatment, find_teeth
from workbench.ui import navigate
from workbench.ui.components.odontogram import odontogram
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, ltr
from workbench.ui.page import Context, context, doing, take_refusals
from workbench.ui.presses import undisturbed
from workbench.ui.tooth_data import odontogram_data, tooth_title

CODE, TOOTH, ASKED = "teeth_code", "teeth_tooth", "teeth_asked"


def teeth_page() -> None:
    """The page of who may ask; nothing is asked before the button, for each asking is recorded."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("Tooth history"))}</h1></div></div>')
    with (
        st.form("teeth_form", border=False, width=720),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("National code"), key=CODE)
        st.text_input(
            _("Tooth and side"), key=TOOTH, placeholder=_("36, LL6 or lower left 6; empty: all")
        )
        st.form_submit_button(_("Show the history"), type="primary", on_click=_ask)
    if ASKED in st.session_state:
        with undisturbed():
            del st.session_state[ASKED]
            _show(asking)
    else:
        _say(_("Whose tooth?"), _("That the history was asked is written to the audit trail."))
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _ask() -> None:
    st.session_state[ASKED] = True


def _show(asking: Context) -> None:
    """What was found; only the button asks, a mere redraw does not ask (and record) again."""
    code, tooth = st.session_state[CODE], st.session_state[TOOTH]
    found = doing(lambda s: (find_teeth(s, asking.actor, code, tooth, now=asking.now),))
    if found is None:
        _say(_("Nothing was searched"), " ".join(take_refusals()))
    elif found[0] is None:
        _say(_("Nothing found"), _("This person is on no list of the insurers you work for."))
    else:
        _draw(asking, found[0])


def _say(title: str, text: str) -> None:
    st.html(
        f'<div class="az az-empty" role="status"><b>{escape(title)}</b><p>{escape(text)}</p></div>'
    )


def _draw(asking: Context, found: FoundTeeth) -> None:
    who = f"<b>{escape(found.name)}</b> · {ltr(found.masked_national_code)}"
    born = escape(_("born {day}").format(day=day(found.birth_on)))
    st.html(f'<div class="az"><p class="s14">{who} · <span class="mut">{born}</span></p></div>')
    data = odontogram_data(
        found.history,
        [],
        language=asking.language,
        birth_on=found.birth_on,
        as_of=day_of(asking.now),
        selected=found.tooth,
    )
    with st.container(border=True, key="teeth_chart"):
        odontogram("teeth_whole", data)
    open_rows("teeth_list", _list(asking, found), navigate.open_case)


def _list(asking: Context, found: FoundTeeth) -> str:
    """The treatments as a table; a case the reader may open is a link (HTML)."""
    title = tooth_title(found.tooth, asking.language) if found.tooth else _("All teeth and jaws")
    heads = (_("Day"), _("Where"), _("Treatment"), _("Centre"), _("Images"), _("Case"))
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    rows = "".join(_row(each, asking.language) for each in found.found)
    if not rows:
        none = escape(_("No treatment is on record."))
        rows = f'<tr><td colspan="{len(heads)}" class="mut">{none}</td></tr>'
    return (
        f'<div class="az card"><header><h2>{escape(title)}</h2></header><div class="scroll">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


def _row(found: FoundTreatment, language: str) -> str:
    each = found.treatment
    if each.tooth is not None:
        where = describe_tooth(each.tooth, language)
    else:
        where = describe_jaw(each.jaw, language)
    what = each.title or _("Code {code}").format(code=digits(each.code))
    surfaces = describe_surfaces(each.surfaces, language)
    centre = _("another insurer") if each.is_foreign else each.centre or ""
    number = found.claim_number
    case = (
        f'<a class="lnk" role="link" tabindex="0" data-open="{escape(number)}">{ltr(number)}</a>'
        if number
        else "–"
    )
    cells = (
        ltr(day(each.on)),
        escape(where),
        f'{escape(what)} <span class="mut">{escape(surfaces)}</span>',
        f"<bdi>{escape(centre)}</bdi>",
        digits(found.image_count) if found.image_count is not None else "–",
        case,
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
