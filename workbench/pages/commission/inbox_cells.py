"""The cells of the table of plans."""

from workbench.i18n import _
from workbench.pages.commission.inbox_panels import (
    TONES,
    left_word,
    own_word,
    pack_word,
    planned,
)
from workbench.rules.workflow import PlanState
from workbench.rules.working_time import DUE_HOURS
from workbench.services.commission.listed import ListedPlan
from workbench.services.commission.words import interest_word, result_word
from workbench.ui.components.table import (
    Cell,
    Column,
    Row,
    Tone,
    code_cell,
    left_cell,
    link_cell,
    pill_cell,
    text_cell,
)
from workbench.ui.format import digits, instant

RESULT_TONES: dict[str, Tone] = {
    "approved": "approved",
    "partly_approved": "deducted",
    "rejected": "late",
}


def columns() -> list[Column]:
    """The columns of the table."""
    return [
        {"id": "left", "title": _("Working hours left")},
        {"id": "due", "title": _("Due"), "wide_only": True},
        {"id": "number", "title": _("Treatment plan")},
        {"id": "person", "title": _("Insured person")},
        {"id": "planned", "title": _("Planned services"), "wraps": True},
        {"id": "centre", "title": _("Centre"), "wide_only": True},
        {"id": "pack", "title": _("Documents")},
        {"id": "votes", "title": _("Votes")},
        {"id": "own", "title": _("Me"), "wraps": True},
    ]


def row(plan: ListedPlan) -> Row:
    """One plan of the table."""
    has_all, pack = not plan.pack.missing, pack_word(plan)
    return {
        "id": plan.number,
        "cells": [
            _left(plan),
            code_cell(instant(plan.due_at), muted=True),
            link_cell(digits(plan.number)),
            text_cell(plan.person_name),
            text_cell(planned(plan)),
            text_cell(plan.centre_name),
            text_cell(pack, muted=True) if has_all else pill_cell("returned", pack),
            text_cell(
                _("{votes} of {seats}").format(votes=digits(plan.votes), seats=digits(plan.seats))
            ),
            _own_cell(plan),
        ],
    }


def _left(plan: ListedPlan) -> Cell:
    if plan.state == PlanState.RETURNED:
        return text_cell(_("with the centre"), muted=True)
    if plan.state == PlanState.DECIDED:
        word = _("late by {hours}") if plan.is_late else _("in time")
        said = word.format(hours=left_word(plan))
        return pill_cell("late" if plan.is_late else "approved", said)
    share = 1.0 if plan.left_hours < 0 else plan.left_hours / DUE_HOURS
    tone: Tone = TONES[plan.clock]  # type: ignore[assignment]
    over = _("{hours} over").format(hours=left_word(plan))
    return left_cell(share, tone, over if plan.left_hours < 0 else left_word(plan))


def _own_cell(plan: ListedPlan) -> Cell:
    if plan.state == PlanState.DECIDED and plan.result is not None:
        return pill_cell(RESULT_TONES[plan.result], result_word(plan.result))
    tone, word = own_word(plan)
    if plan.interest is not None:
        return pill_cell("waiting", f"{word}: {interest_word(plan.interest)}")
    return pill_cell(tone, word) if tone else text_cell(word, muted=True)
