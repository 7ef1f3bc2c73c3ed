"""Landing one checked row: the service of its kind, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import ImportRecord, TariffSet
from workbench.errors import Refused
from workbench.evidence.jpeg import Accepted
from workbench.rules.facts import ClaimKind
from workbench.services import reference
from workbench.services.access import Actor
from workbench.services.catalogue import catalogue
from workbench.services.ceiling import enrolment
from workbench.services.claims.content import ImageRequest, LineRequest
from workbench.services.claims.registration import (
    BatchInput,
    ClaimInput,
    ReferralInput,
    issue_referral,
    register_batch,
    register_claim,
)
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim
from workbench.services.commission.content import UnitRequest
from workbench.services.commission.submission import PlanInput, submit_plan
from workbench.services.imports import rows
from workbench.services.imports.reading import Prepared
from workbench.services.imports.report import Outcome
from workbench.services.reference import Change, Registered

FIXED_KINDS = frozenset({"referrals", "batches", "plans", "claims", "resubmissions"})
"""Kinds that never change by a second import: another content under the same key is refused."""

Images = Mapping[str, Accepted]
Lander = Callable[[Session, Actor | None, Any, Images, datetime], Registered | None]


def land(session: Session, actor: Actor | None, prepared: Prepared, *, now: datetime) -> Outcome:
    """Land a row with its import record, or see that it landed before.

    Refused: ``import_conflict`` when a claim, plan, letter, batch or re-submission of this key came
    with another content, and whatever the service of its kind refuses.
    """
    row = prepared.row
    record = session.get(ImportRecord, (row.kind, row.key))
    if record is not None and record.content_hash == prepared.content_hash:
        return Outcome.UNCHANGED
    if record is not None and row.kind in FIXED_KINDS:
        raise Refused("import_conflict", key=row.key)
    registered = LANDERS[row.kind](session, actor, row, prepared.images, now)
    if record is None:
        record = ImportRecord(kind=row.kind, key=row.key)
        session.add(record)
    record.content_hash, record.imported_at = prepared.content_hash, now
    session.flush()
    is_same = registered is not None and registered.change is Change.UNCHANGED
    return Outcome.UNCHANGED if is_same else Outcome.LANDED


def _insurer(
    session: Session, actor: Actor | None, row: rows.InsurerRow, _: Images, now: datetime
) -> Registered:
    return reference.register_insurer(session, actor, **row.model_dump(), now=now)


def _policyholder(
    session: Session, actor: Actor | None, row: rows.PolicyholderRow, _: Images, now: datetime
) -> Registered:
    return reference.register_policyholder(session, actor, **row.model_dump(), now=now)


def _centre(
    session: Session, actor: Actor | None, row: rows.CentreRow, _: Images, now: datetime
) -> Registered:
    return reference.register_centre(session, actor, **row.model_dump(), now=now)


def _dentist(
    session: Session, actor: Actor | None, row: rows.DentistRow, _: Images, now: datetime
) -> Registered:
    values = row.model_dump(exclude={"centres"})
    return reference.register_dentist(session, actor, **values, centre_codes=row.centres, now=now)


def _service(
    session: Session, actor: Actor | None, row: rows.ServiceRow, _: Images, now: datetime
) -> Registered:
    known = select(TariffSet.id).where(TariffSet.code == row.tariff_set)
    if session.scalar(known) is None:
        catalogue.register_tariff_set(
            session, actor, code=row.tariff_set, name=row.tariff_set, now=now
        )
    values = row.model_dump(exclude={"tariff_set", "cover", "adult_equivalent"})
    return catalogue.register_service(
        session,
        actor,
        tariff_set_code=row.tariff_set,
        cover_code=row.cover,
        adult_equivalent_code=row.adult_equivalent,
        **values,
        now=now,
    )


def _tariff(
    session: Session, actor: Actor | None, row: rows.TariffRow, _: Images, now: datetime
) -> Registered:
    values = row.model_dump(exclude={"tariff_set"})
    return catalogue.add_tariff(session, actor, tariff_set_code=row.tariff_set, **values, now=now)


def _coefficient(
    session: Session, actor: Actor | None, row: rows.CoefficientRow, _: Images, now: datetime
) -> Registered:
    return catalogue.add_coefficient(
        session,
        actor,
        centre_code=row.centre,
        tariff_set_code=row.tariff_set,
        basis=row.basis,
        valid_from=row.valid_from,
        now=now,
    )


def _contract(
    session: Session, actor: Actor | None, row: rows.ContractRow, _: Images, now: datetime
) -> Registered:
    covers = [
        enrolment.CoverInput(
            franchise_basis=part.franchise_percent,
            **part.model_dump(exclude={"franchise_percent"}),
        )
        for part in row.covers
    ]
    return enrolment.register_contract(
        session,
        actor,
        insurer_code=row.insurer,
        number=row.number,
        policyholder_code=row.policyholder,
        plan=row.plan,
        start_on=row.start_on,
        end_on=row.end_on,
        tariff_set_code=row.tariff_set,
        kind=row.type,
        letter_limit_rial=row.letter_limit_rial,
        covers=covers,
        now=now,
    )


def _person(
    session: Session, actor: Actor | None, row: rows.PersonRow, _: Images, now: datetime
) -> Registered:
    return reference.register_person(session, actor, **row.model_dump(), now=now)


def _membership(
    session: Session, actor: Actor | None, row: rows.MembershipRow, _: Images, now: datetime
) -> Registered:
    return enrolment.register_membership(
        session,
        actor,
        insurer_code=row.insurer,
        contract_number=row.contract,
        national_code=row.national_code,
        relation=row.relation,
        principal_national_code=row.principal,
        joined_on=row.joined_on,
        left_on=row.left_on,
        now=now,
    )


def _referral(
    session: Session, actor: Actor | None, row: rows.ReferralRow, _: Images, now: datetime
) -> None:
    letter = ReferralInput(
        insurer_code=row.insurer,
        number=row.number,
        contract_number=row.contract,
        cover_code=row.cover,
        national_code=row.national_code,
        centre_code=row.centre,
        issued_on=row.issued_on,
        amount_rial=row.amount_rial,
        reserve_rial=row.reserve_rial,
        issued_by=row.issued_by,
        replaces_number=row.replaces,
        is_requested=row.is_requested,
    )
    issue_referral(session, actor, letter, now=now)


def _batch(
    session: Session, actor: Actor | None, row: rows.BatchRow, _: Images, now: datetime
) -> None:
    sent = BatchInput(
        insurer_code=row.insurer,
        centre_code=row.centre,
        acceptance_number=row.acceptance_number,
        sent_at=row.sent_at,
    )
    register_batch(session, actor, sent, now=now)


def _plan(
    session: Session, actor: Actor | None, row: rows.PlanRow, images: Images, now: datetime
) -> None:
    sent = PlanInput(
        insurer_code=row.insurer,
        referral_number=row.referral,
        medical_council_number=row.dentist,
        units=tuple(UnitRequest(**part.model_dump()) for part in row.units),
        images=_images(row.images, images),
        number=row.number,
        submitted_at=row.submitted_at,
    )
    submit_plan(session, actor, sent, now=now)


def _claim(
    session: Session, actor: Actor | None, row: rows.ClaimRow, images: Images, now: datetime
) -> None:
    request = ClaimInput(
        insurer_code=row.insurer,
        number=row.number,
        kind=ClaimKind(row.kind_of_claim),
        contract_number=row.contract,
        cover_code=row.cover,
        national_code=row.national_code,
        centre_code=row.centre,
        medical_council_number=row.dentist,
        case_on=row.case_on,
        lines=_lines(row.lines),
        images=_images(row.images, images),
        tracking_code=row.tracking_code,
        referral_number=row.referral,
        acceptance_number=row.batch,
        has_prescription=row.has_prescription,
        registered_at=row.registered_at,
    )
    register_claim(session, actor, request, now=now)


def _resubmission(
    session: Session,
    actor: Actor | None,
    row: rows.ResubmissionRow,
    images: Images,
    now: datetime,
) -> None:
    sent = ResubmissionInput(
        claim_number=row.claim,
        insurer_code=row.insurer,
        round=row.round,
        explanation=row.explanation,
        lines=_lines(row.lines),
        images=_images(row.images, images),
    )
    resubmit_claim(session, actor, sent, now=now)


def _lines(parts: Sequence[rows.LinePart]) -> tuple[LineRequest, ...]:
    return tuple(LineRequest(**part.model_dump()) for part in parts)


def _images(parts: Sequence[rows.ImagePart], images: Images) -> tuple[ImageRequest, ...]:
    return tuple(
        ImageRequest(
            accepted=images[part.file],
            file_name=part.file,
            is_earlier=part.attach,
            **part.model_dump(exclude={"file", "attach"}),
        )
        for part in parts
    )


LANDERS: Mapping[str, Lander] = {
    "insurers": _insurer,
    "policyholders": _policyholder,
    "centres": _centre,
    "dentists": _dentist,
    "services": _service,
    "tariffs": _tariff,
    "coefficients": _coefficient,
    "contracts": _contract,
    "people": _person,
    "memberships": _membership,
    "referrals": _referral,
    "batches": _batch,
    "plans": _plan,
    "claims": _claim,
    "resubmissions": _resubmission,
}
