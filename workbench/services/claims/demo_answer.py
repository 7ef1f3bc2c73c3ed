"""Demo mode only: answering a returned case as the centre would."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, Claim, ClaimLine, Defect, Service
from workbench.demo.pictures import Picture, keep_pictures
from workbench.demo.shapes import Shot
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import ClaimState
from workbench.services.claims.content import ImageRequest, LineRequest, line_requests
from workbench.services.claims.resubmission import ResubmissionInput, Resubmitted, resubmit_claim
from workbench.settings import settings

NEW_IMAGES = {
    "R01": (EvidenceKind.PLAN_FORM, Phase.NONE),
    "R02": (EvidenceKind.PERIAPICAL, Phase.BEFORE),
    "R03": (EvidenceKind.PERIAPICAL, Phase.AFTER),
    "R04": (EvidenceKind.PERIAPICAL, Phase.DURING),
    "R05": (EvidenceKind.PANORAMIC, Phase.BEFORE),
    "R06": (EvidenceKind.PHOTOGRAPH, Phase.AFTER),
    "R07": (EvidenceKind.PLAN_FORM, Phase.NONE),
    "R08": (EvidenceKind.IDENTITY, Phase.NONE),
    "R09": (EvidenceKind.SIGNED_REFERRAL, Phase.NONE),
    "R10": (EvidenceKind.PLAN_FORM, Phase.NONE),
    "R11": (EvidenceKind.SIGNED_REFERRAL, Phase.NONE),
    "R13": (EvidenceKind.PERIAPICAL, Phase.BEFORE),
    "R14": (EvidenceKind.PERIAPICAL, Phase.AFTER),
    "R15": (EvidenceKind.IDENTITY, Phase.NONE),
    "R16": (EvidenceKind.PANORAMIC, Phase.NONE),
    "R17": (EvidenceKind.CBCT, Phase.BEFORE),
}
"""What a centre sends for a defect; the others are answered by words or a corrected line."""

EXPLANATIONS = {
    True: "نقص برطرف شد: تصویر تازه پیوست است و شماره دندان و سطح در شرح خدمت اصلاح شد.",
    False: "توضیح پزشک معالج: درمان همان‌گونه که ثبت شده انجام شده است؛ لطفاً دوباره رسیدگی شود.",
}
FALLBACK_TOOTH = 36
SURFACES = "MODBL"
COPY_SHIFT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Returned:
    """A returned case with what was found wanting."""

    claim: Claim
    defects: tuple[Defect, ...]
    lines: tuple[LineRequest, ...]
    attachments: tuple[Attachment, ...]

    @property
    def tooth(self) -> int:
        return next((line.tooth for line in self.lines if line.tooth), FALLBACK_TOOTH)


def answer_as_centre(
    session: Session, store: EvidenceStore, insurer_id: int, claim_id: int, *, now: datetime
) -> Resubmitted:
    """Re-submit a returned case with new pictures, corrected lines and an explanation.

    Refused: ``demo_only`` outside demo mode, ``claim_not_found``, ``wrong_state`` unless returned,
    and what a re-submission refuses.
    """
    if not settings().demo:
        raise Refused("demo_only")
    claim = session.get(Claim, (insurer_id, claim_id))
    if claim is None:
        raise Refused("claim_not_found")
    if claim.state != ClaimState.RETURNED:
        raise Refused("wrong_state", state=claim.state, action="resubmit")
    returned = _returned(session, claim)
    images = _new_images(store, returned)
    lines = _corrected_lines(session, returned)
    return resubmit_claim(
        session,
        None,
        ResubmissionInput(
            claim_number=claim.number,
            explanation=EXPLANATIONS[bool(images or lines)],
            lines=lines,
            images=images,
            round=claim.round + 1,
        ),
        now=now,
    )


def unjudged_defects(session: Session, claim: Claim) -> list[int]:
    """The defects of earlier rounds that nobody has called remedied or not, by id."""
    return list(
        session.scalars(
            select(Defect.id)
            .where(
                Defect.insurer_id == claim.insurer_id,
                Defect.claim_id == claim.id,
                Defect.round < claim.round,
                Defect.is_remedied.is_(None),
            )
            .order_by(Defect.id)
        )
    )


def _returned(session: Session, claim: Claim) -> _Returned:
    of_claim = {"insurer_id": claim.insurer_id, "claim_id": claim.id}
    of_round = of_claim | {"round": claim.round}
    defects = session.scalars(select(Defect).filter_by(**of_round).order_by(Defect.id))
    lines = session.scalars(select(ClaimLine).filter_by(**of_round).order_by(ClaimLine.number))
    images = session.scalars(select(Attachment).filter_by(**of_claim).order_by(Attachment.number))
    return _Returned(
        claim=claim,
        defects=tuple(defects),
        lines=tuple(line_requests(lines.all())),
        attachments=tuple(images),
    )


def _new_images(store: EvidenceStore, returned: _Returned) -> tuple[ImageRequest, ...]:
    """One new picture per defect that asks for one, drawn and kept in the store."""
    pictures = [
        _picture(returned, defect, place)
        for place, defect in enumerate(returned.defects)
        if defect.reason in NEW_IMAGES
    ]
    return tuple(
        ImageRequest(
            accepted=accepted,
            file_name=picture.file_name,
            kind=picture.shot.kind,
            phase=picture.shot.phase,
            teeth=(picture.shot.tooth,) if picture.shot.tooth else (),
            taken_on=picture.taken_on,
        )
        for picture, accepted in zip(pictures, keep_pictures(store, pictures, True), strict=True)
    )


def _picture(returned: _Returned, defect: Defect, place: int) -> Picture:
    kind, phase = NEW_IMAGES[defect.reason]
    about = _attachment(returned, defect)
    if about is not None:
        kind, phase = EvidenceKind(about.kind), Phase(about.phase)
    line = next((x for x in returned.lines if x.number == defect.line_number), returned.lines[0])
    service_on = line.service_on
    after = timedelta(days=1 if phase is Phase.AFTER else 0)
    is_film = kind in (EvidenceKind.PERIAPICAL, EvidenceKind.BITEWING)
    tooth = (about.teeth[0] if about and about.teeth else line.tooth) or returned.tooth
    return Picture(
        seed=returned.claim.id % 1_000_003,
        shot=Shot(kind=kind, phase=phase, tooth=tooth if is_film else None, treatment="filling"),
        taken_on=service_on + after,
        letter=returned.claim.number,
        copy=COPY_SHIFT * returned.claim.round + place + 1,
    )


def _attachment(returned: _Returned, defect: Defect) -> Attachment | None:
    """The image that a defect is about."""
    if defect.scope != "image":
        return None
    return next((a for a in returned.attachments if a.number == defect.image_number), None)


def _corrected_lines(session: Session, returned: _Returned) -> tuple[LineRequest, ...]:
    """Lines whose tooth or surfaces were missing (R12), completed by what the code wants."""
    if not any(defect.reason == "R12" for defect in returned.defects):
        return ()
    codes = {line.code for line in returned.lines}
    services = {
        row.code: row for row in session.scalars(select(Service).where(Service.code.in_(codes)))
    }
    completed = (_completed(line, services[line.code], returned.tooth) for line in returned.lines)
    return tuple(
        after for after, before in zip(completed, returned.lines, strict=True) if after != before
    )


def _completed(line: LineRequest, service: Service, tooth: int) -> LineRequest:
    if service.scope == "tooth" and line.tooth is None:
        line = replace(line, tooth=tooth)
    if service.surfaces and not line.surfaces:
        line = replace(line, surfaces=SURFACES[: service.surfaces])
    return line
