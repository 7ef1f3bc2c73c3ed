"""Second assessments: what may be drawn, what waits for whom, what was found."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from workbench.db.models import AuditEvent, Claim, ClaimStep, Insurer, Recheck, User
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


def populations(counted: Counted, band: ColumnElement[int]) -> Rows:
    """Stratum and how many decisions of the period: those that hold or were assessed twice."""
    statement = (
        select(
            ClaimStep.insurer_id,
            band.label("band"),
            ClaimStep.actor_id,
            func.count().label("cases"),
        )
        .outerjoin(Recheck, _of_step() & Recheck.second_at.is_not(None))
        .where(
            ClaimStep.actor_id.is_not(None),
            or_(ClaimStep.is_undone.is_(False), Recheck.id.is_not(None)),
        )
    )
    found: Rows = limited(statement, counted, (FINISH,))
    return found.group_by(ClaimStep.insurer_id, band, ClaimStep.actor_id)


def drawn(counted: Counted) -> Rows:
    """Every second assessment of the period's decisions, the newest decision first."""
    first, second, resolver = aliased(User), aliased(User), aliased(User)
    statement = (
        select(
            Recheck,
            Claim.number,
            first.display_name.label("first_name"),
            second.display_name.label("second_name"),
            resolver.display_name.label("resolver_name"),
        )
        .select_from(ClaimStep)
        .join(Recheck, _of_step())
        .join(Claim, (Claim.insurer_id == Recheck.insurer_id) & (Claim.id == Recheck.claim_id))
        .join(first, first.id == Recheck.first_by_id)
        .outerjoin(second, second.id == Recheck.second_by_id)
        .outerjoin(resolver, resolver.id == Recheck.resolved_by_id)
        .where(Recheck.state != "dropped")
    )
    found: Rows = limited(statement, counted, (FINISH,))
    return found.order_by(Recheck.decided_at.desc(), Recheck.id.desc())
