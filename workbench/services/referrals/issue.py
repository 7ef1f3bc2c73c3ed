"""Issuing a letter at the desk (C1), or asking for it where its amount is above a limit.

The number is new and of six digits, the amount is reserved in the same transaction. Of two who
want the last rial of a family at once, one wins (the guarded balance of the ledger).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, Person, Referral, new_id
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.workflow import ReferralState
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.ceiling import ledger
from workbench.services.ceiling.coverage import (
    Coverage,
    insured_person,
    insured_under,
    letter_cover,
    read_coverage,
    with_holders,
)
from workbench.services.claims.transition import use_nonce
from workbench.services.numbers import next_number
from workbench.services.reference import row_by_code
from workbench.services.referrals.access import present_state
from workbench.services.referrals.expiry import expire_of_account
from workbench.services.referrals.letters import (
    NewLetter,
    find_referral,
    open_account_of,
    replacement_of,
    write_letter,
)

REFERRAL_SERIES, REFERRAL_WIDTH = "referral", 6
OVER_STATES = frozenset({ReferralState.EXPIRED, ReferralState.INVALID})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerLetter:
    """What a letter that is issued again was for."""

    number: str
    insurer_id: int
    contract_id: int
    cover_code: str
    centre_code: str
    amount_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRequest:
    """What is asked for; ``nonce`` makes a second sending of the same form a refusal.

    ``replaces_number`` names the expired or invalid letter that is issued again (B13).
    """

    insurer_id: int
    contract_id: int
    cover_code: str
    national_code: str
    centre_code: str
    amount_rial: int
    replaces_number: str | None = None
    nonce: str | None = None


def read_coverage_again(
    session: Session, actor: Actor, insurer_id: int, referral_id: int, *, now: datetime
) -> tuple[Coverage, FormerLetter]:
    """The coverage of the person of a letter that is to be issued again, and that letter."""
    require(actor, "referral.issue")
    former = session.get(Referral, (insurer_id, referral_id))
    if former is None or not may_see_insurer(actor, insurer_id):
        raise Refused("unknown_referral", key=str(referral_id))
    person = session.get_one(Person, former.person_id)
    letter = FormerLetter(
        number=former.number,
        insurer_id=insurer_id,
        contract_id=former.contract_id,
        cover_code=former.cover_code,
        centre_code=session.get_one(Centre, former.centre_id).code,
        amount_rial=former.amount_rial,
    )
    return read_coverage(session, actor, person.national_code, now=now), letter


def read_centres(session: Session, actor: Actor) -> dict[str, str]:
    """The contracted centres a letter can be issued for: code → name."""
    require(actor, "referral.issue")
    rows = session.execute(
        select(Centre.code, Centre.name).where(Centre.is_contracted).order_by(Centre.name)
    )
    return {row[0]: row[1] for row in rows}


def issue_letter(
    session: Session, actor: Actor, request: LetterRequest, *, now: datetime
) -> Referral:
    """Issue a letter of today and reserve its amount; overdue letters of the ceiling end first.

    Above the contract's limit it is only *requested*: nothing is reserved before its approval.
    Refused: ``national_code_wrong``, ``unknown_person``, ``not_insured_on``, ``unknown_cover``,
    ``cover_not_covered``, ``letter_amount_needed``, ``letter_too_large`` (what is left and, for
    who may see it, who holds the rest), ``replaced_…``, ``already_done``, ``unknown_centre``.
    """
    require(actor, "referral.issue")
    person, on = insured_person(session, request.national_code), day_of(now)
    key = (request.insurer_id, request.contract_id)
    contract, membership = insured_under(session, actor, key, person.id, on)
    cover = letter_cover(session, contract, request.cover_code, on)
    if request.amount_rial <= 0:
        raise Refused("letter_amount_needed")
    centre = row_by_code(session, Centre, "code", request.centre_code)
    if request.nonce:
        use_nonce(session, request.nonce, now)
    cause = ledger.Cause(at=now, actor_id=actor.user_id)
    account_id = open_account_of(session, cover, membership, cause)
    expire_of_account(session, contract.insurer_id, account_id, now=now)
    replaced = _replaced(session, request, person, now)
    limit_rial = contract.letter_limit_rial
    letter = NewLetter(
        number=next_referral_number(session),
        contract=contract,
        cover=cover,
        membership=membership,
        centre_id=centre.id,
        issued_by="centre",
        issued_on=on,
        amount_rial=request.amount_rial,
        reserve_rial=request.amount_rial,
        replaces_id=replaced.id if replaced else None,
        is_requested=limit_rial is not None and request.amount_rial > limit_rial,
    )
    try:
        return write_letter(session, actor, letter, now=now)
    except Refused as refused:
        raise with_holders(session, actor, contract.insurer_id, account_id, refused, now) from None


def new_nonce() -> str:
    """A name for one form, so that sending it twice issues one letter."""
    return f"letter-{new_id()}"


def next_referral_number(session: Session) -> str:
    """A number of six digits that no letter of any insurer has, imported ones included."""
    while True:
        number = next_number(session, REFERRAL_SERIES, REFERRAL_WIDTH)
        if not session.scalar(select(exists().where(Referral.number == number))):
            return number


def _replaced(
    session: Session, request: LetterRequest, person: Person, now: datetime
) -> Referral | None:
    """The letter that is issued again: over, of the same person, contract and cover, and once."""
    number = (request.replaces_number or "").strip()
    if not number:
        return None
    former = find_referral(session, request.insurer_id, number, is_held=True)
    wanted = (person.id, request.contract_id, request.cover_code)
    if (former.person_id, former.contract_id, former.cover_code) != wanted:
        raise Refused("replaced_of_another", number=number)
    state = present_state(former, now)
    if state not in OVER_STATES:
        raise Refused("replaced_is_not_over", number=number, state=str(state))
    next_number_ = replacement_of(session, former)
    if next_number_ is not None:
        raise Refused("replaced_already", number=number, next_number=next_number_)
    return former
