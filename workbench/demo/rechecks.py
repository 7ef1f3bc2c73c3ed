"""Second assessments of the demo: drawn of its last weeks, most the same, some different."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workbench.db.models import Recheck
from workbench.demo.cast import ASSESSORS, Cast
from workbench.errors import Refused
from workbench.rules.facts import Case, Deduction, FindingState
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.lines import deductions_of, rest_rial
from workbench.rules.second_assessment import Choice, may_deduct
from workbench.services.rechecks import second_assessment as second
from workbench.services.rechecks.demo_rechecks import first_case, waiting_rechecks
from workbench.services.rechecks.drawing import draw_now
from workbench.services.rechecks.rechecks import RecheckPlace, place_of, take_recheck
from workbench.services.rechecks.resolution import resolve_recheck

KEY = "rechecks"
PERCENT = 10
ASSESSED_OF_TEN, DIFFERING_OF_TEN = 7, 3
RESOLVED = 3
LEAD, BEGINNER = "lead", "assessor1"
OVER_PRICE, LOST_RIAL = "D01", 350_000
NOTES = (
    "در گرافی پایان درمان، پرکردگی کامل دیده می‌شود؛ کسر اول درست نبود.",
    "دلیل کسر درست است، اما مبلغ باید تا تعرفه باشد و نه بیشتر.",
    "مدرک در پرونده هست و نفر دوم آن را ندید.",
)
"""Why the lead said so: the words of the examples."""


def play_rechecks(session: Session, cast: Cast, *, seed: int, now: datetime) -> None:
    """Draw, assess most again by another assessor, resolve a few; all at ``now``."""
    chance = random.Random(f"rechecks/{seed}")
    draw_now(session, cast["lead"], percent=PERCENT, now=now, chance=chance)
    rows = waiting_rechecks(session)
    differing = []
    for number, row in enumerate(rows):
        if number % 10 < ASSESSED_OF_TEN:
            is_another = number % 10 < DIFFERING_OF_TEN
            if _assess(session, cast, row, chance, now - timedelta(minutes=number), is_another):
                differing.append(row)
    _begin_one(session, cast, rows, now)
    others = [row for row in differing if row.first_by_id != cast[LEAD].user_id]
    for number, row in enumerate(others[:RESOLVED]):
        _resolve(session, cast, row, number, now)


def _begin_one(session: Session, cast: Cast, rows: Sequence[Recheck], now: datetime) -> None:
    """One is in the hands of an assessor, with nothing said yet."""
    for row in rows:
        if row.state == "waiting":
            try:
                take_recheck(session, cast[BEGINNER], place_of(row), now=now)
                return
            except Refused:
                continue  # He knows the case.


def _assess(
    session: Session, cast: Cast, row: Recheck, chance: random.Random, now: datetime, other: bool
) -> bool:
    """Whether somebody assessed it again, and differently."""
    names = [name for name in ASSESSORS if name != LEAD]
    chance.shuffle(names)
    place = place_of(row)
    for name in names:
        try:
            take_recheck(session, cast[name], place, now=now - timedelta(minutes=9))
        except Refused:
            continue  # He knows the case, or works at its centre.
        _decide(session, cast, name, row, other)
        second.hand_in_second(session, cast[name], place, now=now)
        session.flush()
        return row.state == "differs"
    return False


def _decide(session: Session, cast: Cast, name: str, row: Recheck, other: bool) -> None:
    """The same as the first one, or on one line another word."""
    actor, place = cast[name], place_of(row)
    first = first_case(session, row)
    decided = dict(first.decided)
    is_milder = other and any(line.deductions for line in first.lines)
    while left := second.read_second(session, actor, place).second.open_findings:
        finding = left[0]
        state = None if is_milder else decided.get(finding.key)
        choice = _choice(first, finding, state)
        second.answer_second(session, actor, place, key=finding.key, choice=choice)
    present = second.read_second(session, actor, place).second.case
    for line, own in zip(first.lines, present.lines, strict=True):
        given = {each.reason for each in deductions_of(own)}
        for each in deductions_of(line):
            if each.reason not in given and not is_milder:
                _deduct(session, cast, name, place, line.number, each)
    if other and not is_milder:
        lost = Deduction(reason=OVER_PRICE, amount_rial=LOST_RIAL)
        _deduct(session, cast, name, place, first.lines[0].number, lost)


def _choice(first: Case, finding: Finding, state: FindingState | None) -> Choice:
    lines = {line.number: line for line in first.lines}
    line = lines.get(finding.line or 0)
    if state is not FindingState.ACCEPTED or line is None:
        return Choice.OVERRIDE
    if finding.proposal.kind is ProposalKind.RETURN:
        return Choice.DEDUCT if may_deduct(finding) else Choice.OVERRIDE
    return Choice.ACCEPT


def _deduct(
    session: Session, cast: Cast, name: str, place: RecheckPlace, number: int, what: Deduction
) -> None:
    """No more than what is left; an amount of the first one that is computed has no text."""
    case = second.read_second(session, cast[name], place).second.case
    left = next(rest_rial(line) for line in case.lines if line.number == number)
    second.deduct_second_line(
        session,
        cast[name],
        place,
        number=number,
        reason=what.reason,
        amount_rial=min(what.amount_rial, left),
        text=what.text or what.reason,
    )


def _resolve(session: Session, cast: Cast, row: Recheck, number: int, now: datetime) -> None:
    resolve_recheck(
        session,
        cast[LEAD],
        place_of(row),
        version=row.version,
        resolution=("second", "neither", "first")[number],
        right_payable_rial=row.payable_rial // 20 * 10 if number == 1 else None,
        note=NOTES[number],
        is_example=number != 1,
        now=now,
    )
