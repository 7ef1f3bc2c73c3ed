"""What stands over every page: the name, quick search, who is signed in, language, sign-out."""

from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.settings import settings
from workbench.ui import navigate
from workbench.ui.format import listed
from workbench.ui.page import Context

QUICK = "top_search"


def draw_top_bar(asking: Context, *, has_search: bool) -> None:
    """Draw the fixed bar; the search field leads to the search page with what was typed."""
    with st.container(key="brand"):
        st.html(f'<div class="az brand"><i class="ic ic-mark"></i>{escape(_("Arzyab"))}</div>')
    with st.container(key="topbar", horizontal=True, gap="small"):
        if has_search:
            st.text_input(
                _("Search"),
                key=QUICK,
                placeholder=_("National code, case, referral, name  (Ctrl+K)"),
                label_visibility="collapsed",
                on_change=_search,
            )
        st.html(_ribbon() + _who(asking))


def _ribbon() -> str:
    """In demo mode: a mark that nothing here is real."""
    if not settings().demo:
        return ""
    said = escape(_("Demonstration with invented people; nothing here is real."))
    return (
        f'<div class="az demo-mark" role="note" title="{said}">{escape(_("Demonstration"))}</div>'
    )


def _search() -> None:
    text = st.session_state[QUICK].strip()
    if text:
        st.session_state["search.text"] = text
        st.session_state[QUICK] = ""
        navigate.go("search")


def _who(asking: Context) -> str:
    name = asking.actor.display_name
    roles = listed(_role_name(role) for role in sorted(asking.actor.roles))
    other, word = ("en", "English") if asking.language == "fa" else ("fa", "فارسی")
    return f"""<div class="az who"><details class="menu"><summary aria-label="{escape(name)}">
<i>{escape(name[:1])}</i>
<span>{escape(name)} <span class="mut lg-only">· {escape(roles)}</span></span>
</summary><div class="drop"><span class="mut">{escape(roles)}</span>
<form method="post" action="/language">
<button name="language" value="{other}">{word}</button></form>
<form method="post" action="/sign-out"><button>{escape(_("Sign out"))}</button></form>
</div></details></div>"""


def _role_name(role: str) -> str:
    return {
        "reception": _("reception"),
        "assessor": _("assessor"),
        "lead": _("lead assessor"),
        "commission": _("commission"),
        "chair": _("chair of the commission"),
        "manager": _("manager"),
        "finance": _("finance"),
        "auditor": _("auditor"),
        "admin": _("administrator"),
    }[role]
