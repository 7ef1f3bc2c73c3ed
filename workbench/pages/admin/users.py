"""Users (administrator): add, close, roles, insurers, own centre or practice, a new password."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.admin.user_editor import edit_user, forget_link
from workbench.rules.workflow import Role
from workbench.services.choices import Choices, read_choices
from workbench.services.people import users
from workbench.services.people.messages import role_name
from workbench.services.people.views import UserView, list_users
from workbench.ui.claim_cells import comma
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import (
    Cell,
    Column,
    Row,
    link_cell,
    pill_cell,
    table,
    text_cell,
)
from workbench.ui.format import digits
from workbench.ui.page import Context, context, doing, reading

CHOSEN = "users.chosen"
ADDING = "users_adding"
LOOK = """<style>
.st-key-users_rows { --table-room: 130px; }
.st-key-users_edit { background: var(--panel); }
[data-tag] { gap: 6px; }
.st-key-users_edit [data-testid="stCode"] code { direction: ltr; word-break: break-all; }
</style>"""


def users_page() -> None:
    """The page of the administrator."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'{LOOK}<div class="az"><div class="ph"><h1>{_("Users")}</h1></div></div>',
            width="stretch",
        )
        with st.popover(_("Add user"), icon=":material/add:", key=ADDING, on_change="rerun"):
            _add_form(asking)
    everyone = reading(lambda s: list_users(s, asking.actor))
    if len(everyone) == 1:
        st.html(_first_steps())
    choices = reading(lambda s: read_choices(s, asking.actor))
    chosen = next((u for u in everyone if str(u.user_id) == st.session_state.get(CHOSEN)), None)
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            _table(everyone, choices, chosen)
        if chosen is not None:
            with st.container(border=True, width=420, key="users_edit"):
                edit_user(asking, chosen, choices)
    page_agent("agent", {"keys": {}}, lambda: None)


def _first_steps() -> str:
    """What the first administrator of a new system does next (HTML)."""
    steps = (
        _("Add the people who work here and give each his roles."),
        _("Hand each of them a link by which he sets his own password."),
        _("Bring in insurers, contracts, centres and cases by the page “Incoming”."),
    )
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    return (
        f'<div class="az panel" style="padding:14px 16px"><h2>{escape(_("The first steps"))}</h2>'
        f'<ol class="s13 ink2" style="list-style:decimal;padding-inline-start:20px">{items}</ol>'
        "</div>"
    )


def _table(everyone: list[UserView], choices: Choices, chosen: UserView | None) -> None:
    columns: list[Column] = [
        {"id": "username", "title": _("User name")},
        {"id": "name", "title": _("Name")},
        {"id": "roles", "title": _("Roles"), "wraps": True},
        {"id": "insurers", "title": _("Insurers"), "wraps": True},
        {"id": "state", "title": _("State")},
    ]
    table(
        "users_rows",
        columns=columns,
        rows=[_row(user, choices) for user in everyone],
        on_open=_choose,
        selected=None if chosen is None else str(chosen.user_id),
        words={"label": _("Users")},
    )


def _row(user: UserView, choices: Choices) -> Row:
    names = dict(choices.insurers)
    insurers = (
        _("all")
        if user.insurer_ids is None
        else comma().join(sorted(names.get(i, digits(i)) for i in user.insurer_ids))
    )
    return {
        "id": str(user.user_id),
        "cells": [
            link_cell(user.username),
            text_cell(user.display_name),
            text_cell(comma().join(role_name(role) for role in sorted(user.roles))),
            text_cell(insurers),
            _state_cell(user),
        ],
    }


def _state_cell(user: UserView) -> Cell:
    if user.is_disabled:
        return pill_cell("late", _("closed"))
    if not user.has_password:
        return pill_cell("returned", _("no password yet"))
    return pill_cell("approved", _("active"))


def _choose(user_id: str) -> None:
    st.session_state[CHOSEN] = user_id
    forget_link()


def _add_form(asking: Context) -> None:
    with st.form("users_add", border=False):
        st.text_input(_("User name (Latin letters)"), key="users_username")
        st.text_input(_("Name"), key="users_name")
        st.multiselect(
            _("Roles"),
            list(Role),
            key="users_roles",
            format_func=role_name,
            placeholder=_("Choose…"),
        )
        st.form_submit_button(_("Add"), type="primary", on_click=_add, args=(asking,))


def _add(asking: Context) -> None:
    state = st.session_state
    added = doing(
        lambda s: users.add_user(
            s,
            asking.actor,
            username=state["users_username"],
            display_name=state["users_name"],
            roles=state["users_roles"],
            now=clock.now(),
        ),
        done=_("The user is added. Issue a link so that he can set a password."),
    )
    if added is not None:
        state[ADDING] = False
        state["users_username"] = state["users_name"] = ""
        state["users_roles"] = []
        _choose(str(added.user_id))
