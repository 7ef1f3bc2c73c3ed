"""Search: national code, three letters of a name, referral, case, batch, tracking code."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.queries import search as queries
from workbench.errors import Refused
from workbench.persian.identifiers import is_national_code, mask_national_code
from workbench.persian.text import normalise
from workbench.services import audit
from workbench.services.access import Actor, may, require
from workbench.services.claims.listed import (
    ListedClaim,
    hide_decisions,
    insurers_of,
    listed_claim,
)
from workbench.services.desk.queue_filter import NAME_LETTERS_MIN, is_number

RESULTS_MAX = 50
HASH_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A person with a masked national code and the number of claims the actor may see."""

    person_id: int
    name: str
    masked_national_code: str
    birth_on: date
    claim_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReferral:
    """A referral letter; amounts in rials."""

    number: str
    state: str
    amount_rial: int
    issued_on: date
    last_valid_on: date
    person_name: str
    masked_national_code: str
    centre_name: str
    insurer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBatch:
    """A batch of an acceptance number."""

    acceptance_number: str
    state: str
    sent_at: datetime
    centre_name: str
    insurer_name: str
    claim_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found, at most 50 of each kind; ``is_cut`` says that there is more."""

    claims: tuple[ListedClaim, ...] = ()
    people: tuple[FoundPerson, ...] = ()
    referrals: tuple[FoundReferral, ...] = ()
    batches: tuple[FoundBatch, ...] = ()
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.claims or self.people or self.referrals or self.batches)


def search(session: Session, actor: Actor, text: str, *, now: datetime) -> SearchResult:
    """Find by whatever was typed, in any digits and letters, within the actor's insurers.

    A full national code is written to the trail, so the session has to be a writing one. Refused:
    ``search_too_short``.
    """
    require(actor, "search")
    key = normalise(text)
    if len(key) < NAME_LETTERS_MIN:
        raise Refused("search_too_short", minimum=NAME_LETTERS_MIN)
    if not is_number(key):
        return _by_name(session, actor, key)
    record_code_search(session, actor, key, now=now)
    return _by_number(session, actor, key)


def search_person(session: Session, actor: Actor, person_id: int) -> SearchResult:
    """One person found before, with his claims."""
    require(actor, "search")
    return _of_people(session, actor, [person_id])


def record_code_search(session: Session, actor: Actor, text: str, *, now: datetime) -> None:
    """Write down that a full national code was searched for; anything else writes nothing.

    Kept are the first 20 bits of its SHA-256: enough to say whether a known code was searched,
    too few to find an unknown one (a thousand codes share them).
    """
    key = normalise(text)
    if not is_national_code(key):
        return
    digest = hashlib.sha256(key.encode()).hexdigest()[:HASH_DIGITS]
    audit.record(
        session,
        action="search.national_code",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        code_hash=digest,
    )


def _by_name(session: Session, actor: Actor, key: str) -> SearchResult:
    ids = session.scalars(queries.ids_of_people_named(key, RESULTS_MAX + 1)).all()
    found = _of_people(session, actor, ids[:RESULTS_MAX])
    return SearchResult(
        claims=found.claims,
        people=found.people,
        is_cut=found.is_cut or len(ids) > RESULTS_MAX,
    )


def _of_people(session: Session, actor: Actor, person_ids: Any) -> SearchResult:
    insurer_ids = insurers_of(actor)
    people = [_person(row) for row in session.execute(queries.people(person_ids, insurer_ids))]
    known = [person.person_id for person in people]
    rows = session.execute(queries.claims_of_people(known, insurer_ids, RESULTS_MAX + 1)).all()
    return SearchResult(
        claims=_claims(session, actor, rows), people=tuple(people), is_cut=len(rows) > RESULTS_MAX
    )


def _by_number(session: Session, actor: Actor, number: str) -> SearchResult:
    """A number may be a case, a tracking code, a referral, a batch or a national code."""
    insurer_ids, limit = insurers_of(actor), RESULTS_MAX + 1
    rows = list(session.execute(queries.claims_by_number(number, insurer_ids, limit)))
    referrals = session.execute(queries.referrals(number, insurer_ids, RESULTS_MAX)).all()
    if referrals:
        rows += session.execute(queries.claims_of_referral(number, insurer_ids, limit))
    batches = (
        session.execute(queries.batches(number, insurer_ids, RESULTS_MAX)).all()
        if may(actor, "batch.read")
        else []
    )
    person_ids = session.scalars(queries.person_by_code(number)).all()
    person = _of_people(session, actor, person_ids) if person_ids else SearchResult()
    claims = {
        (c.insurer_id, c.claim_id): c for c in (*_claims(session, actor, rows), *person.claims)
    }
    return SearchResult(
        claims=tuple(claims.values()),
        people=person.people,
        referrals=tuple(_referral(row) for row in referrals),
        batches=tuple(FoundBatch(**row._mapping) for row in batches),
        is_cut=person.is_cut or len(rows) > RESULTS_MAX,
    )


def _claims(session: Session, actor: Actor, rows: Any) -> tuple[ListedClaim, ...]:
    return tuple(hide_decisions(session, actor, map(listed_claim, rows[:RESULTS_MAX])))


def _person(row: Row[Any]) -> FoundPerson:
    return FoundPerson(
        person_id=row.id,
        name=f"{row.first_name} {row.last_name}",
        masked_national_code=mask_national_code(row.national_code),
        birth_on=row.birth_on,
        claim_count=row.claim_count,
    )


def _referral(row: Row[Any]) -> FoundReferral:
    return FoundReferral(
        number=row.number,
        state=row.state,
        amount_rial=row.amount_rial,
        issued_on=row.issued_on,
        last_valid_on=row.last_valid_on,
        person_name=f"{row.first_name} {row.last_name}",
        masked_national_code=mask_national_code(row.national_code),
        centre_name=row.centre_name,
        insurer_name=row.insurer_name,
    )
