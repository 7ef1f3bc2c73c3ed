"""The form of a vote: approve, approve with a change, or reject each planned unit.

Choices and words are kept as drafts while they are made; the chair's casting vote uses the same
form for the tied units alone.
"""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, language
from workbench.pages.commission import plan_panels as panels
from workbench.pages.commission.next_plan import go_to_next_plan
from workbench.pages.commission.plan_said import (
    NO_AMOUNT,
    amount_in,
    units_to_decide,
    votes_in,
    would_be,
)
from workbench.pages.commission.plan_state import (
    PlanKey,
    draft,
    field,
    frames_key,
    is_just_shown,
    note_shown,
)
from workbench.persian.rial import format_rial
from workbench.rules.panel import Choice
from workbench.services.commission.seats import renew_seat, take_seat
from workbench.services.commission.view import PlannedUnit, PlanView
from workbench.services.commission.votes import cast_vote, decide_plan
from workbench.services.commission.words import choice_word
from workbench.services.desk import drafts
from workbench.services.errors import sentence
from workbench.services.images.waiting import decide_in_tx
from workbench.services.runtime import database
from workbench.ui.format import digits, listed
from workbench.ui.frames import choose_frames
from workbench.ui.page import Context, check_acting, doing, tell

ICONS = {
    Choice.APPROVE: ":material/check:",
    Choice.MODIFY: ":material/edit:",
    Choice.REJECT: ":material/close:",
}


def draft_keys(key: PlanKey, view: PlanView) -> dict[str, str]:
    """The text widgets whose words are kept as they are typed."""
    kept = {_late(key): draft(key, "late")} if view.may_decide else {}
    for unit in units_to_decide(view):
        for name in ("amount", "reason"):
            kept[field(key, unit.number, name)] = draft(key, f"vote:{unit.number}:{name}")
    return kept


def seed(key: PlanKey, view: PlanView, kept: dict[str, str]) -> None:
    """Begin with what was chosen and typed before; widgets of a page that was left forget it."""
    for unit in view.units:
        for name in ("choice", "code", "amount", "reason"):
            value = kept.get(draft(key, f"vote:{unit.number}:{name}"))
            if value:
                st.session_state.setdefault(field(key, unit.number, name), value)
        chosen = kept.get(draft(key, f"vote:{unit.number}:frames"), "")
        st.session_state.setdefault(field(key, unit.number, "frames"), chosen.split())
    st.session_state.setdefault(_late(key), kept.get(draft(key, "late"), ""))


def _late(key: PlanKey) -> str:
    """The key of the field for why a decision comes late."""
    return f"late_{key.text}"


def draw_form(asking: Context, key: PlanKey, view: PlanView) -> None:
    """One block for each unit, then the sums; a button approves all."""
    units = units_to_decide(view)
    is_open = view.may_vote or view.may_decide
    with st.container(key="pl_units"):
        st.html(panels.units_head(view))
        for unit in view.units:
            st.html(panels.unit_head(unit))
            if unit not in units or not is_open:
                continue
            _choice(asking, key, unit)
            chosen = st.session_state.get(field(key, unit.number, "choice"))
            if chosen == Choice.MODIFY:
                _modification(asking, key, unit)
            if chosen in (Choice.MODIFY, Choice.REJECT):
                _reason(key, view, unit)
                choose_frames(
                    frames_key(key),
                    field(key, unit.number, "frames"),
                    on_change=partial(_keep, asking, key, unit.number, ("frames",)),
                )
            _trouble(key, view, unit)
        if is_open and units:
            st.button(
                _("Approve all"),
                key="b_all",
                shortcut="F4",
                type="tertiary",
                on_click=_approve_all,
                args=(asking, key, units),
            )
        if view.may_decide and asking.now > view.clock.due_at:
            st.text_input(_("Why does the decision come late?"), key=_late(key))
        st.html(panels.sums(view, would_be(key, view)))


def _choice(asking: Context, key: PlanKey, unit: PlannedUnit) -> None:
    st.segmented_control(
        _("Unit {n}").format(n=digits(unit.number)),
        options=list(Choice),
        format_func=lambda choice: f"{ICONS[choice]} {choice_word(choice)}",
        key=field(key, unit.number, "choice"),
        label_visibility="collapsed",
        width="stretch",
        on_change=_keep,
        args=(asking, key, unit.number, ("choice",)),
    )


def _trouble(key: PlanKey, view: PlanView, unit: PlannedUnit) -> None:
    """What would be refused is said where it is written."""
    votes = [each for each in votes_in(key, view) if each.unit_number == unit.number]
    for said in filter(None, (panels.vote_trouble(unit, each) for each in votes)):
        st.html(said)


def _labelled(name: str, unit: PlannedUnit) -> str:
    """A field's name for those who hear the page: the same fields stand under each unit."""
    return listed((name, _("Unit {n}").format(n=digits(unit.number))))


def _modification(asking: Context, key: PlanKey, unit: PlannedUnit) -> None:
    codes = [each.code for each in unit.codes]
    titles = {each.code: each.title for each in unit.codes}
    chosen = field(key, unit.number, "code")
    if st.session_state.get(chosen) not in codes:
        st.session_state[chosen] = unit.code
    amount = field(key, unit.number, "amount")
    if not st.session_state.get(amount):
        st.session_state[amount] = format_rial(unit.amount_rial, language())
    with st.container(key=f"pl_mod_{unit.number}", horizontal=True):
        st.selectbox(
            _labelled(_("Instead"), unit),
            codes,
            key=chosen,
            format_func=lambda code: f"{digits(code)} {titles[code]}",
            label_visibility="collapsed",
            on_change=_change_code,
            args=(asking, key, unit),
        )
        st.text_input(
            _labelled(_("Approved amount (rial)"), unit),
            key=amount,
            label_visibility="collapsed",
            on_change=_group,
            args=(amount,),
            width=150,
        )


def _reason(key: PlanKey, view: PlanView, unit: PlannedUnit) -> None:
    """Words of the member; a reason of the catalogue can be put in by choice."""
    words, ready = field(key, unit.number, "reason"), field(key, unit.number, "ready")
    with st.container(key=f"pl_why_{unit.number}", horizontal=True):
        st.text_input(
            _labelled(_("Reason"), unit),
            key=words,
            placeholder=_("Reason, as the centre will read it"),
            label_visibility="collapsed",
        )
        st.selectbox(
            _labelled(_("From the list"), unit),
            [f"{each.title} ({each.code})" for each in view.deduction_reasons],
            index=None,
            key=ready,
            placeholder=_("From the list"),
            label_visibility="collapsed",
            on_change=_put_in,
            args=(words, ready),
            width=150,
        )


def _put_in(words: str, ready: str) -> None:
    """A chosen reason goes into the field and can be changed there."""
    chosen = st.session_state.get(ready)
    if chosen:
        st.session_state[words] = chosen
        st.session_state[ready] = None


def _group(name: str) -> None:
    """An amount that was typed stands there grouped; words stay for the refusal."""
    amount_rial = amount_in(st.session_state[name])
    if amount_rial != NO_AMOUNT:
        st.session_state[name] = format_rial(amount_rial, language())


def _change_code(asking: Context, key: PlanKey, unit: PlannedUnit) -> None:
    """Another code proposes its price, never above what was asked."""
    code = st.session_state[field(key, unit.number, "code")]
    price_rial = next((each.price_rial for each in unit.codes if each.code == code), None)
    proposed = min(unit.amount_rial, price_rial or unit.amount_rial)
    st.session_state[field(key, unit.number, "amount")] = format_rial(proposed, language())
    _keep(asking, key, unit.number, ("code", "amount"))


def _approve_all(asking: Context, key: PlanKey, units: Sequence[PlannedUnit]) -> None:
    for unit in units:
        st.session_state[field(key, unit.number, "choice")] = Choice.APPROVE
        _keep(asking, key, unit.number, ("choice",))


def _keep(asking: Context, key: PlanKey, number: int, names: Sequence[str]) -> None:
    """Choices are kept like typed words; each is a sign of life on the seat."""

    def work(session: Session) -> bool:
        renew_seat(session, asking.actor, key.place(), now=clock.now())
        for name in names:
            value = st.session_state.get(field(key, number, name)) or ""
            drafts.save_draft(
                session,
                asking.actor.user_id,
                draft(key, f"vote:{number}:{name}"),
                " ".join(value) if isinstance(value, list) else str(value),
                now=clock.now(),
            )
        return True

    doing(work)


def take(asking: Context, key: PlanKey) -> None:
    """Sit down on the panel."""
    doing(
        lambda s: take_seat(s, asking.actor, key.place(), now=clock.now()).id,
        done=_("You sit on the panel of this plan now."),
    )
    note_shown()


def vote(asking: Context, key: PlanKey, view: PlanView) -> None:
    """Cast the vote, forget its drafts, go on to the next plan; a double click votes once."""
    if is_just_shown():
        return

    def work(session: Session) -> bool:
        standing = cast_vote(
            session,
            asking.actor,
            key.place(round_number=view.round),
            votes_in(key, view),
            now=clock.now(),
        )
        for kept in (draft(key, "vote"), frames_key(key)):
            drafts.delete_drafts(session, asking.actor.user_id, kept)
        return standing.is_decided

    is_decided = _deciding(work)
    if is_decided is None:
        return
    word = _("Your vote decided plan {number}.") if is_decided else _("You voted about {number}.")
    tell("done", word.format(number=digits(view.number)))
    go_to_next_plan(asking)


def decide(asking: Context, key: PlanKey, view: PlanView) -> None:
    """The chair ends ties and decides what is late, then the next plan."""
    if is_just_shown():
        return

    def work(session: Session) -> bool:
        decide_plan(
            session,
            asking.actor,
            key.place(view.place.version),
            casting=votes_in(key, view),
            late_reason=st.session_state.get(_late(key), ""),
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, draft(key, ""))
        return True

    if _deciding(work):
        tell("done", _("Plan {number} is decided.").format(number=digits(view.number)))
        go_to_next_plan(asking)


def _deciding(work: Callable[[Session], bool]) -> bool | None:
    """Like ``doing``; the images that a decision has to wait for are read before all others."""
    try:
        check_acting()
        return decide_in_tx(database(), work, now=clock.now())
    except Refused as refused:
        tell("refused", sentence(refused))
        return None
