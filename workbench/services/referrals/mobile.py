"""The mobile number to call about a letter: his own, else the principal's; opened on the record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Contract, Person, Referral
from workbench.services.access import Actor
from workbench.services.ceiling.enrolment import membership_on
from workbench.services.referrals.access import ReferralPlace, record_referral, referral_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Mobile:
    """A number of eleven digits; ``principal_name`` is given when it is the principal's."""

    number: str
    principal_name: str | None


def has_mobile(session: Session, actor: Actor, place: ReferralPlace) -> bool:
    """Whether there is a number to call, without opening it."""
    return _mobile(session, referral_for(session, actor, "referral.contact", place)) is not None


def open_mobile(
    session: Session, actor: Actor, place: ReferralPlace, *, now: datetime
) -> Mobile | None:
    """The number to call, None when there is none; that it was opened is on the record.

    Refused as ``referral_for``: only who may note a contact sees it.
    """
    letter = referral_for(session, actor, "referral.contact", place)
    mobile = _mobile(session, letter)
    if mobile is not None:
        record_referral(session, letter, "mobile_opened", actor_id=actor.user_id, now=now)
    return mobile


def _mobile(session: Session, letter: Referral) -> Mobile | None:
    person = session.get_one(Person, letter.person_id)
    if person.mobile:
        return Mobile(number=person.mobile, principal_name=None)
    contract = session.get_one(Contract, (letter.insurer_id, letter.contract_id))
    membership = membership_on(session, contract, person.id, letter.issued_on)
    principal = session.get_one(Person, membership.principal_id)
    if not principal.mobile:
        return None
    return Mobile(number=principal.mobile, principal_name=principal.name)
