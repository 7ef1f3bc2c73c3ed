"""Under the viewer of a plan: its images that look like others, both to see, and the answer."""

from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.commission.plan_data import compared
from workbench.pages.commission.plan_state import SEEDED, PlanKey, draft
from workbench.persian.jalali import day_of
from workbench.persian.rial import isolate
from workbench.rules import sentences
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, SAME, is_undecided, pair_of
from workbench.services.claims.view import PairAnswer
from workbench.services.commission.similar import (
    PlanSimilar,
    decide_plan_pair,
    take_back_plan_answer,
)
from workbench.services.desk import drafts
from workbench.ui.components.open_rows import open_rows
from workbench.ui.format import clock_time, day
from workbench.ui.page import Context, doing
from workbench.ui.page import reading as read


def draft_keys(key: PlanKey, similar: PlanSimilar) -> dict[str, str]:
    """The fields whose words are kept as they are typed."""
    return {_field(each): _draft(key, each) for each in _asked(similar)}


def draw_alike(asking: Context, key: PlanKey, similar: PlanSimilar) -> None:
    """A box for each finding; nothing where no image looks like another one."""
    if not similar.findings:
        return
    with st.container(key="pl_alike"):
        for finding in similar.findings:
            open_rows(f"pl_alike_{finding.facts['pair']}", _box(finding, similar))
            if finding in _asked(similar):
                _answers(asking, key, finding)
            elif (answer := _taken_back(finding, similar)) is not None:
                _taking_back(asking, key, finding, answer)


def _asked(similar: PlanSimilar) -> list[Finding]:
    """The findings that this reader may answer."""
    return [each for each in similar.findings if similar.may_decide and is_undecided(each)]


def _taken_back(finding: Finding, similar: PlanSimilar) -> PairAnswer | None:
    """The answer that this reader may take back."""
    answer = similar.answers.get(pair_of(finding))
    return answer if answer is not None and answer.may_take_back else None


def _field(finding: Finding) -> str:
    return f"pl_alike_why_{finding.facts['pair']}"


def _draft(key: PlanKey, finding: Finding) -> str:
    return draft(key, f"alike:{finding.facts['pair']}")


def _box(finding: Finding, similar: PlanSimilar) -> str:
    both = compared(finding, similar)
    button = ""
    if both is not None:
        is_first = finding is similar.findings[0]
        cap = "<kbd>F6</kbd>" if is_first else ""
        button = (
            f'<button type="button" class="btn sm" data-compare="{both[0]},{both[1]}">'
            f'<i class="ic ic-pair"></i>{escape(_("Both images"))}{cap}</button>'
        )
    title, said = escape(sentences.title(finding)), escape(sentences.sentence(finding))
    code = finding.proposal.defect if finding.facts["decision"] != COINCIDENCE else None
    mark = f'<span class="code">{escape(code)}</span>' if code else ""
    answer = similar.answers.get(pair_of(finding))
    by = f'<p class="mut s12">{escape(_who(answer))}</p>' if answer else ""
    return (
        f'<div class="az pl-alike"><div class="row"><i class="ic ic-warning"></i><b>{title}</b>'
        f'{mark}<span class="sp"></span>{button}</div><p><bdi>{said}</bdi></p>{by}</div>'
    )


def _who(answer: PairAnswer) -> str:
    """Who answered what, when, and why."""
    pattern = {
        SAME: _("{name} said on {day} at {time} that it is the same picture."),
        COINCIDENCE: _("{name} said on {day} at {time} that it is a coincidence."),
    }[answer.decision]
    said = pattern.format(
        name=isolate(answer.by), day=day(day_of(answer.at)), time=clock_time(answer.at)
    )
    return f"{said} {isolate(answer.reason)}" if answer.reason else said


def _taking_back(asking: Context, key: PlanKey, finding: Finding, answer: PairAnswer) -> None:
    """One's own answer at once, another one's with a reason."""
    pair, field = finding.facts["pair"], _field(finding)
    with st.container(key=f"pl_alike_back_{pair}", horizontal=True, gap="small"):
        if answer.needs_reason:
            st.text_input(
                _("Why is it taken back?"),
                key=field,
                placeholder=_("Why is it taken back?"),
                label_visibility="collapsed",
                width="stretch",
            )
        st.button(
            _("Take the answer back"),
            key=f"b_back_{pair}",
            on_click=_take_back,
            args=(asking, key, finding),
        )


def _take_back(asking: Context, key: PlanKey, finding: Finding) -> None:
    def work(session: Session) -> bool:
        take_back_plan_answer(
            session,
            asking.actor,
            key.place(),
            key=finding.key,
            reason=st.session_state.get(_field(finding), ""),
            now=clock.now(),
        )
        return True

    if doing(work, done=_("The answer is taken back; the two images ask again.")):
        st.session_state.pop(_field(finding), None)
        st.session_state.pop(SEEDED, None)


def _answers(asking: Context, key: PlanKey, finding: Finding) -> None:
    pair, field = finding.facts["pair"], _field(finding)
    kept = _draft(key, finding)
    if field not in st.session_state:
        words = read(lambda s: drafts.drafts(s, asking.actor.user_id, kept))
        st.session_state[field] = words.get(kept, "")
    with st.container(key=f"pl_alike_answers_{pair}", horizontal=True, gap="small"):
        st.text_input(
            _("Why it is a coincidence"),
            key=field,
            placeholder=_("Reason, if it is a coincidence"),
            label_visibility="collapsed",
            width="stretch",
        )
        for decision, word in (
            (SAME, _("It is the same picture")),
            (COINCIDENCE, _("A coincidence")),
        ):
            st.button(
                word,
                key=f"b_{decision}_{pair}",
                on_click=_decide,
                args=(asking, key, finding, decision),
            )


def _decide(asking: Context, key: PlanKey, finding: Finding, decision: str) -> None:
    """What is the same is proposed by the return dialog from now on."""

    def work(session: Session) -> bool:
        decide_plan_pair(
            session,
            asking.actor,
            key.place(),
            key=finding.key,
            decision=decision,
            reason=st.session_state.get(_field(finding), ""),
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, _draft(key, finding))
        return True

    said = {
        SAME: _("Said to be the same picture; the return names it as R14."),
        COINCIDENCE: _("Remembered as a coincidence; nobody is asked again."),
    }
    if doing(work, done=said[decision]):
        st.session_state.pop(SEEDED, None)
