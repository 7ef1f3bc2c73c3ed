"""What a claim consists of: its requested lines, its images, and its payable as requested."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.db.models import (
    Attachment,
    Centre,
    Claim,
    ClaimLine,
    Contract,
    ContractCover,
    Dentist,
    EvidenceImage,
    Service,
    new_id,
)
from workbench.db.queries.catalogue import services_by_code
from workbench.db.queries.tariffs import level_of, tariffs_in_force
from workbench.errors import Refused
from workbench.evidence.jpeg import Accepted
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.money import LineInput, settle
from workbench.rules.teeth import ALL_TEETH, Jaw
from workbench.services.access import Actor
from workbench.services.images.known import refuse_known
from workbench.services.images.queue import queue_images, retry_images

LINES_MAX = 100
IMAGES_MAX = 200
QUANTITY_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRequest:
    """One service line as requested; ``tooth`` is FDI, ``jaw`` upper or lower, price in rials."""

    number: int
    service_on: date
    code: str
    unit_price_rial: int
    quantity: int = 1
    tooth: int | None = None
    jaw: str | None = None
    surfaces: str = ""
    canals: int | None = None
    note: str = ""

    @property
    def cost_rial(self) -> int:
        """C: quantity × unit price."""
        return self.quantity * self.unit_price_rial


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """One image that stands in the store already (``take_in``), and how it is attached.

    ``is_earlier``: it is an image that this patient has already, and is attached once more.
    """

    accepted: Accepted
    file_name: str
    kind: EvidenceKind
    phase: Phase = Phase.NONE
    teeth: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    taken_on: date | None = None
    is_earlier: bool = False


def check_lines(
    session: Session, tariff_set_id: int, lines: Sequence[LineRequest]
) -> dict[str, Service]:
    """The services of the lines by code.

    Refused: ``claim_without_services`` (B11), ``too_many_lines``, ``line_twice``, ``line_wrong``,
    ``unknown_service``.
    """
    if not lines:
        raise Refused("claim_without_services")
    if len(lines) > LINES_MAX:
        raise Refused("too_many_lines", limit=LINES_MAX)
    if len({line.number for line in lines}) < len(lines):
        raise Refused("line_twice")
    services = services_by_code(session, tariff_set_id, {line.code for line in lines})
    for line in lines:
        if line.code not in services:
            raise Refused("unknown_service", line=line.number, service_code=line.code)
        _check_line(line)
    return services


def _check_line(line: LineRequest) -> None:
    checks = {
        "number": line.number >= 1,
        "quantity": 1 <= line.quantity <= QUANTITY_MAX,
        "unit_price_rial": line.unit_price_rial >= 0,
        "tooth": line.tooth is None or line.tooth in ALL_TEETH,
        "jaw": line.jaw is None or line.jaw in set(Jaw),
        "surfaces": set(line.surfaces) <= set("MDOIBFVLP"),
        "canals": line.canals is None or 1 <= line.canals <= 8,
    }
    for field, is_right in checks.items():
        if not is_right:
            raise Refused("line_wrong", line=line.number, field=field)


def requested_payable_rial(
    session: Session,
    contract: Contract,
    cover: ContractCover,
    centre: Centre,
    dentist: Dentist,
    lines: Sequence[LineRequest],
) -> int:
    """The payable as requested: tariffs of the service days applied, nothing deducted, no cap."""
    tariffs = tariffs_in_force(
        session,
        contract.tariff_set_id,
        {(line.code, line.service_on) for line in lines},
        centre_id=centre.id,
        is_contracted=centre.is_contracted,
        level=level_of(dentist.speciality),
    )
    money = settle(
        [
            LineInput(
                cost_rial=line.cost_rial,
                tariff_rial=tariff.unit_rial * line.quantity if tariff else None,
                deduction_rial=0,
            )
            for line in lines
            for tariff in [tariffs.get((line.code, line.service_on))]
        ],
        franchise_basis=cover.franchise_basis,
        available_rial=None,
    )
    return money.payable_rial


def line_rows(claim: Claim, lines: Sequence[LineRequest]) -> list[dict[str, Any]]:
    """The rows of the claim's present round."""
    return [
        {
            "insurer_id": claim.insurer_id,
            "id": new_id(),
            "claim_id": claim.id,
            "round": claim.round,
            "cost_rial": line.cost_rial,
            **{name: getattr(line, name) for name in LineRequest.__slots__},
        }
        for line in lines
    ]


def line_requests(rows: Sequence[ClaimLine]) -> list[LineRequest]:
    """What was requested on stored lines."""
    return [
        LineRequest(**{name: getattr(row, name) for name in LineRequest.__slots__}) for row in rows
    ]


def service_groups(services: Mapping[str, Service]) -> str:
    """The groups of a claim's services, for the queue: sorted, comma separated."""
    return ",".join(sorted({service.group for service in services.values()}))


def attach_images(
    session: Session,
    claim: Claim,
    images: Sequence[ImageRequest],
    line_numbers: Collection[int],
    *,
    actor: Actor | None,
    now: datetime,
) -> list[int]:
    """Attach images to the claim's present round; returns their numbers.

    Refused: ``too_many_images``, ``evidence_attached_already``, ``image_line_unknown``,
    ``image_tooth_wrong`` and what ``keep_images`` refuses; nothing is changed then.
    """
    known = session.execute(
        select(Attachment.sha256, Attachment.number).where(
            Attachment.insurer_id == claim.insurer_id, Attachment.claim_id == claim.id
        )
    ).all()
    if len(known) + len(images) > IMAGES_MAX:
        raise Refused("too_many_images", limit=IMAGES_MAX)
    attached = {row[0] for row in known}
    for image in images:
        _check_image(image, line_numbers)
        if image.accepted.sha256 in attached:
            raise Refused("evidence_attached_already", name=image.file_name)
        attached.add(image.accepted.sha256)
    if not images:
        return []
    keep_images(session, claim.person_id, images, now, actor=actor)
    claim.image_count = len(attached)
    first = max((row[1] for row in known), default=0) + 1
    rows = [_attachment(claim, number, image) for number, image in enumerate(images, first)]
    session.execute(insert(Attachment), rows)
    return [row["number"] for row in rows]


def _check_image(image: ImageRequest, line_numbers: Collection[int]) -> None:
    for line in image.lines:
        if line not in line_numbers:
            raise Refused("image_line_unknown", name=image.file_name, line=line)
    for tooth in image.teeth:
        if tooth not in ALL_TEETH:
            raise Refused("image_tooth_wrong", name=image.file_name, tooth=tooth)


def keep_images(
    session: Session,
    person_id: int,
    images: Sequence[ImageRequest],
    now: datetime,
    *,
    actor: Actor | None,
    may_repeat: bool = False,
) -> None:
    """Rows for the images this patient does not have yet.

    Refused: what ``refuse_known`` refuses; with ``may_repeat`` the patient's own bytes may come
    again. A job that reads them stands beside the rows; one that failed is due again, since the
    bytes were put into the store again.
    """
    owners = _owners(session, images)
    for image in images:
        owner_id = owners.get(image.accepted.sha256)
        refuse_known(
            session,
            actor,
            image.accepted.sha256,
            image.file_name,
            person_id=person_id,
            owner_id=owner_id,
            is_earlier=image.is_earlier or (may_repeat and owner_id is not None),
        )
    rows = [
        _image_row(person_id, image.accepted, now)
        for image in images
        if image.accepted.sha256 not in owners
    ]
    if rows:
        try:
            with session.begin_nested():
                session.execute(insert(EvidenceImage), rows)
                queue_images(session, [row["sha256"] for row in rows], now=now)
        except IntegrityError:
            # Another transaction was quicker; its rows say whose the images are.
            keep_images(session, person_id, images, now, actor=actor, may_repeat=may_repeat)
            return
    if owners:
        retry_images(session, owners.keys(), now=now)


def _owners(session: Session, images: Sequence[ImageRequest]) -> dict[str, int]:
    """Whose image each known content is."""
    rows = session.execute(
        select(EvidenceImage.sha256, EvidenceImage.person_id).where(
            EvidenceImage.sha256.in_([image.accepted.sha256 for image in images])
        )
    )
    return {row[0]: row[1] for row in rows}


def _image_row(person_id: int, accepted: Accepted, now: datetime) -> dict[str, Any]:
    return {
        "sha256": accepted.sha256,
        "person_id": person_id,
        "size_bytes": accepted.bytes,
        "width": accepted.width,
        "height": accepted.height,
        "stored_at": now,
        "captured_at": accepted.captured_at.isoformat() if accepted.captured_at else None,
        "device": accepted.device,
    }


def _attachment(claim: Claim, number: int, image: ImageRequest) -> dict[str, Any]:
    return {
        "insurer_id": claim.insurer_id,
        "id": new_id(),
        "claim_id": claim.id,
        "number": number,
        "sha256": image.accepted.sha256,
        "kind": str(image.kind),
        "phase": str(image.phase),
        "teeth": list(image.teeth),
        "lines": list(image.lines),
        "taken_on": image.taken_on,
        "round_added": claim.round,
        "file_name": image.file_name,
    }
