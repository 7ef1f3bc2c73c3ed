"""What was done to a person's teeth in all centres, as far as the reader may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.queries import tooth_history as queries
from workbench.errors import Refused
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.rechecks.blindness import blind_claims

TREATMENTS_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToothTreatment:
    """One approved treatment of a tooth (FDI) or, without one, of a jaw (upper or lower).

    Of an insurer the reader does not work for (``is_foreign``) only day, code and place are told:
    ``title``, ``group``, ``surfaces`` and ``centre`` are empty. ``title`` and ``group`` are None,
    too, where the catalogue does not know the code. ``is_elsewhere``: in another centre.
    """

    on: date
    code: str
    tooth: int | None
    jaw: str | None
    title: str | None = None
    group: str | None = None
    surfaces: str = ""
    centre: str | None = None
    is_elsewhere: bool = False
    is_foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToothHistory:
    """The treatments of a person, newest first; ``is_cut``: the oldest are left out."""

    treatments: tuple[ToothTreatment, ...] = ()
    is_cut: bool = False


def read_tooth_history(
    session: Session, actor: Actor, person_id: int, *, centre_id: int | None
) -> ToothHistory:
    """The approved treatments of a person by tooth or jaw, in all centres and of all insurers.

    ``centre_id`` is the centre whose own treatments are not ``is_elsewhere``; None: any is its
    own. Whoever may read claims or plans may read it, of people his insurers know. Refused:
    ``not_permitted``, ``person_unknown``.
    """
    if not may(actor, "claim.read"):
        require(actor, "plan.read")
    if not is_known(session, actor, person_id):
        raise Refused("person_unknown")
    rows = rows_of_person(session, actor, person_id)
    return ToothHistory(
        treatments=tuple(treatment_of(row, actor, centre_id) for row in rows[:TREATMENTS_MAX]),
        is_cut=len(rows) > TREATMENTS_MAX,
    )


def is_known(session: Session, actor: Actor, person_id: int) -> bool:
    """Whether the person stands on a list of one of the actor's insurers."""
    known_to = session.scalars(queries.INSURERS_OF_PERSON, {"person_id": person_id})
    return any(may_see_insurer(actor, insurer_id) for insurer_id in known_to)


def rows_of_person(session: Session, actor: Actor, person_id: int) -> Sequence[Row[Any]]:
    """The approved treatments of a person, one more than are shown if there are more.

    Those of a case that the reader assesses a second time are left out: they tell its decision.
    """
    found = session.execute(queries.treatments(TREATMENTS_MAX + 1), {"person_id": person_id})
    blind = blind_claims(session, actor.user_id)
    return [row for row in found if (row.insurer_id, row.claim_id) not in blind]


def treatment_of(row: Row[Any], actor: Actor, centre_id: int | None) -> ToothTreatment:
    """A row as the actor may know it."""
    if not may_see_insurer(actor, row.insurer_id):
        return ToothTreatment(
            on=row.service_on, code=row.code, tooth=row.tooth, jaw=row.jaw, is_foreign=True
        )
    return ToothTreatment(
        on=row.service_on,
        code=row.code,
        tooth=row.tooth,
        jaw=row.jaw,
        title=row.title,
        group=row.service_group,
        surfaces=row.surfaces,
        centre=row.centre,
        is_elsewhere=centre_id is not None and row.centre_id != centre_id,
    )
