"""Internal notes («صرفاً قابل مشاهده برای کارشناسان») and the judgement of remedied defects."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Defect, InternalNote
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.access import Actor, claim_for, require
from workbench.services.claims.taking import hold
from workbench.services.claims.transition import claim_stream

NOTE_LETTERS_MAX = 4_000


def add_note(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, text: str, now: datetime
) -> None:
    """Write an internal note; its text is never in the trail, an export or another role's page."""
    require(actor, "claim.notes")
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    if not text.strip():
        raise Refused("note_empty")
    if len(text) > NOTE_LETTERS_MAX:
        raise Refused("text_too_long", letters=NOTE_LETTERS_MAX)
    note = InternalNote(
        insurer_id=insurer_id, claim_id=claim_id, author_id=actor.user_id, at=now, text=text.strip()
    )
    session.add(note)
    session.flush()
    audit.record(
        session,
        action="claim.note_added",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=insurer_id,
        claim=claim.number,
        note=note.id,
    )


def judge_defect(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    *,
    defect_id: int,
    is_remedied: bool,
    now: datetime,
) -> None:
    """Say whether a defect of an earlier round was remedied; only by who holds the claim."""
    claim = claim_for(session, actor, "claim.assess", insurer_id, claim_id)
    hold(session, actor, claim, now=now)
    defect = session.get(Defect, (insurer_id, defect_id))
    if defect is None or defect.claim_id != claim_id or defect.round >= claim.round:
        raise Refused("defect_unknown", reason="")
    defect.is_remedied = is_remedied
    audit.record(
        session,
        action="claim.defect_judged",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=insurer_id,
        claim=claim.number,
        defect=defect_id,
        is_remedied=is_remedied,
    )
