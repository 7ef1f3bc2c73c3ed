"""Both decisions of a case side by side: read once the second is in, resolved by the lead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimRound, Recheck, User
from workbench.db.models.recheck import RESOLUTIONS
from workbench.errors import Refused
from workbench.rules.agreement import Pair
from workbench.rules.document import thaw
from workbench.rules.facts import Case
from workbench.rules.plain import from_plain
from workbench.services.access import Actor, may, may_see_insurer
from workbench.services.claims.reading import reasons_of
from workbench.services.desk.drafts import delete_drafts
from workbench.services.rechecks.rechecks import HANDED_IN, RecheckPlace, held_recheck, record
from workbench.services.rechecks.second_assessment import work_of
from workbench.services.texts import kept_text

REASON_LETTERS_MIN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A case that was assessed twice; ``titles``: reason → its title in the reader's language.

    ``may_resolve``: it differs, and the reader is a lead who decided neither; ``is_party``: it
    differs, and he would resolve it had he not decided it, first or second.
    """

    place: RecheckPlace
    number: str
    version: int
    state: str
    first_by: str
    second_by: str
    decided_at: datetime
    second_at: datetime
    note: str
    case: Case
    pair: Pair
    titles: dict[str, str]
    resolution: str | None
    right_payable_rial: int | None
    resolved_by: str | None
    resolution_note: str
    is_example: bool
    may_resolve: bool
    is_party: bool


def read_compared(session: Session, actor: Actor, place: RecheckPlace) -> Compared:
    """The two decisions; for managers and leads, who assessed second, and examples for all.

    Refused: ``recheck_not_found``, ``recheck_not_in`` while the second is not in.
    """
    row = _readable(session, actor, place)
    claim = session.get_one(Claim, (row.insurer_id, row.claim_id))
    names = _names(session, row)
    assert row.second_at is not None and row.second_by_id is not None
    return Compared(
        place=place,
        number=claim.number,
        version=row.version,
        state=row.state,
        first_by=names.get(row.first_by_id, "–"),
        second_by=names.get(row.second_by_id, "–"),
        decided_at=row.decided_at,
        second_at=row.second_at,
        note=work_of(row).note,
        case=thaw(_first_document(session, row)),
        pair=from_plain(Pair, row.compared),
        titles=_titles(session),
        resolution=row.resolution,
        right_payable_rial=row.right_payable_rial,
        resolved_by=names.get(row.resolved_by_id or 0),
        resolution_note=row.resolution_note,
        is_example=row.is_example,
        may_resolve=row.state == "differs" and _may_resolve(actor, row),
        is_party=row.state == "differs" and _is_party(actor, row),
    )


def _readable(session: Session, actor: Actor, place: RecheckPlace) -> Recheck:
    row = None
    if may_see_insurer(actor, place.insurer_id):
        row = session.get(Recheck, (place.insurer_id, place.recheck_id))
    if row is None or not _may_read(actor, row):
        raise Refused("recheck_not_found")
    if row.state not in HANDED_IN:
        raise Refused("recheck_not_in")
    return row


def _may_read(actor: Actor, row: Recheck) -> bool:
    if may(actor, "figures.read"):
        return True
    is_his = row.second_by_id == actor.user_id
    is_told = row.state == "resolved" and (row.first_by_id == actor.user_id or row.is_example)
    return may(actor, "recheck.assess") and (is_his or is_told)


def _may_resolve(actor: Actor, row: Recheck) -> bool:
    return may(actor, "recheck.resolve") and not _is_party(actor, row)


def _is_party(actor: Actor, row: Recheck) -> bool:
    is_his = actor.user_id in (row.first_by_id, row.second_by_id)
    return may(actor, "recheck.resolve") and is_his


def _names(session: Session, row: Recheck) -> dict[int, str]:
    ids = [row.first_by_id, row.second_by_id, row.resolved_by_id]
    found = session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    return {user_id: name for user_id, name in found}


def _first_document(session: Session, row: Recheck) -> dict[str, Any]:
    statement = select(ClaimRound.document).where(
        ClaimRound.insurer_id == row.insurer_id,
        ClaimRound.claim_id == row.claim_id,
        ClaimRound.number == row.round,
    )
    document: dict[str, Any] | None = session.scalars(statement).one()
    assert document is not None
    return document


def _titles(session: Session) -> dict[str, str]:
    kinds = ("deduction", "defect")
    return {each.code: each.title for kind in kinds for each in reasons_of(session, kind)}


def resolve_recheck(
    session: Session,
    actor: Actor,
    place: RecheckPlace,
    *,
    version: int,
    resolution: str,
    note: str,
    right_payable_rial: int | None = None,
    is_example: bool = False,
    now: datetime,
) -> None:
    """Say who was right (first, second, neither) and why; with neither, what was right to pay.

    The decision itself stays: the lead may reopen the case. Refused: ``recheck_resolved_already``
    (by whom), ``recheck_resolver_involved``, ``recheck_needs_reason``, ``recheck_needs_amount``,
    ``recheck_not_in``, ``recheck_agreed``.
    """
    assert resolution in RESOLUTIONS, resolution
    row, claim = held_recheck(session, actor, place, "recheck.resolve")
    if row.state not in HANDED_IN:
        raise Refused("recheck_not_in")
    if row.state == "agreed":
        raise Refused("recheck_agreed")
    if row.state == "resolved" or row.version != version:
        by = session.get(User, row.resolved_by_id or 0)
        raise Refused("recheck_resolved_already", name=by.display_name if by else "–")
    if not _may_resolve(actor, row):
        raise Refused("recheck_resolver_involved")
    if len(note.strip()) < REASON_LETTERS_MIN:
        raise Refused("recheck_needs_reason")
    row.right_payable_rial = _right_rial(row, resolution, right_payable_rial)
    row.state, row.resolution, row.is_example = "resolved", resolution, is_example
    row.resolution_note = kept_text(note)
    row.resolved_by_id, row.resolved_at = actor.user_id, now
    row.version += 1
    delete_drafts(session, actor.user_id, draft_key(place))
    record(session, actor, claim, "recheck.resolve", row, now)


def draft_key(place: RecheckPlace) -> str:
    """Where the lead's half-typed reason is kept until he resolves it."""
    return f"recheck:{place.insurer_id}-{place.recheck_id}:why"


def _right_rial(row: Recheck, resolution: str, typed_rial: int | None) -> int:
    """What was right to pay: that of who was right, or what the lead names."""
    if resolution == "neither":
        if typed_rial is None or not 0 <= typed_rial <= row.cost_rial:
            raise Refused("recheck_needs_amount", cost_rial=row.cost_rial)
        return typed_rial
    assert row.second_payable_rial is not None
    return row.payable_rial if resolution == "first" else row.second_payable_rial
