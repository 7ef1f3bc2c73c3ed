"""Images of a claim for the eyes of those who may see them, every view of a case on the record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, AuditEvent, Claim
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore, Kind
from workbench.services import audit
from workbench.services.access import Actor, claim_for
from workbench.services.claims.transition import claim_stream
from workbench.services.images.copies import ShownCopy, noted_sha256, read_copy

VARIANTS = {"thumb": Kind.THUMB, "view": Kind.RENDITION}
ON_RECORD_FOR = timedelta(minutes=30)
VIEWED = "evidence.view"
ON_RECORD_BY = (VIEWED, "claim.opened")
"""Who opened the case page is on record; the images it shows need no second event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceReference:
    """One image the actor may see, what its copy is, and whether the view is on record."""

    sha256: str
    variant: str
    noted_sha256: str | None
    is_on_record: bool

    @property
    def etag(self) -> str:
        """The entity tag of this copy: content and variant, quotes included."""
        return f'"{self.sha256}-{self.variant}"'


def find_evidence(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    number: int,
    variant: str,
    *,
    now: datetime,
) -> EvidenceReference:
    """Image ``number`` of a claim as ``thumb`` or ``view``, if the actor may see it."""
    claim = claim_for(session, actor, "claim.images", insurer_id, claim_id)
    statement = select(Attachment.sha256).where(
        Attachment.insurer_id == insurer_id,
        Attachment.claim_id == claim_id,
        Attachment.number == number,
    )
    sha256 = session.scalar(statement)
    if sha256 is None or variant not in VARIANTS:
        raise Refused("evidence_not_found")
    return EvidenceReference(
        sha256=sha256,
        variant=variant,
        noted_sha256=noted_sha256(session, sha256, VARIANTS[variant]),
        is_on_record=is_viewed(session, actor, claim_stream(claim), now=now),
    )


def read_evidence(store: EvidenceStore, reference: EvidenceReference) -> ShownCopy:
    """The copy; refuses ``evidence_missing_file`` and ``evidence_damaged_file``."""
    kind = VARIANTS[reference.variant]
    return read_copy(store, reference.sha256, kind, reference.noted_sha256)


def check_evidence(store: EvidenceStore, reference: EvidenceReference) -> None:
    """Refused as ``read_evidence`` where a browser may not show the copy it has any more."""
    if VARIANTS[reference.variant] is Kind.RENDITION:
        store.read(reference.sha256)


def record_view(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, now: datetime
) -> None:
    """Write down that the actor looked at the images of a claim, unless he just opened the case."""
    claim = claim_for(session, actor, "claim.images", insurer_id, claim_id)
    if not is_viewed(session, actor, claim_stream(claim), now=now):
        write_view(session, actor, claim, now)


def write_view(session: Session, actor: Actor, claim: Claim, now: datetime) -> None:
    """Write to the trail of a claim that the actor looked at its images."""
    audit.record(
        session,
        action=VIEWED,
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        insurer_id=claim.insurer_id,
        now=now,
    )


def is_viewed(
    session: Session, actor: Actor, stream: str, action: str = VIEWED, *, now: datetime
) -> bool:
    """Whether the trail's stream names a look of the actor's in the last half hour."""
    statement = select(AuditEvent.id).where(
        AuditEvent.stream == stream,
        AuditEvent.actor_id == actor.user_id,
        AuditEvent.action.in_((action, *ON_RECORD_BY)),
        AuditEvent.at > now - ON_RECORD_FOR,
    )
    return session.scalars(statement.limit(1)).first() is not None
