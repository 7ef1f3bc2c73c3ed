"""Who may do what: the actor, the permission table, and the fetches that enforce both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.db.models import Batch, Claim, TreatmentPlan, User, UserInsurer, UserRole
from workbench.errors import Refused
from workbench.rules.workflow import (
    BATCH_TRANSITIONS,
    CLAIM_TRANSITIONS,
    PLAN_TRANSITIONS,
    REFERRAL_TRANSITIONS,
    Role,
    roles_for,
)
from workbench.services.rechecks.blindness import check_blind

_R = Role

# Built once: every write of the desk fetches its claim so.
_CHANGED_CLAIM = (
    select(Claim)
    .where(Claim.insurer_id == bindparam("of_insurer"), Claim.id == bindparam("of_claim"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The signed-in user of one request. ``insurer_ids`` None: all insurers."""

    user_id: int
    username: str
    display_name: str
    roles: frozenset[Role]
    insurer_ids: frozenset[int] | None = None
    centre_id: int | None = None
    dentist_id: int | None = None
    language: str = "fa"


def actor_of(session: Session, user: User) -> Actor:
    """The actor a user would be if he signed in now."""
    roles = session.scalars(select(UserRole.role).where(UserRole.user_id == user.id))
    insurers = frozenset(
        session.scalars(select(UserInsurer.insurer_id).where(UserInsurer.user_id == user.id))
    )
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        roles=frozenset(Role(role) for role in roles),
        insurer_ids=insurers or None,
        centre_id=user.centre_id,
        dentist_id=user.dentist_id,
        language=user.language,
    )


def present_actor(session: Session, actor: Actor) -> Actor:
    """The same user with the rights he has now; refused: ``signed_out`` once he is disabled."""
    user = session.get(User, actor.user_id)
    if user is None or user.is_disabled:
        raise Refused("signed_out")
    return actor_of(session, user)


def _claim(action: str) -> frozenset[Role]:
    return roles_for(CLAIM_TRANSITIONS, action)


def _batch(action: str) -> frozenset[Role]:
    return roles_for(BATCH_TRANSITIONS, action)


def _referral(action: str) -> frozenset[Role]:
    return roles_for(REFERRAL_TRANSITIONS, action)


def _plan(action: str) -> frozenset[Role]:
    return roles_for(PLAN_TRANSITIONS, action)


PERMISSIONS: Mapping[str, frozenset[Role]] = {
    "import": frozenset({_R.RECEPTION, _R.ADMIN}),
    "batch.receive": _batch("receive"),
    "batch.read": frozenset(
        {_R.RECEPTION, _R.ASSESSOR, _R.LEAD, _R.FINANCE, _R.MANAGER, _R.AUDITOR}
    ),
    "batch.split": _batch("split"),
    "batch.send_to_finance": _batch("send_to_finance"),
    "batch.archive": _batch("archive"),
    "claim.take": _claim("take"),
    "claim.assess": _claim("assess"),
    "claim.park": _claim("park"),
    "claim.pass_on": _claim("pass_on"),
    "claim.return": _claim("return"),
    "claim.finish": _claim("finish"),
    "claim.resubmit": _claim("resubmit"),
    "claim.reopen": _claim("reopen"),
    "claim.void": _claim("void"),
    "claim.take_from_another": frozenset({_R.LEAD}),
    "claim.more_rounds": frozenset({_R.LEAD}),
    "claim.take_back_answer": frozenset({_R.LEAD}),
    "claim.answer_late": frozenset({_R.LEAD}),
    "claim.read": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "claim.attach": frozenset({_R.RECEPTION, _R.ASSESSOR, _R.LEAD}),
    "claim.attach_to_any": frozenset({_R.RECEPTION, _R.LEAD}),
    "claim.money": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR, _R.FINANCE}),
    "claim.images": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "claim.notes": frozenset({_R.ASSESSOR, _R.LEAD, _R.COMMISSION, _R.CHAIR}),
    "referral.issue": frozenset({_R.RECEPTION, _R.LEAD}),
    "referral.approve": _referral("approve"),
    "referral.decline": _referral("decline"),
    "referral.amend": _referral("amend"),
    "referral.cancel": _referral("cancel"),
    "referral.read": frozenset({_R.RECEPTION, _R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "referral.contact": frozenset({_R.RECEPTION, _R.ASSESSOR, _R.LEAD, _R.MANAGER}),
    "plan.read": frozenset({_R.COMMISSION, _R.CHAIR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "plan.attach": frozenset({_R.RECEPTION, _R.COMMISSION, _R.CHAIR, _R.LEAD}),
    "plan.attach_to_any": frozenset({_R.RECEPTION, _R.CHAIR, _R.LEAD}),
    "plan.notes": frozenset({_R.COMMISSION, _R.CHAIR, _R.LEAD}),
    "plan.vote": _plan("vote"),
    "plan.replace": _plan("replace"),
    "plan.decide": _plan("decide"),
    "plan.take_back_answer": frozenset({_R.CHAIR}),
    "plan.return": _plan("return"),
    "plan.resubmit": _plan("resubmit"),
    "plan.submit": frozenset({_R.RECEPTION, _R.ADMIN}),
    "board.read": frozenset({_R.CHAIR, _R.MANAGER, _R.AUDITOR, _R.LEAD}),
    "figures.read": frozenset({_R.MANAGER, _R.AUDITOR, _R.LEAD}),
    "recheck.assess": frozenset({_R.ASSESSOR, _R.LEAD}),
    "recheck.draw": frozenset({_R.LEAD, _R.MANAGER}),
    "recheck.resolve": frozenset({_R.LEAD}),
    "plan.minutes": frozenset({_R.COMMISSION, _R.CHAIR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "notice.read": frozenset(
        {_R.RECEPTION, _R.LEAD, _R.CHAIR, _R.COMMISSION, _R.MANAGER, _R.AUDITOR}
    ),
    "notice.retry": frozenset({_R.RECEPTION, _R.LEAD, _R.CHAIR}),
    "ceiling.read": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "queue.read": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "search": frozenset({_R.ASSESSOR, _R.LEAD, _R.MANAGER, _R.AUDITOR}),
    "audit.read": frozenset({_R.AUDITOR, _R.LEAD, _R.MANAGER}),
    "finance.remit": frozenset({_R.FINANCE}),
    "user.manage": frozenset({_R.ADMIN}),
    "catalogue.manage": frozenset({_R.ADMIN}),
    "calendar.manage": frozenset({_R.ADMIN}),
    "panel.manage": frozenset({_R.ADMIN, _R.CHAIR}),
    "catalogue.read": frozenset({_R.ADMIN, _R.MANAGER, _R.LEAD, _R.AUDITOR}),
    "catalogue.propose": frozenset({_R.ADMIN, _R.MANAGER, _R.LEAD}),
    "catalogue.publish": frozenset({_R.ADMIN, _R.MANAGER}),
    "teeth.search": frozenset(
        {_R.RECEPTION, _R.ASSESSOR, _R.LEAD, _R.COMMISSION, _R.CHAIR, _R.MANAGER, _R.AUDITOR}
    ),
}


CHANGES = frozenset(f"claim.{action}" for _state, action in CLAIM_TRANSITIONS) | {"claim.attach"}
"""The actions that write on a claim: its row is held from the fetch on."""


def may(actor: Actor, action: str) -> bool:
    """Whether one of the actor's roles allows ``action``."""
    return bool(actor.roles & PERMISSIONS[action])


def require(actor: Actor, action: str) -> None:
    """Refuse unless the actor may do ``action``."""
    if not may(actor, action):
        raise Refused("not_permitted", action=action)


def may_see_insurer(actor: Actor, insurer_id: int) -> bool:
    """Whether the insurer is among those the actor works for."""
    return actor.insurer_ids is None or insurer_id in actor.insurer_ids


def within_insurers(
    statement: Select[*tuple[Any, ...]], actor: Actor, column: InstrumentedAttribute[int]
) -> Select[*tuple[Any, ...]]:
    """Limit a select to the actor's insurers."""
    if actor.insurer_ids is None:
        return statement
    return statement.where(column.in_(sorted(actor.insurer_ids)))


def has_conflict(actor: Actor, holder: Claim | TreatmentPlan) -> bool:
    """Conflict of interest: the claim, or plan, of the actor's own centre or treatment."""
    return (actor.centre_id is not None and holder.centre_id == actor.centre_id) or (
        actor.dentist_id is not None and holder.dentist_id == actor.dentist_id
    )


def claim_for(session: Session, actor: Actor, action: str, insurer_id: int, claim_id: int) -> Claim:
    """The claim, if the actor may do ``action`` with it; a foreign one looks like none.

    For a change it is read afresh and held until the transaction ends, so that what was checked
    (version, holder, state) is still true when it is written.
    """
    require(actor, action)
    is_seen = may_see_insurer(actor, insurer_id)
    claim = _claim_row(session, action, insurer_id, claim_id) if is_seen else None
    if claim is None:
        raise Refused("claim_not_found")
    check_blind(session, actor.user_id, action, claim)
    return claim


def _claim_row(session: Session, action: str, insurer_id: int, claim_id: int) -> Claim | None:
    if action not in CHANGES:
        return session.get(Claim, (insurer_id, claim_id))
    return session.scalars(_CHANGED_CLAIM, {"of_insurer": insurer_id, "of_claim": claim_id}).first()


def batch_for(session: Session, actor: Actor, action: str, acceptance_number: str) -> Batch:
    """The batch of an acceptance number, if the actor may do ``action`` with it."""
    require(actor, action)
    statement = select(Batch).where(Batch.acceptance_number == acceptance_number)
    if action != "batch.read":
        statement = statement.with_for_update(key_share=True)
    batch: Batch | None = session.scalars(
        within_insurers(statement, actor, Batch.insurer_id)
    ).first()
    if batch is None:
        raise Refused("batch_not_found", number=acceptance_number)
    return batch
