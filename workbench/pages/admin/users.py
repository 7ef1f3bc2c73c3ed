"""Users (administrator): add, close, roles, insurers, own centre or practice, a new password."""

from functools import partial

import streamlit as st
from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.rules.workflow import Role
from workbench.services import users
from workbench.services.choices import Choices, find_dentist, read_choices, read_dentist
from workbench.services.password_reset import LINK_HOLDS, issue_reset_link
from workbench.services.user_messages import role_name
from workbench.services.user_views import UserView, list_users
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

CHOSEN, LINK = "users.chosen", "users.link"


def users_page() -> None:
    """The page of the administrator."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="az"><div class="ph"><h1>{_("Users")}</h1></div></div>', width="stretch"
        )
        with st.popover(_("Add user"), icon=":material/add:"):
            _add_form(asking)
    everyone = reading(lambda s: list_users(s, asking.actor))
    choices = reading(lambda s: read_choices(s, asking.actor))
    chosen = next((u for u in everyone if str(u.user_id) == st.session_state.get(CHOSEN)), None)
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            _table(everyone, choices, chosen)
        if chosen is not None:
            with st.container(border=True, width=420):
                _edit(asking, chosen, choices)
    page_agent("agent", {"keys": {}}, lambda: None)


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
    st.session_state[LINK] = None


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
            now=asking.now,
        ),
        done=_("The user is added. Issue a link so that he can set a password."),
    )
    if added is not None:
        state["users_username"] = state["users_name"] = ""
        state["users_roles"] = []
        _choose(str(added.user_id))


def _edit(asking: Context, user: UserView, choices: Choices) -> None:
    """The chosen user: each part is saved by itself."""
    st.subheader(user.display_name, anchor=False)
    seen = f"{user.user_id}_{user.version}"
    _roles(asking, user, seen)
    _insurers(asking, user, choices, seen)
    _affiliation(asking, user, choices, seen)
    with st.container(horizontal=True):
        st.button(
            _("Link for a new password"),
            key="users_link",
            on_click=_issue,
            args=(asking, user),
            disabled=user.is_disabled,
        )
        word = _("Open the account") if user.is_disabled else _("Close the account")
        st.button(word, key="users_close", on_click=_close, args=(asking, user))
    link = st.session_state.get(LINK)
    if link:
        hours = digits(int(LINK_HOLDS.total_seconds() // 3600))
        st.caption(_("Works once, for {hours} hours. Hand it over in person.").format(hours=hours))
        st.code(link, language=None)


def _roles(asking: Context, user: UserView, seen: str) -> None:
    chosen = st.multiselect(
        _("Roles"),
        list(Role),
        default=sorted(user.roles),
        key=f"users_roles_{seen}",
        format_func=role_name,
        placeholder=_("Choose…"),
    )
    if set(chosen) != user.roles:
        work = partial(_set_roles, asking, user, chosen)
        st.button(_("Save the roles"), key="users_save_roles", on_click=work)


def _set_roles(asking: Context, user: UserView, chosen: list[Role]) -> None:
    doing(
        lambda s: users.set_roles(
            s, asking.actor, user.user_id, chosen, version=user.version, now=asking.now
        ),
        done=_("The roles are saved; the user has to sign in again."),
    )


def _insurers(asking: Context, user: UserView, choices: Choices, seen: str) -> None:
    names = dict(choices.insurers)
    chosen = st.multiselect(
        _("Works for these insurers only"),
        list(names),
        default=sorted(i for i in user.insurer_ids or () if i in names),
        key=f"users_insurers_{seen}",
        format_func=names.__getitem__,
        placeholder=_("all"),
    )
    if (frozenset(chosen) or None) != user.insurer_ids:
        work = partial(_set_insurers, asking, user, chosen or None)
        st.button(_("Save the insurers"), key="users_save_insurers", on_click=work)


def _set_insurers(asking: Context, user: UserView, chosen: list[int] | None) -> None:
    doing(
        lambda s: users.set_insurers(
            s, asking.actor, user.user_id, chosen, version=user.version, now=asking.now
        ),
        done=_("The insurers are saved."),
    )


def _affiliation(asking: Context, user: UserView, choices: Choices, seen: str) -> None:
    centres = dict(choices.centres)
    centre_id = st.selectbox(
        _("Own centre (conflict of interest)"),
        list(centres),
        index=list(centres).index(user.centre_id) if user.centre_id in centres else None,
        key=f"users_centre_{seen}",
        format_func=centres.__getitem__,
        placeholder=_("has none"),
    )
    known = _council_number(asking, user)
    number = st.text_input(
        _("Own medical council number, if a dentist"), value=known, key=f"users_council_{seen}"
    ).strip()
    if centre_id != user.centre_id or number != known:
        work = partial(_set_affiliation, asking, user, centre_id, number)
        st.button(_("Save centre and practice"), key="users_save_own", on_click=work)


def _council_number(asking: Context, user: UserView) -> str:
    dentist_id = user.dentist_id
    if dentist_id is None:
        return ""
    return reading(lambda s: read_dentist(s, asking.actor, dentist_id)).medical_council_number


def _set_affiliation(asking: Context, user: UserView, centre_id: int | None, number: str) -> None:
    def work(session: Session) -> UserView:
        dentist = find_dentist(session, asking.actor, number) if number else None
        return users.set_affiliation(
            session,
            asking.actor,
            user.user_id,
            centre_id=centre_id,
            dentist_id=None if dentist is None else dentist.dentist_id,
            version=user.version,
            now=asking.now,
        )

    doing(work, done=_("Centre and practice are saved."))


def _issue(asking: Context, user: UserView) -> None:
    token = doing(lambda s: issue_reset_link(s, asking.actor, user.user_id, now=asking.now))
    if token is not None:
        origin = (st.context.url or "").split("/", 3)[:3]
        st.session_state[LINK] = f"{'/'.join(origin)}/reset/{token}"


def _close(asking: Context, user: UserView) -> None:
    change = users.enable_user if user.is_disabled else users.disable_user
    doing(
        lambda s: change(s, asking.actor, user.user_id, version=user.version, now=asking.now),
        done=_("The account is changed."),
    )
