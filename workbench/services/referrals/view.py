"""One referral letter: its data, its state as time has made it, its cases, ledger and life."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    AuditEvent,
    CeilingEntry,
    CeilingReservation,
    Centre,
    Claim,
    Contract,
    Insurer,
    Person,
    Policyholder,
    Referral,
    ReferralSheet,
    User,
)
from workbench.db.queries.catalogue import cover_in_force
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.identifiers import mask_national_code
from workbench.rules.referral import days_left
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState
from workbench.services.access import Actor, may
from workbench.services.ceiling.enrolment import membership_on
from workbench.services.ceiling.view import KIND_NAMES
from workbench.services.rechecks.blindness import Holder, check_blind_holder
from workbench.services.referrals.access import (
    ReferralPlace,
    present_state,
    referral_for,
    referral_stream,
)
from workbench.services.referrals.issue import OVER_STATES
from workbench.services.referrals.letter_words import excluded_sentence
from workbench.services.referrals.letters import is_accepted, replacement_of
from workbench.services.trail_words import action_name, details

EVENTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCase:
    """A case under the letter; amounts in rials, ``payable_rial`` None until it is finished."""

    number: str
    case_on: date
    state: str
    cost_rial: int
    payable_rial: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEntry:
    """A ledger entry of the letter's reservation; ``left_rial``: what it holds afterwards."""

    at: datetime
    kind: str
    reserved_change_rial: int
    used_change_rial: int
    left_rial: int
    claim: str | None
    actor: str | None

    @property
    def kind_name(self) -> str:
        """What happened, in the present language."""
        return _(KIND_NAMES[self.kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvent:
    """A step of the letter's life; ``actor`` None: the system."""

    at: datetime
    action: str
    facts: dict[str, Any]
    actor: str | None

    @property
    def title(self) -> str:
        """What was done, in the present language."""
        return action_name(self.action)

    @property
    def details(self) -> str:
        """Its facts, in the present language, without the letter's own number."""
        return details({name: fact for name, fact in self.facts.items() if name != "referral"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The signed sheet of an amendment and the amount it was signed for."""

    sheet_id: int
    sha256: str
    added_at: datetime
    amount_rial: int
    actor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """A letter for the screen and for print; ``state`` is what time has made of it."""

    place: ReferralPlace
    number: str
    state: str
    person_name: str
    masked_national_code: str
    relation: str
    contract_number: str
    contract_end_on: date
    insurer: str
    policyholder: str
    plan: str
    cover_code: str
    cover_title: str
    franchise_basis: int
    is_family: bool
    excluded: str
    centre: str
    issued_by: str
    issued_on: date
    last_valid_on: date
    days_left: int
    amount_rial: int
    reserved_left_rial: int
    used_rial: int
    account_id: int
    replaces_number: str | None
    replaced_by_number: str | None
    end_reason: str | None
    cases: tuple[LetterCase, ...]
    entries: tuple[LetterEntry, ...]
    events: tuple[LetterEvent, ...]
    sheets: tuple[Sheet, ...]
    may_amend: bool
    may_cancel: bool
    may_issue_again: bool
    may_approve: bool
    is_own_request: bool
    is_declined: bool
    letter_limit_rial: int | None
    may_print: bool
    may_see_ceiling: bool
    may_open_cases: bool


def read_letter(
    session: Session, actor: Actor, insurer_id: int, referral_id: int, *, now: datetime
) -> LetterView:
    """One letter of the actor's insurers.

    Refused: ``unknown_referral``, ``recheck_counts_here``.
    """
    place = ReferralPlace(insurer_id=insurer_id, referral_id=referral_id)
    letter = referral_for(session, actor, "referral.read", place)
    key = (insurer_id, referral_id)
    check_blind_holder(session, actor.user_id, Holder.LETTER, key)
    state = present_state(letter, now)
    contract = session.get_one(Contract, (insurer_id, letter.contract_id))
    person = session.get_one(Person, letter.person_id)
    cover = cover_in_force(session, insurer_id, contract.id, letter.cover_code, letter.issued_on)
    assert cover is not None, "a letter is of a cover of its contract"
    entries, events = _entries(session, letter), _events(session, letter)
    left = session.get_one(CeilingReservation, (insurer_id, letter.reservation_id))
    is_open = state not in {*OVER_STATES, ReferralState.CANCELLED, ReferralState.SETTLED}
    is_requested = state is ReferralState.REQUESTED
    is_changeable = is_open and not is_requested and not is_accepted(session, letter)
    replaced_by = replacement_of(session, letter)
    may_issue = may(actor, "referral.issue") and state in OVER_STATES and replaced_by is None
    return LetterView(
        place=ReferralPlace(insurer_id=insurer_id, referral_id=referral_id, version=letter.version),
        number=letter.number,
        state=str(state),
        person_name=person.name,
        masked_national_code=mask_national_code(person.national_code),
        relation=membership_on(session, contract, person.id, letter.issued_on).relation,
        contract_number=contract.number,
        contract_end_on=contract.end_on,
        insurer=session.get_one(Insurer, insurer_id).name,
        policyholder=session.get_one(Policyholder, contract.policyholder_id).name,
        plan=contract.plan,
        cover_code=cover.code,
        cover_title=cover.title,
        franchise_basis=cover.franchise_basis,
        is_family=cover.ceiling_kind == "family",
        excluded=excluded_sentence(cover.excluded_groups),
        centre=session.get_one(Centre, letter.centre_id).name,
        issued_by=letter.issued_by,
        issued_on=letter.issued_on,
        last_valid_on=letter.last_valid_on,
        days_left=days_left(letter.last_valid_on, now),
        amount_rial=letter.amount_rial,
        reserved_left_rial=left.reserved_left_rial,
        used_rial=sum(entry.used_change_rial for entry in entries),
        account_id=letter.account_id,
        replaces_number=_number(session, insurer_id, letter.replaces_id),
        replaced_by_number=replaced_by,
        end_reason=letter.end_reason,
        cases=_cases(session, letter),
        entries=entries,
        events=events,
        sheets=_sheets(session, letter),
        may_amend=is_changeable and may(actor, "referral.amend"),
        may_cancel=(is_requested or (is_changeable and letter.state in UNUSED_REFERRALS))
        and may(actor, "referral.cancel"),
        may_issue_again=may_issue,
        may_approve=is_requested and may(actor, "referral.approve"),
        is_own_request=letter.requested_by_id == actor.user_id,
        is_declined=any(event.action == "referral.decline" for event in events),
        letter_limit_rial=contract.letter_limit_rial,
        may_print=bool(entries),
        may_see_ceiling=may(actor, "ceiling.read"),
        may_open_cases=may(actor, "claim.read"),
    )


def find_letter(session: Session, actor: Actor, number: str) -> tuple[int, int]:
    """Insurer and id of the newest letter of a number; refused with ``unknown_referral``."""
    rows = session.execute(
        select(Referral.insurer_id, Referral.id)
        .where(Referral.number == number)
        .order_by(Referral.id.desc())
    )
    for row in rows:
        if actor.insurer_ids is None or row[0] in actor.insurer_ids:
            return row[0], row[1]
    raise Refused("unknown_referral", key=number)


def _entries(session: Session, letter: Referral) -> tuple[LetterEntry, ...]:
    """Oldest first, with what the reservation holds after each."""
    rows = session.execute(
        select(CeilingEntry, Claim.number, User.display_name)
        .outerjoin(
            Claim,
            and_(Claim.insurer_id == CeilingEntry.insurer_id, Claim.id == CeilingEntry.claim_id),
        )
        .outerjoin(User, User.id == CeilingEntry.actor_id)
        .where(
            CeilingEntry.insurer_id == letter.insurer_id,
            CeilingEntry.reservation_id == letter.reservation_id,
        )
        .order_by(CeilingEntry.at, CeilingEntry.id)
    )
    found, left_rial = [], 0
    for entry, claim, name in rows:
        left_rial += entry.reserved_change_rial
        line = LetterEntry(
            at=entry.at,
            kind=entry.kind,
            reserved_change_rial=entry.reserved_change_rial,
            used_change_rial=entry.used_change_rial,
            left_rial=left_rial,
            claim=claim,
            actor=name,
        )
        found.append(line)
    return tuple(found)


def _cases(session: Session, letter: Referral) -> tuple[LetterCase, ...]:
    rows = session.scalars(
        select(Claim)
        .where(Claim.insurer_id == letter.insurer_id, Claim.referral_id == letter.id)
        .order_by(Claim.id)
    )
    return tuple(
        LetterCase(
            number=row.number,
            case_on=row.case_on,
            state=row.state,
            cost_rial=row.cost_rial,
            payable_rial=row.payable_rial,
        )
        for row in rows
    )


def _events(session: Session, letter: Referral) -> tuple[LetterEvent, ...]:
    rows = session.execute(
        select(AuditEvent, User.display_name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.stream == referral_stream(letter.insurer_id, letter.id))
        .order_by(AuditEvent.sequence)
        .limit(EVENTS_MAX)
    )
    return tuple(
        LetterEvent(at=event.at, action=event.action, facts=event.facts, actor=name)
        for event, name in rows
    )


def _sheets(session: Session, letter: Referral) -> tuple[Sheet, ...]:
    rows = session.execute(
        select(ReferralSheet, User.display_name)
        .outerjoin(User, User.id == ReferralSheet.added_by_id)
        .where(
            ReferralSheet.insurer_id == letter.insurer_id, ReferralSheet.referral_id == letter.id
        )
        .order_by(ReferralSheet.added_at, ReferralSheet.id)
    )
    return tuple(
        Sheet(
            sheet_id=sheet.id,
            sha256=sheet.sha256,
            added_at=sheet.added_at,
            amount_rial=sheet.amount_rial,
            actor=name,
        )
        for sheet, name in rows
    )


def _number(session: Session, insurer_id: int, referral_id: int | None) -> str | None:
    former = session.get(Referral, (insurer_id, referral_id)) if referral_id else None
    return former.number if former else None
