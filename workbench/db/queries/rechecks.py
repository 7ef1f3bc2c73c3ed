"""Second assessments: what may be drawn, what waits for whom, what was found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    cast,
    exists,
    func,
    literal,
    select,
    text,
)

from workbench.db.models import AuditEvent, Claim, ClaimStep, Insurer, Recheck, User
from workbench.db.planning import unindexed_on_sqlite
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.steps import FINISH

PAGE = 50
KNOWS_BY = (
    *("claim.take", "claim.assess", "claim.opened", "claim.lines_opened", "claim.note_added"),
    *("claim.finish", "claim.return", "claim.park", "claim.pass_on", "claim.release"),
    *("claim.reopen", "claim.void", "claim.defect_judged", "claim.national_code_opened"),
    *("evidence.shown", "evidence.view"),
    *("recheck.take", "recheck.give_back", "recheck.hand_in", "recheck.resolve"),
)
"""Whoever stands in a case's trail by one of these has worked at it or looked at it."""


def decided(insurer_id: int, first_day: int, last_day: int) -> Rows:
    """The decisions of an insurer that hold, each with its second assessment or None."""
    return (
        select(
            ClaimStep.claim_id,
            ClaimStep.round,
            ClaimStep.at,
            ClaimStep.day,
            ClaimStep.actor_id,
            ClaimStep.cost_rial,
            ClaimStep.payable_rial,
            Recheck.id.label("recheck_id"),
        )
        .outerjoin(Recheck, _of_step())
        .where(
            ClaimStep.action == FINISH,
            ClaimStep.day.between(first_day, last_day),
            ClaimStep.insurer_id == insurer_id,
            ClaimStep.actor_id.is_not(None),
            ClaimStep.is_undone.is_(False),
        )
        .order_by(ClaimStep.id)
    )


def _of_step() -> ColumnElement[bool]:
    return (
        (Recheck.insurer_id == ClaimStep.insurer_id)
        & (Recheck.claim_id == ClaimStep.claim_id)
        & (Recheck.round == ClaimStep.round)
    )


def held_insurer(insurer_id: int) -> Select[int]:
    """The insurer, held: two draws of the same weeks wait for each other."""
    return select(Insurer.id).where(Insurer.id == insurer_id).with_for_update(key_share=True)


def knows(user_id: int) -> ColumnElement[bool]:
    """Whether the user has worked at the claim or looked at it, by its trail."""
    stream = (
        literal("claim:") + cast(Claim.insurer_id, String) + literal("-") + cast(Claim.id, String)
    )
    return exists().where(
        AuditEvent.stream == stream,
        AuditEvent.actor_id == user_id,
        AuditEvent.action.in_(KNOWS_BY),
    )


def waiting_for(
    user_id: int, centre_id: int | None, dentist_id: int | None, insurer_ids: Sequence[int] | None
) -> Rows:
    """What waits and he may assess: not his, not known to him, no interest; the oldest first."""
    statement = (
        select(Recheck, Insurer.name.label("insurer"), Claim.kind, Claim.line_count)
        .join(Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id))
        .join(Insurer, Insurer.id == Recheck.insurer_id)
        .where(Recheck.state == "waiting", Recheck.first_by_id != user_id, ~knows(user_id))
    )
    if insurer_ids is not None:
        statement = statement.where(Recheck.insurer_id.in_(insurer_ids))
    if centre_id is not None:
        statement = statement.where(Claim.centre_id != centre_id)
    if dentist_id is not None:
        statement = statement.where(Claim.dentist_id != dentist_id)
    return statement.order_by(Recheck.decided_at, Recheck.id)


def of_second(user_id: int, states: Sequence[str]) -> Rows:
    """His own ones of these states, the newest first."""
    return (
        select(Recheck, Insurer.name.label("insurer"), Claim.kind, Claim.line_count, Claim.number)
        .join(Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id))
        .join(Insurer, Insurer.id == Recheck.insurer_id)
        .where(Recheck.second_by_id == user_id, Recheck.state.in_(states))
        .order_by(Recheck.taken_at.desc(), Recheck.id.desc())
        .limit(PAGE)
    )


def examples(insurer_ids: Sequence[int] | None) -> Rows:
    """The resolved differences that are kept as examples, the newest first."""
    statement = (
        select(Recheck, Insurer.name.label("insurer"), Claim.number)
        .join(Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id))
        .join(Insurer, Insurer.id == Recheck.insurer_id)
        .where(Recheck.state == "resolved", Recheck.is_example)
    )
    if insurer_ids is not None:
        statement = statement.where(Recheck.insurer_id.in_(insurer_ids))
    return statement.order_by(Recheck.resolved_at.desc(), Recheck.id.desc()).limit(PAGE)


def assessed_blind(user_id: int) -> Rows:
    """The claims whose first decision is hidden from him just now, with what they count in."""
    return (
        select(
            *(Recheck.insurer_id, Recheck.claim_id, Claim.number),
            *(Claim.account_id, Claim.referral_id, Claim.batch_id),
        )
        .join(Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id))
        .where(Recheck.second_by_id == user_id, Recheck.state == "assessing")
    )


def is_hidden(user_id: int) -> ColumnElement[bool]:
    """Whether the claim of a row is one whose first decision is hidden from him just now."""
    return exists().where(
        Recheck.insurer_id == Claim.insurer_id,
        Recheck.claim_id == Claim.id,
        Recheck.second_by_id == user_id,
        Recheck.state == "assessing",
    )


def reopened(counted: Counted) -> Rows:
    """Stratum, and how many decisions of the period were assessed twice and reopened since."""
    by = (Recheck.insurer_id, Recheck.band, Recheck.first_by_id)
    statement: Rows = (
        select(*by, func.count().label("cases"))
        .select_from(ClaimStep)
        .join(Recheck, _of_step())
        .where(text("claim_step.is_undone"), Recheck.second_at.is_not(None))
    )
    return limited(statement, counted, (FINISH,)).group_by(*by)


def drawn(counted: Counted) -> Rows:
    """Every second assessment of the period's decisions, the newest decision first.

    Only what is counted; ``compared`` as text, so that what is not kept is never decoded.
    """
    statement = select(
        *(Recheck.insurer_id, Recheck.id, Recheck.state, Recheck.band),
        *(Recheck.first_by_id, Recheck.second_by_id),
        *(Recheck.payable_rial, Recheck.second_payable_rial, Recheck.right_payable_rial),
        cast(Recheck.compared, Text).label("compared"),
    )
    found = _of_period(statement, counted)
    return found.order_by(Recheck.decided_at.desc(), Recheck.id.desc())


def drawn_cases(counted: Counted) -> Rows:
    """Of every one of ``drawn`` number of the claim, instant of the decision and resolution."""
    return _of_period(_cases(), counted)


def listed_cases(keys: Sequence[tuple[int, int]]) -> Rows:
    """As ``drawn_cases``, of these keys (insurer, second assessment)."""
    insurers, ids = {insurer_id for insurer_id, _id in keys}, [id_ for _insurer, id_ in keys]
    return _cases().where(Recheck.insurer_id.in_(insurers), Recheck.id.in_(ids))


def _cases() -> Rows:
    columns = (Recheck.insurer_id, Recheck.id, Claim.number, Recheck.decided_at, Recheck.resolution)
    return select(*columns).join(
        Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id)
    )


def _of_period(statement: Rows, counted: Counted) -> Rows:
    """Limited by what a second assessment has of its decision; the step is read for the rest.

    It is found by its case, but of one centre by the day: on SQLite 0.3 s for a kind's four years,
    else 2 s.
    """
    insurers: Any = select(Insurer.id) if counted.insurer_ids is None else counted.insurer_ids
    statement = statement.where(
        Recheck.state != "dropped",
        Recheck.insurer_id.in_(insurers),
        Recheck.day.between(counted.first_day, counted.last_day),
    )
    if counted.assessor_id is not None:
        statement = statement.where(Recheck.first_by_id == counted.assessor_id)
    if counted.centre_id is None and counted.kind is None:
        return statement
    steps = statement.join(ClaimStep, _of_step())
    steps = steps.where(unindexed_on_sqlite(ClaimStep.action) == FINISH)
    return limited(steps, counted, None if counted.centre_id is None else (FINISH,))


def names(user_ids: Sequence[int]) -> Rows:
    """User and how he is called."""
    return select(User.id, User.display_name).where(User.id.in_(user_ids))
