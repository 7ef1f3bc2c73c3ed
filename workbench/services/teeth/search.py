"""The history of a tooth by national code and tooth (C10); that it was asked is on the record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from workbench.db.models import Person
from workbench.db.queries import tooth_history as queries
from workbench.errors import Refused
from workbench.persian.identifiers import is_national_code, mask_national_code
from workbench.persian.text import normalise
from workbench.rules.teeth import TeethError, parse_tooth
from workbench.services import audit
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.desk.search import record_code_search
from workbench.services.teeth.history import (
    TREATMENTS_MAX,
    ToothHistory,
    ToothTreatment,
    is_known,
    rows_of_person,
    treatment_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTreatment:
    """A treatment with the case to open, None where the actor may not, and its image count."""

    treatment: ToothTreatment
    claim_number: str | None
    image_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTeeth:
    """A person's teeth. ``tooth`` FDI or None: all; ``found`` are its treatments, newest first."""

    name: str
    masked_national_code: str
    birth_on: date
    tooth: int | None
    history: ToothHistory
    found: tuple[FoundTreatment, ...]


def find_teeth(
    session: Session, actor: Actor, code: str, tooth: str, *, now: datetime
) -> FoundTeeth | None:
    """The history of a tooth, or of all where ``tooth`` is empty; None: no such person is known.

    It is written to the trail, so the session has to be a writing one. Refused:
    ``national_code_wrong``, ``tooth_unreadable``, ``tooth_ambiguous``, ``tooth_impossible``.
    """
    require(actor, "teeth.search")
    key = normalise(code)
    if not is_national_code(key):
        raise Refused("national_code_wrong")
    fdi = _tooth(tooth)
    record_code_search(session, actor, key, now=now)
    person = session.scalars(select(Person).where(Person.national_code == key)).first()
    if person is None or not is_known(session, actor, person.id):
        return None
    audit.record(
        session,
        action="teeth.searched",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        person=person.id,
        tooth=fdi,
    )
    rows = rows_of_person(session, actor, person.id)
    shown = rows[:TREATMENTS_MAX]
    return FoundTeeth(
        name=person.name,
        masked_national_code=mask_national_code(person.national_code),
        birth_on=person.birth_on,
        tooth=fdi,
        history=ToothHistory(
            treatments=tuple(treatment_of(row, actor, None) for row in shown),
            is_cut=len(rows) > TREATMENTS_MAX,
        ),
        found=_found(session, actor, [row for row in shown if fdi in (None, row.tooth)]),
    )


def _tooth(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_tooth(text).fdi
    except TeethError as error:
        raise Refused(error.code, text=error.text) from error


def _found(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> tuple[FoundTreatment, ...]:
    open_rows = [row for row in rows if _may_open(actor, row)]
    images = _images(session, open_rows)
    return tuple(
        FoundTreatment(
            treatment=treatment_of(row, actor, None),
            claim_number=row.claim_number if row in open_rows else None,
            image_count=images[row.claim_id, row.line] if row in open_rows else None,
        )
        for row in rows
    )


def _may_open(actor: Actor, row: Row[Any]) -> bool:
    """Whether the actor may read the case of a treatment: his insurer's, not his own work."""
    is_own_centre = actor.centre_id is not None and actor.centre_id == row.centre_id
    is_own_work = actor.dentist_id is not None and actor.dentist_id == row.dentist_id
    is_seen = may(actor, "claim.read") and may_see_insurer(actor, row.insurer_id)
    return is_seen and not is_own_centre and not is_own_work


def _images(session: Session, rows: Sequence[Row[Any]]) -> Mapping[tuple[int, int], int]:
    """How many images show a treatment, by its case and line."""
    claims: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        claims[row.insurer_id].add(row.claim_id)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for insurer_id, claim_ids in claims.items():
        asked = {"insurer_id": insurer_id, "claim_ids": sorted(claim_ids)}
        for image in session.execute(queries.IMAGES, asked):
            for row in rows:
                is_shown = row.line in image.lines or row.tooth in image.teeth
                if row.claim_id == image.claim_id and is_shown:
                    counts[row.claim_id, row.line] += 1
    return counts
