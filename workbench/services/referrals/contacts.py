"""What came of the calls about letters that are about to expire, and the message to send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Referral, ReferralContact, User, new_id
from workbench.db.models.referral import CONTACT_OUTCOMES
from workbench.errors import Refused
from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day
from workbench.persian.rial import format_rial, isolate
from workbench.services.access import Actor, require
from workbench.services.referrals.access import ReferralPlace, record_referral, referral_for

NOTE_LETTERS_MAX = 2_000
LETTERS_MAX = 200
SHOWN_MAX = 50
REPEAT_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact about a letter, with the name of who made it."""

    at: datetime
    actor_name: str
    outcome: str
    note: str


def add_contact(
    session: Session,
    actor: Actor,
    place: ReferralPlace,
    *,
    outcome: str,
    note: str = "",
    now: datetime,
) -> None:
    """Note what came of one contact; the same one sent again within a minute is noted once.

    The trail has the outcome, never the text. Refused: ``contact_outcome``,
    ``contact_note_too_long`` and those of ``referral_for``.
    """
    add_contacts(session, actor, [place], outcome=outcome, note=note, now=now)


def add_contacts(
    session: Session,
    actor: Actor,
    places: Sequence[ReferralPlace],
    *,
    outcome: str,
    note: str = "",
    now: datetime,
) -> int:
    """Note the same of several letters, all or none; returns how many were noted anew.

    Refused besides those of ``add_contact``: ``contact_letters`` (none, or too many at once).
    """
    require(actor, "referral.contact")
    if outcome not in CONTACT_OUTCOMES:
        raise Refused("contact_outcome")
    note = note.replace("\0", "").strip()
    if len(note) > NOTE_LETTERS_MAX:
        raise Refused("contact_note_too_long", maximum=NOTE_LETTERS_MAX)
    wanted = {(place.insurer_id, place.referral_id): place for place in places}
    if not 1 <= len(wanted) <= LETTERS_MAX:
        raise Refused("contact_letters", maximum=LETTERS_MAX)
    letters = [referral_for(session, actor, "referral.contact", each) for each in wanted.values()]
    return sum(_note(session, actor, letter, outcome, note, now) for letter in letters)


def former_contacts(session: Session, actor: Actor, place: ReferralPlace) -> tuple[Contact, ...]:
    """The contacts about a letter, the latest first."""
    letter = referral_for(session, actor, "referral.read", place)
    rows = session.execute(
        select(ReferralContact.at, User.display_name, ReferralContact.outcome, ReferralContact.note)
        .join(User, User.id == ReferralContact.actor_id)
        .where(
            ReferralContact.insurer_id == letter.insurer_id,
            ReferralContact.referral_id == letter.id,
        )
        .order_by(ReferralContact.at.desc(), ReferralContact.id.desc())
        .limit(SHOWN_MAX)
    )
    return tuple(Contact(at=row[0], actor_name=row[1], outcome=row[2], note=row[3]) for row in rows)


def message_text(
    *, person_name: str, number: str, centre_name: str, last_valid_on: date, amount_rial: int
) -> str:
    """The words to send to the insured person, in the present language; amount in rials."""

    def shown(text: str) -> str:
        return isolate(to_persian(text) if language() == "fa" else text)

    return _(
        "Dear {name}, your referral letter {number} for {centre}, amount {amount} rials, is valid "
        "until the end of {day}. Without a service by then it expires and the amount goes back to "
        "your ceiling."
    ).format(
        name=isolate(person_name),
        number=shown(number),
        centre=isolate(centre_name),
        amount=isolate(format_rial(amount_rial, language())),
        day=shown(format_day(last_valid_on)),
    )


def _note(
    session: Session, actor: Actor, letter: Referral, outcome: str, note: str, now: datetime
) -> bool:
    if _is_repeated(session, actor, letter, outcome, note, now):
        return False
    session.add(
        ReferralContact(
            insurer_id=letter.insurer_id,
            id=new_id(),
            referral_id=letter.id,
            at=now,
            actor_id=actor.user_id,
            outcome=outcome,
            note=note,
        )
    )
    record_referral(session, letter, "contact", actor_id=actor.user_id, now=now, outcome=outcome)
    return True


def _is_repeated(
    session: Session, actor: Actor, letter: Referral, outcome: str, note: str, now: datetime
) -> bool:
    """Whether this very contact was noted a moment ago: a double click, a retry."""
    last = session.scalars(
        select(ReferralContact)
        .where(
            ReferralContact.insurer_id == letter.insurer_id,
            ReferralContact.referral_id == letter.id,
        )
        .order_by(ReferralContact.at.desc(), ReferralContact.id.desc())
        .limit(1)
    ).first()
    if last is None or abs(now - last.at) > REPEAT_WITHIN:
        return False
    return (last.actor_id, last.outcome, last.note) == (actor.user_id, outcome, note)
