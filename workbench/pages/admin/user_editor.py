"""One user (administrator): roles, insurers, own centre or practice, a new password, closing."""

from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.rules.workflow import Role
from workbench.services.choices import Choices, find_dentist, read_dentist
from workbench.services.people import users
from workbench.services.people.messages import role_name
from workbench.services.people.password_reset import LINK_HOLDS, issue_reset_link
from workbench.services.people.views import UserView
from workbench.ui.format import digits
from workbench.ui.page import Context, doing, reading

LINK = "users.link"


def forget_link() -> None:
    """A link is shown for the user it was made for only."""
    st.session_state[LINK] = None


def edit_user(asking: Context, user: UserView, choices: Choices) -> None:
    """The chosen user: what was changed is saved together."""
    st.html(
        f'<div class="az"><div class="ph"><h2>{escape(user.display_name)}</h2>'
        f'<bdi class="mut s13" dir="ltr">{escape(user.username)}</bdi></div></div>'
    )
    seen = f"{user.user_id}_{user.version}"
    number = _council_number(asking, user)
    wanted = _Wanted(
        roles=frozenset(_roles(user, seen)),
        insurer_ids=frozenset(_insurers(user, choices, seen)) or None,
        centre_id=_centre(user, choices, seen),
        council_number=_practice(number, seen),
    )
    now = _Wanted(
        roles=frozenset(user.roles),
        insurer_ids=user.insurer_ids,
        centre_id=user.centre_id,
        council_number=number,
    )
    st.button(  # always there: a second click must not meet the button that would move up
        _("Save the changes"),
        key="users_save",
        type="primary",
        on_click=partial(_save, asking, user, now, wanted),
        disabled=wanted == now,
    )
    _account(asking, user)


def _account(asking: Context, user: UserView) -> None:
    """A link for a new password, and the account itself."""
    with st.container(horizontal=True):
        st.button(
            _("Link for a new password"),
            key="users_link",
            on_click=_issue,
            args=(asking, user),
            disabled=user.is_disabled,
        )
        for name, word, is_possible in (
            ("close", _("Close the account"), not user.is_disabled),
            ("open", _("Open the account"), user.is_disabled),
        ):
            st.button(
                word,
                key=f"users_{name}",
                on_click=_close,
                args=(asking, user),
                disabled=not is_possible,
            )
    link = st.session_state.get(LINK)
    if link:
        hours = digits(int(LINK_HOLDS.total_seconds() // 3600))
        st.caption(_("Works once, for {hours} hours. Hand it over in person.").format(hours=hours))
        st.code(link, language=None, wrap_lines=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the fields say about a user; ``insurer_ids`` None: all of them."""

    roles: frozenset[Role]
    insurer_ids: frozenset[int] | None
    centre_id: int | None
    council_number: str


def _roles(user: UserView, seen: str) -> list[Role]:
    return st.multiselect(
        _("Roles"),
        list(Role),
        default=sorted(user.roles),
        key=f"users_roles_{seen}",
        format_func=role_name,
        placeholder=_("Choose…"),
    )


def _insurers(user: UserView, choices: Choices, seen: str) -> list[int]:
    names = dict(choices.insurers)
    return st.multiselect(
        _("Works for these insurers only"),
        list(names),
        default=sorted(i for i in user.insurer_ids or () if i in names),
        key=f"users_insurers_{seen}",
        format_func=names.__getitem__,
        placeholder=_("all"),
    )


def _centre(user: UserView, choices: Choices, seen: str) -> int | None:
    centres = dict(choices.centres)
    return st.selectbox(
        _("Own centre (conflict of interest)"),
        list(centres),
        index=list(centres).index(user.centre_id) if user.centre_id in centres else None,
        key=f"users_centre_{seen}",
        format_func=centres.__getitem__,
        placeholder=_("has none"),
    )


def _practice(known: str, seen: str) -> str:
    label = _("Own medical council number, if a dentist")
    return st.text_input(label, value=known, key=f"users_council_{seen}").strip()


def _council_number(asking: Context, user: UserView) -> str:
    dentist_id = user.dentist_id
    if dentist_id is None:
        return ""
    return reading(lambda s: read_dentist(s, asking.actor, dentist_id)).medical_council_number


def _save(asking: Context, user: UserView, now: _Wanted, wanted: _Wanted) -> None:
    """What was changed, all of it or nothing; each part takes the version the one before left."""

    def work(session: Session) -> None:
        view = user
        if wanted.roles != now.roles:
            view = users.set_roles(
                session,
                asking.actor,
                user.user_id,
                sorted(wanted.roles),
                version=view.version,
                now=clock.now(),
            )
        if wanted.insurer_ids != now.insurer_ids:
            view = users.set_insurers(
                session,
                asking.actor,
                user.user_id,
                None if wanted.insurer_ids is None else sorted(wanted.insurer_ids),
                version=view.version,
                now=clock.now(),
            )
        if (wanted.centre_id, wanted.council_number) != (now.centre_id, now.council_number):
            _set_affiliation(session, asking, view, wanted)

    signed_out = wanted.roles != now.roles
    saved = _("The changes are saved.")
    again = _("The changes are saved; the user has to sign in again.")
    doing(work, done=again if signed_out else saved)


def _set_affiliation(session: Session, asking: Context, user: UserView, wanted: _Wanted) -> None:
    number = wanted.council_number
    dentist = find_dentist(session, asking.actor, number) if number else None
    users.set_affiliation(
        session,
        asking.actor,
        user.user_id,
        centre_id=wanted.centre_id,
        dentist_id=None if dentist is None else dentist.dentist_id,
        version=user.version,
        now=clock.now(),
    )


def _issue(asking: Context, user: UserView) -> None:
    token = doing(lambda s: issue_reset_link(s, asking.actor, user.user_id, now=clock.now()))
    if token is not None:
        origin = (st.context.url or "").split("/", 3)[:3]
        st.session_state[LINK] = f"{'/'.join(origin)}/reset/{token}"


def _close(asking: Context, user: UserView) -> None:
    change = users.enable_user if user.is_disabled else users.disable_user
    doing(
        lambda s: change(s, asking.actor, user.user_id, version=user.version, now=clock.now()),
        done=_("The account is open again.") if user.is_disabled else _("The account is closed."),
    )
