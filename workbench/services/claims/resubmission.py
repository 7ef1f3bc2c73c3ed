"""A returned claim comes back: «ثبت ویرایش و ارزیابی مجدد», a new round with its own clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, Claim, ClaimLine, Contract, Dentist, Insurer
from workbench.errors import Refused
from workbench.rules.workflow import CLAIM_TRANSITIONS, apply
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.batches.receipt import release_after_resubmission
from workbench.services.ceiling.enrolment import cover_of
from workbench.services.claims.content import (
    ImageRequest,
    LineRequest,
    attach_images,
    check_lines,
    line_requests,
    requested_payable_rial,
    service_groups,
)
from workbench.services.claims.facts import refresh_finding_count
from workbench.services.claims.registration import due_at
from workbench.services.claims.rounds import open_round
from workbench.services.claims.transition import move_claim
from workbench.services.reference import actor_id_of

EXPLANATION_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmissionInput:
    """What the sender changed: whole lines by their number, new images, and his explanation.

    ``round`` is the round this opens (2 after the first return); None: whichever is next.
    """

    claim_number: str
    explanation: str = ""
    lines: tuple[LineRequest, ...] = ()
    images: tuple[ImageRequest, ...] = ()
    insurer_code: str | None = None
    round: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resubmitted:
    """The claim's new round and its due instant."""

    insurer_id: int
    claim_id: int
    number: str
    round: int
    due_at: datetime


def resubmit_claim(
    session: Session, actor: Actor | None, sent: ResubmissionInput, *, now: datetime
) -> Resubmitted:
    """Take a returned claim back in: round + 1, changed lines, new images, a new clock.

    Rounds above the insurer's limit are taken in too; who may assess them is decided when they are
    taken. Refused: ``claim_not_found``, ``wrong_state``, ``wrong_round``, ``resubmission_empty``,
    ``line_unknown``, ``text_too_long`` and what lines and images refuse.
    """
    claim = _claim(session, actor, sent)
    apply(CLAIM_TRANSITIONS, claim.state, "resubmit")
    _check(sent, claim)
    contract = session.get_one(Contract, (claim.insurer_id, claim.contract_id))
    lines = _lines(session, claim, sent)
    services = check_lines(session, contract.tariff_set_id, lines)
    cover = cover_of(session, contract, claim.cover_code, claim.case_on)
    centre = session.get_one(Centre, claim.centre_id)
    dentist = session.get_one(Dentist, claim.dentist_id)
    insurer = session.get_one(Insurer, claim.insurer_id)
    claim.requested_payable_rial = requested_payable_rial(
        session, contract, cover, centre, dentist, lines
    )
    claim.cost_rial = sum(line.cost_rial for line in lines)
    claim.service_groups = service_groups(services)
    claim.due_at = due_at(session, insurer, claim, now)
    open_round(
        session,
        claim,
        now=now,
        keep_assessment=False,
        explanation=sent.explanation.strip(),
        changes={line.number: _columns(line) for line in sent.lines},
    )
    attach_images(
        session, claim, sent.images, {line.number for line in lines}, actor=actor, now=now
    )
    move_claim(
        session,
        claim,
        "resubmit",
        actor_id=actor_id_of(actor),
        now=now,
        changed_lines=sorted(line.number for line in sent.lines),
        new_images=len(sent.images),
    )
    refresh_finding_count(session, claim)
    session.flush()
    release_after_resubmission(session, actor_id_of(actor), claim, now)
    return Resubmitted(
        insurer_id=claim.insurer_id,
        claim_id=claim.id,
        number=claim.number,
        round=claim.round,
        due_at=claim.due_at,
    )


def _claim(session: Session, actor: Actor | None, sent: ResubmissionInput) -> Claim:
    """The one claim of that number that the actor may take back in."""
    statement = (
        select(Claim).where(Claim.number == sent.claim_number).with_for_update(key_share=True)
    )
    if sent.insurer_code is not None:
        statement = statement.join(Insurer, Insurer.id == Claim.insurer_id).where(
            Insurer.code == sent.insurer_code
        )
    if actor is not None:
        require(actor, "claim.resubmit")
    claims = [
        claim
        for claim in session.scalars(statement)
        if actor is None or may_see_insurer(actor, claim.insurer_id)
    ]
    if len(claims) != 1:
        raise Refused("claim_not_found", number=sent.claim_number)
    return claims[0]


def _check(sent: ResubmissionInput, claim: Claim) -> None:
    if sent.round is not None and sent.round != claim.round + 1:
        raise Refused("wrong_round", number=claim.number, round=sent.round, next=claim.round + 1)
    if len(sent.explanation) > EXPLANATION_MAX:
        raise Refused("text_too_long", letters=EXPLANATION_MAX)
    if not (sent.lines or sent.images or sent.explanation.strip()):
        raise Refused("resubmission_empty", number=claim.number)


def _lines(session: Session, claim: Claim, sent: ResubmissionInput) -> list[LineRequest]:
    """The lines of the new round: those of the present one, changed ones in their place."""
    rows = session.scalars(
        select(ClaimLine)
        .where(
            ClaimLine.insurer_id == claim.insurer_id,
            ClaimLine.claim_id == claim.id,
            ClaimLine.round == claim.round,
        )
        .order_by(ClaimLine.number)
    ).all()
    known = {line.number: line for line in line_requests(rows)}
    for line in sent.lines:
        if line.number not in known:
            raise Refused("line_unknown", number=claim.number, line=line.number)
    if len({line.number for line in sent.lines}) < len(sent.lines):
        raise Refused("line_twice")
    return list((known | {line.number: line for line in sent.lines}).values())


def _columns(line: LineRequest) -> Mapping[str, Any]:
    return {name: getattr(line, name) for name in LineRequest.__slots__}
