"""One line of a second assessment: as requested, its findings with answers, and his own word."""

from collections.abc import Callable
from html import escape
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.pages.rechecks.words import choices_of
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount
from workbench.rules import sentences
from workbench.rules.facts import FindingState, Line
from workbench.rules.finding import Finding
from workbench.rules.lines import REASON_WITH_TEXT
from workbench.rules.money import LineMoney
from workbench.rules.second_assessment import Choice
from workbench.rules.teeth import describe_jaw, describe_surfaces, describe_tooth
from workbench.services.rechecks.second_assessment import (
    SecondView,
    answer_second,
    deduct_second_line,
    reject_second_line,
)
from workbench.ui.format import day, digits, listed, ltr, rial
from workbench.ui.page import Context, doing, tell

ASKED = (FindingState.OPEN, FindingState.ACCEPTED, FindingState.OVERRIDDEN)


def draw_line(asking: Context, view: SecondView, line: Line, money: LineMoney) -> None:
    """A line with everything that can be said about it."""
    with st.container(border=True, key=f"rc_line_{line.number}"):
        st.html(_head(line, money))
        draw_questions(asking, view, line.number)
        _draw_own(asking, view, line)


def draw_questions(asking: Context, view: SecondView, number: int | None) -> None:
    """The findings of a line, or of the whole case (None), each with its answers."""
    for finding in view.second.findings:
        if finding.line == number:
            _draw_finding(asking, view, finding)


def _draw_finding(asking: Context, view: SecondView, finding: Finding) -> None:
    state = view.second.states[finding.key]
    st.html(
        f'<div class="az rc-finding"><b>{escape(sentences.title(finding))}</b>'
        f'<p class="s13">{escape(sentences.sentence(finding))}</p></div>'
    )
    answered = view.work.choice_of(finding.key)
    if state not in ASKED or (answered is None and state is not FindingState.OPEN):
        return
    options = choices_of(finding)
    key = f"rc_{view.place.recheck_id}_{finding.key}"
    st.session_state[key] = answered
    st.segmented_control(
        sentences.title(finding),
        list(options),
        key=key,
        format_func=options.__getitem__,
        label_visibility="collapsed",
        on_change=_answer,
        args=(asking, view, finding.key, key),
    )


def _answer(asking: Context, view: SecondView, finding: str, key: str) -> None:
    chosen: Choice | None = st.session_state[key]
    act(lambda s: answer_second(s, asking.actor, view.place, key=finding, choice=chosen))


def act(work: Callable[[Any], object]) -> bool:
    """Whether the service did it; a refusal is told."""

    def done(session: Any) -> bool:
        work(session)
        return True

    return bool(doing(done))


def _head(line: Line, money: LineMoney) -> str:
    service = line.assessed_service or line.service
    title = service.title if service else _("unknown service")
    place = (
        describe_tooth(line.tooth, language())
        if line.tooth is not None
        else describe_jaw(line.jaw, language())
        if line.jaw
        else ""
    )
    surfaces = describe_surfaces(line.surfaces, language()) if line.surfaces else ""
    canals = _("{n} canals").format(n=digits(line.canals)) if line.canals else ""
    where = listed(filter(None, (place, surfaces, canals, day(line.service_on))))
    note = f'<p class="s13 ink2"><bdi>{escape(line.note)}</bdi></p>' if line.note else ""
    code = ltr(line.assessed_code or line.code)
    return (
        f'<div class="az rc-line"><div><b><span class="mut">{ltr(line.number)}</span>&ensp;{code} '
        f'<bdi>{escape(title)}</bdi></b><p class="s13 ink2">{escape(where)}</p>{note}</div>'
        f"<dl class='kv'>{_amounts(money)}</dl></div>"
    )


def _amounts(money: LineMoney) -> str:
    rows = (
        (_("Requested"), money.cost_rial),
        (_("Tariff reject"), money.tariff_reject_rial),
        (_("Technical deduction"), money.technical_deduction_rial),
        (_("Technical approval"), money.technical_approval_rial),
    )
    return "".join(
        f"<dt>{escape(name)}</dt><dd>{rial(amount or None)}</dd>" for name, amount in rows
    )


def _draw_own(asking: Context, view: SecondView, line: Line) -> None:
    own = view.work.line_of(line.number)
    titles = {each.code: each.title for each in view.reasons}
    with st.container(horizontal=True, vertical_alignment="center"):
        for each in own.deductions:
            named = f"{titles.get(each.reason, each.reason)} ({each.reason})"
            st.button(
                _("Remove: {what}").format(what=named),
                key=f"rc_remove_{line.number}_{each.reason}",
                on_click=_remove,
                args=(asking, view, line.number, each.reason),
            )
        if own.reject_reason is not None:
            st.button(
                _("Put the line back: {what}").format(what=titles.get(own.reject_reason, "")),
                key=f"rc_back_{line.number}",
                on_click=_reject,
                args=(asking, view, line.number, None),
            )
            return
        with st.popover(_("Deduct or reject"), icon=":material/remove_circle:"):
            _draw_form(asking, view, line, titles)


def _draw_form(asking: Context, view: SecondView, line: Line, titles: dict[str, str]) -> None:
    prefix = f"rc_own_{view.place.recheck_id}_{line.number}"
    reason = st.selectbox(
        _("Reason"),
        list(titles),
        index=None,
        key=f"{prefix}_reason",
        placeholder=_("Choose a reason"),
        format_func=lambda code: f"{code} {titles[code]}",
    )
    amount = f"{prefix}_amount"
    st.text_input(_("Amount, rials"), key=amount, on_change=group_amount, args=(amount,))
    text = st.text_input(_("Text"), key=f"{prefix}_text") if reason == REASON_WITH_TEXT else ""
    with st.container(horizontal=True):
        st.button(
            _("Deduct"),
            key=f"{prefix}_deduct",
            disabled=reason is None,
            on_click=_typed,
            args=(asking, view, line.number, reason, amount, text),
        )
        st.button(
            _("Reject the whole line"),
            key=f"{prefix}_reject",
            disabled=reason is None,
            on_click=_reject,
            args=(asking, view, line.number, reason),
        )


def _typed(
    asking: Context, view: SecondView, number: int, reason: str, key: str, text: str
) -> None:
    amount_rial = amount_of(st.session_state.get(key, ""))
    if not amount_rial:
        tell("refused", _(NO_AMOUNT))
    elif _deduct(asking, view, number, reason, amount_rial, text):
        st.session_state[key] = ""


def _remove(asking: Context, view: SecondView, number: int, reason: str) -> None:
    _deduct(asking, view, number, reason, 0, "")


def _deduct(
    asking: Context, view: SecondView, number: int, reason: str, amount_rial: int, text: str
) -> bool:
    return act(
        lambda s: deduct_second_line(
            s,
            asking.actor,
            view.place,
            number=number,
            reason=reason,
            amount_rial=amount_rial,
            text=text,
        )
    )


def _reject(asking: Context, view: SecondView, number: int, reason: str | None) -> None:
    act(lambda s: reject_second_line(s, asking.actor, view.place, number=number, reason=reason))
