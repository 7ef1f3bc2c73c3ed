"""Noting what came of a contact: about one letter, or about all marked ones; the message text."""

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _, counted
from workbench.pages.referrals import expiring_panels
from workbench.services.access import may
from workbench.services.desk import drafts
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.contacts import (
    NOTE_LETTERS_MAX,
    add_contacts,
    former_contacts,
    message_text,
)
from workbench.services.referrals.list_words import OUTCOMES, outcome_name
from workbench.services.referrals.lists import ListedLetter, letter_key, listed_letters
from workbench.services.referrals.mobile import has_mobile, open_mobile
from workbench.ui.format import digits
from workbench.ui.page import Context, doing, reading

FOCUS, MARKED, BULK = "referrals.focus", "referrals.marked", "referrals.bulk"
MESSAGE, MOBILE = "referrals.message", "referrals.mobile"
MARKED_NAME = "marked"


def draft_keys(focus: str | None) -> dict[str, str]:
    """Text widgets whose words are kept as they are typed."""
    name = _name(focus)
    return {} if name is None else {f"rx_note_{name}": f"contact:{name}:note"}


def draw_contact(asking: Context, focus: str | None) -> None:
    """The panel of the letter in focus, or of the marked ones once that was asked for."""
    name = _name(focus)
    if name is None:
        return
    found = reading(lambda s: listed_letters(s, asking.actor, [focus] if focus else [], asking.now))
    is_bulk = name == MARKED_NAME
    if not is_bulk and not found:
        return
    with st.container(key="rx_contact"):
        st.html(_bulk_head() if is_bulk else expiring_panels.contact_head(found[0]))
        if not is_bulk and may(asking.actor, "referral.contact"):
            _mobile(asking, found[0].key)
        if may(asking.actor, "referral.contact"):
            _form(asking, name, _keys(name))
        if not is_bulk:
            _about(asking, found[0])


def _mobile(asking: Context, key: str) -> None:
    """The number to call: shown once it was asked for, which is on the record."""
    opened_key, number, principal = st.session_state.get(MOBILE, ("", "", ""))
    if opened_key == key:
        st.html(expiring_panels.mobile(number, principal))
    elif reading(lambda s: has_mobile(s, asking.actor, _place(key))):
        label = _("Show the mobile number")
        st.button(label, key="rx_mobile", type="tertiary", on_click=_open, args=(asking, key))
    else:
        st.html(expiring_panels.mobile("", ""))


def _open(asking: Context, key: str) -> None:
    found = doing(lambda s: open_mobile(s, asking.actor, _place(key), now=clock.now()))
    if found is not None:
        st.session_state[MOBILE] = (key, found.number, found.principal_name or "")


def _name(focus: str | None) -> str | None:
    """The name of what the panel is about: a letter's key, or the marked ones."""
    is_bulk = st.session_state.get(BULK) and st.session_state.get(MARKED)
    return MARKED_NAME if is_bulk else focus


def _keys(name: str) -> list[str]:
    return list(st.session_state.get(MARKED, ())) if name == MARKED_NAME else [name]


def _bulk_head() -> str:
    said = _("Contact with {letters} marked").format(
        letters=expiring_panels.letters_word(len(st.session_state[MARKED]))
    )
    note = _("The result and the note go to each of them.")
    return f'<div class="az"><h2>{said}</h2><p class="mut s13">{note}</p></div>'


def _form(asking: Context, name: str, keys: list[str]) -> None:
    """Outcome and note; half-typed words are kept by the server."""
    draft, note, outcome = f"contact:{name}:note", f"rx_note_{name}", f"rx_outcome_{name}"
    if note not in st.session_state:
        kept = reading(lambda s: drafts.drafts(s, asking.actor.user_id, draft))
        st.session_state[note] = kept.get(draft, "")
    st.pills(
        _("What came of it"),
        OUTCOMES,
        key=outcome,
        format_func=outcome_name,
        label_visibility="collapsed",
    )
    st.text_area(
        _("Note of the contact"),
        key=note,
        height=76,
        max_chars=NOTE_LETTERS_MAX,
        placeholder=_("What was said; kept as you type"),
        label_visibility="collapsed",
    )
    st.button(
        _("Note the contact"),
        key="b_contact",
        type="primary",
        on_click=_note,
        args=(asking, name, keys),
    )


def _note(asking: Context, name: str, keys: list[str]) -> None:
    draft, note, outcome = f"contact:{name}:note", f"rx_note_{name}", f"rx_outcome_{name}"

    def work(session: Session) -> int:
        noted = add_contacts(
            session,
            asking.actor,
            [_place(key) for key in keys],
            outcome=st.session_state.get(outcome) or "",
            note=st.session_state.get(note, ""),
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, draft)
        return noted

    said = counted(
        len(keys), _("The contact was noted."), _("The contact was noted for {n} letters.")
    )
    if doing(work, done=said.format(n=digits(len(keys)))) is None:
        return
    st.session_state[note], st.session_state[outcome] = "", None
    if name == MARKED_NAME:
        st.session_state[MARKED], st.session_state[BULK] = [], False


def _about(asking: Context, letter: ListedLetter) -> None:
    """Former contacts, and the message to copy."""
    with st.container(horizontal=True):
        if may(asking.actor, "referral.contact"):
            key = letter.key
            st.button(_("Message text"), key="rx_message", on_click=_ask_message, args=(key,))
        if letter.contact_count:
            label = _("Former contacts ({n})").format(n=digits(letter.contact_count))
            with st.popover(label):
                place = _place(letter.key)
                st.html(
                    expiring_panels.former(
                        reading(lambda s: former_contacts(s, asking.actor, place))
                    )
                )


def _ask_message(key: str) -> None:
    st.session_state[MESSAGE] = [key]


def draw_message(asking: Context) -> None:
    """The dialog with the words to copy, once it was asked for."""
    keys = st.session_state.pop(MESSAGE, None)
    if keys:
        _message_dialog(asking, keys)


def _message_dialog(asking: Context, keys: list[str]) -> None:
    @st.dialog(_("Message text"))
    def show() -> None:
        letters = reading(lambda s: listed_letters(s, asking.actor, keys, asking.now))
        st.html(
            f'<div class="az"><p class="mut s13">'
            f"{_('Copy it with the button at its corner and send it yourself.')}</p></div>"
        )
        for letter in letters:
            st.code(_message(letter), language=None, wrap_lines=True)

    show()


def _message(letter: ListedLetter) -> str:
    return message_text(
        person_name=letter.person_name,
        number=letter.number,
        centre_name=letter.centre_name,
        last_valid_on=letter.last_valid_on,
        amount_rial=letter.amount_rial,
    )


def _place(key: str) -> ReferralPlace:
    insurer_id, referral_id = letter_key(key)
    return ReferralPlace(insurer_id=insurer_id, referral_id=referral_id)
