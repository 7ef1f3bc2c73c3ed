"""Internal notes about a plan (یادداشت داخلی): no centre, member or export ever shows them."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import PlanNote
from workbench.errors import Refused
from workbench.services.access import Actor, require
from workbench.services.claims.notes import NOTE_LETTERS_MAX
from workbench.services.commission.access import PlanPlace, interest_in, record_plan, seen_plan


def add_plan_note(
    session: Session, actor: Actor, place: PlanPlace, *, text: str, now: datetime
) -> None:
    """Write a note for colleagues; its text is in no trail, result, notice or file.

    Refused: ``note_empty``, ``text_too_long``, ``plan_of_own_interest``, ``not_permitted``.
    """
    require(actor, "plan.notes")
    plan = seen_plan(session, actor, place)
    if interest_in(session, actor, plan) is not None:
        raise Refused("plan_of_own_interest", number=plan.number)
    if not text.strip():
        raise Refused("note_empty")
    if len(text) > NOTE_LETTERS_MAX:
        raise Refused("text_too_long", letters=NOTE_LETTERS_MAX)
    note = PlanNote(
        insurer_id=plan.insurer_id,
        plan_id=plan.id,
        round=plan.round,
        author_id=actor.user_id,
        at=now,
        text=text.strip(),
    )
    session.add(note)
    session.flush()
    record_plan(session, plan, "note_added", actor, now, note=note.id)
