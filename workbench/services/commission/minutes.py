"""The minutes «صورت‌جلسه کمیسیون» of a decided plan as a PDF, in Persian, with room to sign.

Identical data and ``now`` give identical bytes. It shows the stored decision and the votes of the
round that made it; internal notes are not in it. The layout is ``minutes.typ``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.digits import to_persian
from workbench.persian.identifiers import mask_national_code
from workbench.persian.jalali import format_day, format_instant
from workbench.persian.rial import format_rial
from workbench.rules.panel import Choice, Majority
from workbench.rules.workflow import PlanState
from workbench.services.access import Actor
from workbench.services.batches.words import on_paper
from workbench.services.commission.access import PlanPlace, plan_for, record_plan
from workbench.services.commission.minutes_facts import (
    MinutesFacts,
    RoundFacts,
    UnitFacts,
    VoteFacts,
    minutes_facts,
)
from workbench.services.printing import pdf_of

DASH = "–"
MINUTES_AN_HOUR = 60


def plan_minutes(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> bytes:
    """The minutes of a decided plan as PDF bytes; leaves an event on the trail.

    Needs a writing transaction. Refused: ``plan_not_decided`` and those of ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.minutes", place)
    if plan.state != PlanState.DECIDED:
        raise Refused("plan_not_decided", number=plan.number)
    facts = minutes_facts(session, plan)
    record_plan(session, plan, "minutes", actor, now)
    with on_paper():
        content = _content(facts, now)
    return pdf_of("commission/minutes.typ", content)


def _content(facts: MinutesFacts, now: datetime) -> dict[str, Any]:
    plan = facts.plan
    return {
        "title": _("Minutes of the dental commission"),
        "subtitle": facts.insurer,
        "number_label": _("Treatment plan"),
        "number": to_persian(plan.number),
        "late": _("Decided after its deadline") if plan.is_late else "",
        "late_reason": plan.late_reason or "",
        "late_label": _("Reason of the delay"),
        "header": _header(facts),
        "reason_label": _("Reason"),
        "defects_label": _("Defects"),
        "rounds_title": _("Rounds"),
        "round_columns": _round_columns(),
        "rounds": [_round(each) for each in facts.rounds],
        "units_title": _("What was asked for, and what was decided"),
        "unit_columns": _unit_columns(),
        "units": [_unit(each) for each in facts.units],
        "unit_sums": _sums(facts.units),
        "votes_title": _("Votes of round {n}").format(n=_number(plan.round)),
        "rule": _rule(facts),
        "vote_columns": _vote_columns(),
        "votes": [row for unit in facts.units for row in _votes(unit)],
        "replaced": [_replaced(facts, place) for place in range(len(facts.replaced))],
        "result_title": _("Public result"),
        "result": plan.public_text or "",
        "validity": _validity(facts),
        "signatures_title": _("Signatures"),
        "signatures": list(facts.signatories),
        "trail_label": _("Event {n} of the audit trail").format(n=_number(facts.event_sequence)),
        "trail_hash": facts.event_hash,
        "printed": _("Printed on {at}").format(at=_instant(now)),
        "page_word": _("Page"),
        "of_word": _("of"),
    }


def _header(facts: MinutesFacts) -> list[tuple[str, str, bool]]:
    """Label, value, and whether the value runs from left to right."""
    return [
        (_("Patient"), facts.patient, False),
        (_("National code"), to_persian(mask_national_code(facts.national_code)), True),
        (_("Contract"), to_persian(facts.contract_number), True),
        (_("Policyholder"), facts.policyholder, False),
        (_("Referral letter"), to_persian(facts.letter_number), True),
        (_("Centre"), facts.centre, False),
        (_("Dentist"), facts.dentist, False),
        (_("Medical council number"), to_persian(facts.council_number), True),
    ]


def _round_columns() -> list[str]:
    return [
        _("Round"),
        _("Submitted"),
        _("Clock started"),
        _("Deadline"),
        _("Ended"),
        _("Working time counted"),
        _("Outcome"),
    ]


def _round(row: RoundFacts) -> dict[str, Any]:
    outcome = _("Decided") if row.result == "decided" else _("Returned")
    return {
        "cells": [
            _number(row.number),
            _instant(row.submitted_at),
            _instant(row.start_at),
            _instant(row.due_at),
            _instant(row.closed_at),
            _duration(row.counted_minutes),
            outcome,
        ],
        "reason": "؛ ".join(row.defects),
    }


def _unit_columns() -> list[str]:
    return [
        _("Row"),
        _("Service asked for"),
        _("Tooth or jaw"),
        _("Quantity"),
        _("Amount (rial)"),
        _("Decision"),
        _("Service approved"),
        _("Approved amount (rial)"),
    ]


def _unit(unit: UnitFacts) -> dict[str, Any]:
    return {
        "cells": [
            _number(unit.number),
            unit.title,
            unit.where,
            _number(unit.quantity),
            format_rial(unit.amount_rial, "fa"),
            _choice(unit.choice),
            unit.approved_title or DASH,
            DASH if unit.approved_rial is None else format_rial(unit.approved_rial, "fa"),
        ],
        "reason": unit.reason,
    }


def _sums(units: Sequence[UnitFacts]) -> dict[str, str]:
    return {
        "label": _("Sum"),
        "asked": format_rial(sum(unit.amount_rial for unit in units), "fa"),
        "approved": format_rial(sum(unit.approved_rial or 0 for unit in units), "fa"),
    }


def _vote_columns() -> list[str]:
    return [
        _("Row"),
        _("Service asked for"),
        _("Member"),
        _("Vote"),
        _("Changed to"),
    ]


def _votes(unit: UnitFacts) -> list[dict[str, Any]]:
    """The rows of one unit; its words stand beside the first vote, its number beside each."""
    about = f"{unit.title}، {unit.where}"
    return [
        {
            "cells": [
                _number(unit.number),
                about if place == 0 else "",
                vote.member,
                _vote_word(vote),
                _changed(vote),
            ],
            "reason": vote.reason,
        }
        for place, vote in enumerate(unit.votes)
    ]


def _vote_word(vote: VoteFacts) -> str:
    said = _choice(vote.choice)
    if vote.is_casting:
        return _("{vote} (casting vote of the chair)").format(vote=said)
    if not vote.does_count:
        return _("{vote} (replaced, does not count)").format(vote=said)
    return said


def _changed(vote: VoteFacts) -> str:
    if vote.changed_rial is None:
        return DASH
    amount = format_rial(vote.changed_rial, "fa")
    return _("{service}, up to {amount} rials").format(service=vote.changed_title, amount=amount)


def _choice(choice: str) -> str:
    return {
        Choice.APPROVE: _("Agreed to"),
        Choice.MODIFY: _("Agreed to with a change"),
        Choice.REJECT: _("Refused"),
    }[Choice(choice)]


def _rule(facts: MinutesFacts) -> str:
    plan = facts.plan
    how = (
        _("all votes that were cast")
        if plan.panel_majority == Majority.ALL
        else _("more than half of the votes that were cast")
    )
    return _(
        "The panel has {seats} members and decides from {quorum} votes on, by {how}; the chair "
        "ends a tie. {votes} members have voted."
    ).format(
        seats=_number(plan.panel_seats),
        quorum=_number(plan.panel_quorum),
        how=how,
        votes=_number(facts.voter_count),
    )


def _replaced(facts: MinutesFacts, place: int) -> str:
    seat = facts.replaced[place]
    said = _("{member} was replaced by {chair} on {at}").format(
        member=seat.member, chair=seat.ended_by, at=_instant(seat.ended_at)
    )
    return f"{said}: {seat.reason}" if seat.reason else said


def _validity(facts: MinutesFacts) -> str:
    until = facts.plan.valid_until_on
    if until is None:
        return _("Nothing was approved; there is no validity.")
    day = to_persian(format_day(until))
    return _("The approval holds for services until the end of {day}.").format(day=day)


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    said = _("{n} hours").format(n=_number(hours))
    return said + _(" and ") + _("{n} minutes").format(n=_number(rest)) if rest else said


def _number(value: int) -> str:
    return to_persian(str(value))


def _instant(at: datetime | None) -> str:
    return DASH if at is None else to_persian(format_instant(at))
