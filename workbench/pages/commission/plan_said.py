"""What the form of a vote says so far: votes, and the public result they would give."""

import streamlit as st

from workbench.pages.commission.plan_state import PlanKey, field, frames_key
from workbench.persian.digits import parse_amount
from workbench.rules.panel import Choice, Standing
from workbench.rules.plan_text import DecidedUnit, result_text
from workbench.services.commission.view import PlannedUnit, PlanView
from workbench.services.commission.votes import UnitVote
from workbench.ui.frames import chosen_frames

NO_AMOUNT = -1
"""Stands for an amount that is no number: no modification may name it."""


def units_to_decide(view: PlanView) -> tuple[PlannedUnit, ...]:
    """The units about which the reader can say something now."""
    if view.may_decide:
        return tuple(unit for unit in view.units if unit.standing is Standing.TIED)
    return view.units if view.may_vote or view.may_take else ()


def amount_in(text: str) -> int:
    """The rials of a field, ``NO_AMOUNT`` where it holds none."""
    try:
        return parse_amount(text)
    except ValueError:
        return NO_AMOUNT


def votes_in(key: PlanKey, view: PlanView) -> tuple[UnitVote, ...]:
    """What the form says so far; units without a choice are left out."""
    found = []
    for unit in units_to_decide(view):
        chosen = st.session_state.get(field(key, unit.number, "choice"))
        if not chosen:
            continue
        is_changed = chosen == Choice.MODIFY
        amount = st.session_state.get(field(key, unit.number, "amount"), "")
        found.append(
            UnitVote(
                unit_number=unit.number,
                choice=Choice(chosen),
                changed_code=st.session_state.get(field(key, unit.number, "code"), unit.code)
                if is_changed
                else None,
                changed_rial=amount_in(amount) if is_changed else None,
                reason=st.session_state.get(field(key, unit.number, "reason"), "")
                if chosen != Choice.APPROVE
                else "",
                cites=chosen_frames(frames_key(key), field(key, unit.number, "frames"))
                if chosen != Choice.APPROVE
                else (),
            )
        )
    return tuple(found)


def would_be(key: PlanKey, view: PlanView) -> tuple[UnitVote, ...]:
    """What the form says so far and, for the chair, what the members' votes say beside it."""
    said = votes_in(key, view)
    if not view.may_decide:
        return said
    won = [unit.winning for unit in view.units if unit.winning is not None]
    return tuple(sorted((*won, *said), key=lambda vote: vote.unit_number))


def preview(key: PlanKey, view: PlanView) -> str:
    """The public result if this vote alone decided; empty while nothing is chosen."""
    units = {unit.number: unit for unit in view.units}
    decided = []
    for vote in would_be(key, view):
        unit = units[vote.unit_number]
        titles = {each.code: each.title for each in unit.codes}
        decided.append(
            DecidedUnit(
                group=unit.place.group,
                choice=vote.choice,
                tooth=unit.place.tooth,
                jaw=unit.place.jaw,
                title=titles.get(vote.changed_code or "", "")
                if vote.changed_code != unit.code
                else "",
                amount_rial=max(0, vote.changed_rial or 0),
                reason=vote.reason or ("…" if vote.choice is Choice.REJECT else ""),
            )
        )
    return result_text(decided, None) if decided else ""
