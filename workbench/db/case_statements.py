"""The selects behind ``load_case``, each built once.

They run at every keystroke of a decision; to put one together anew costs several times what the
database needs for it. Parameters: ``insurer_id``, ``claim_id``, ``round`` and what their names say.
"""

from typing import cast

from sqlalchemy import BigInteger, BindParameter, String, Table, bindparam, literal, or_, select
from sqlalchemy import cast as sql_cast

from workbench.db.models import (
    Attachment,
    CeilingAccount,
    CeilingEntry,
    CeilingReservation,
    Centre,
    ClaimLine,
    Contract,
    ContractCover,
    Dentist,
    EvidenceImage,
    FindingAnswer,
    ImageFingerprint,
    LineDeduction,
    Membership,
    Person,
    Referral,
    Service,
)
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState

COMPUTED_SOURCES = ("recode", "cut", "reject")

ACCEPTANCE_KEY = literal("acceptance:")
"""How ``services.referral_letters.acceptance_key`` begins; a test holds both together."""

_ATTACHMENT = cast(Table, Attachment.__table__)
_CEILING_ACCOUNT = cast(Table, CeilingAccount.__table__)
_CEILING_ENTRY = cast(Table, CeilingEntry.__table__)
_CEILING_RESERVATION = cast(Table, CeilingReservation.__table__)
_CENTRE = cast(Table, Centre.__table__)
_CLAIM_LINE = cast(Table, ClaimLine.__table__)
_CONTRACT = cast(Table, Contract.__table__)
_CONTRACT_COVER = cast(Table, ContractCover.__table__)
_DENTIST = cast(Table, Dentist.__table__)
_FINGERPRINT = cast(Table, ImageFingerprint.__table__)
_IMAGE = cast(Table, EvidenceImage.__table__)
_FINDING_ANSWER = cast(Table, FindingAnswer.__table__)
_LINE_DEDUCTION = cast(Table, LineDeduction.__table__)
_MEMBERSHIP = cast(Table, Membership.__table__)
_PERSON = cast(Table, Person.__table__)
_REFERRAL = cast(Table, Referral.__table__)
_SERVICE = cast(Table, Service.__table__)

_INSURER: BindParameter[int] = bindparam("insurer_id", type_=BigInteger())
_CLAIM: BindParameter[int] = bindparam("claim_id", type_=BigInteger())
_ROUND: BindParameter[int] = bindparam("round", type_=BigInteger())

_COVER_ID = (
    select(_CONTRACT_COVER.c.id)
    .where(
        _CONTRACT_COVER.c.insurer_id == _INSURER,
        _CONTRACT_COVER.c.contract_id == bindparam("contract_id"),
        _CONTRACT_COVER.c.code == bindparam("cover_code"),
    )
    .order_by(
        (_CONTRACT_COVER.c.valid_from <= bindparam("case_on")).desc(),
        _CONTRACT_COVER.c.valid_from.desc(),
        _CONTRACT_COVER.c.recorded_at.desc(),
    )
    .limit(1)
    .scalar_subquery()
)
"""The cover as at the case date, the newest recorded; else one that starts later."""

_COVER = _CONTRACT_COVER.alias()
FRAME = (
    select(
        _CONTRACT.c.tariff_set_id,
        _CONTRACT.c.start_on,
        _CONTRACT.c.end_on,
        _MEMBERSHIP.c.joined_on,
        _MEMBERSHIP.c.left_on,
        _PERSON.c.birth_on,
        _CEILING_ACCOUNT.c.limit_rial,
        _CEILING_ACCOUNT.c.reserved_rial,
        _CEILING_ACCOUNT.c.used_rial,
        _CEILING_ACCOUNT.c.is_family,
        _CEILING_RESERVATION.c.reserved_left_rial,
        _REFERRAL.c.number.label("referral_number"),
        _REFERRAL.c.issued_on,
        _REFERRAL.c.last_valid_on,
        _REFERRAL.c.cover_code.label("referral_cover_code"),
        _REFERRAL.c.replaces_id,
        _REFERRAL.c.first_service_at,
        _CENTRE.c.is_contracted,
        _DENTIST.c.speciality,
        _COVER.c.code.label("cover_code"),
        _COVER.c.title.label("cover_title"),
        _COVER.c.franchise_basis,
        _COVER.c.is_covered,
        _COVER.c.ceiling_rial,
        _COVER.c.excluded_groups,
    )
    .select_from(_CONTRACT)
    .join(
        _MEMBERSHIP,
        (_MEMBERSHIP.c.insurer_id == _CONTRACT.c.insurer_id)
        & (_MEMBERSHIP.c.id == bindparam("membership_id")),
    )
    .join(_PERSON, _PERSON.c.id == bindparam("person_id"))
    .join(
        _CEILING_ACCOUNT,
        (_CEILING_ACCOUNT.c.insurer_id == _CONTRACT.c.insurer_id)
        & (_CEILING_ACCOUNT.c.id == bindparam("account_id")),
    )
    .outerjoin(
        _CEILING_RESERVATION,
        (_CEILING_RESERVATION.c.insurer_id == _CONTRACT.c.insurer_id)
        & (_CEILING_RESERVATION.c.id == bindparam("reservation_id")),
    )
    .outerjoin(
        _REFERRAL,
        (_REFERRAL.c.insurer_id == _CONTRACT.c.insurer_id)
        & (_REFERRAL.c.id == bindparam("referral_id")),
    )
    .join(_CENTRE, _CENTRE.c.id == bindparam("centre_id"))
    .join(_DENTIST, _DENTIST.c.id == bindparam("dentist_id"))
    .join(_COVER, (_COVER.c.insurer_id == _CONTRACT.c.insurer_id) & (_COVER.c.id == _COVER_ID))
    .where(_CONTRACT.c.insurer_id == _INSURER, _CONTRACT.c.id == bindparam("contract_id"))
)
"""Contract, membership, person, account, reservation, referral, centre, dentist, cover at once."""

LINES = (
    select(_CLAIM_LINE)
    .where(
        _CLAIM_LINE.c.insurer_id == _INSURER,
        _CLAIM_LINE.c.claim_id == _CLAIM,
        _CLAIM_LINE.c.round == _ROUND,
    )
    .order_by(_CLAIM_LINE.c.number)
)

DEDUCTIONS = (
    select(
        _LINE_DEDUCTION.c.line_id,
        _LINE_DEDUCTION.c.reason,
        _LINE_DEDUCTION.c.amount_rial,
        _LINE_DEDUCTION.c.source,
        _LINE_DEDUCTION.c.text,
        _LINE_DEDUCTION.c.cites,
    )
    .where(
        _LINE_DEDUCTION.c.insurer_id == _INSURER,
        _LINE_DEDUCTION.c.claim_id == _CLAIM,
        _LINE_DEDUCTION.c.round == _ROUND,
        _LINE_DEDUCTION.c.source.not_in(COMPUTED_SOURCES),
    )
    .order_by(_LINE_DEDUCTION.c.id)
)
"""What was typed or accepted; computed ones (cut, re-code, reject) follow anew."""

EVIDENCE = (
    select(
        _ATTACHMENT.c.number,
        _ATTACHMENT.c.kind,
        _ATTACHMENT.c.phase,
        _ATTACHMENT.c.teeth,
        _ATTACHMENT.c.lines,
        _ATTACHMENT.c.taken_on,
        _ATTACHMENT.c.round_added,
        _IMAGE.c.width,
        _IMAGE.c.height,
        _FINGERPRINT.c.brightness,
        _FINGERPRINT.c.contrast,
        _FINGERPRINT.c.sharpness,
        _FINGERPRINT.c.colour,
    )
    .join(_IMAGE, _IMAGE.c.sha256 == _ATTACHMENT.c.sha256)
    .outerjoin(_FINGERPRINT, _FINGERPRINT.c.sha256 == _ATTACHMENT.c.sha256)
    .where(
        _ATTACHMENT.c.insurer_id == _INSURER,
        _ATTACHMENT.c.claim_id == _CLAIM,
        _ATTACHMENT.c.round_added <= _ROUND,
    )
    .order_by(_ATTACHMENT.c.number)
)

_ACCEPTED = select(_CEILING_ENTRY.c.id).where(
    _CEILING_ENTRY.c.insurer_id == _REFERRAL.c.insurer_id,
    _CEILING_ENTRY.c.idempotency_key
    == ACCEPTANCE_KEY.concat(sql_cast(_REFERRAL.c.reservation_id, String)),
)
OPEN_REFERRALS = (
    select(_REFERRAL.c.number, _REFERRAL.c.issued_on, _CENTRE.c.name)
    .join(_CENTRE, _CENTRE.c.id == _REFERRAL.c.centre_id)
    .where(
        _REFERRAL.c.insurer_id == _INSURER,
        _REFERRAL.c.person_id == bindparam("person_id"),
        _REFERRAL.c.cover_code == bindparam("cover_code"),
        or_(
            _REFERRAL.c.state == ReferralState.IN_USE,
            _REFERRAL.c.state.in_(UNUSED_REFERRALS)
            & (_REFERRAL.c.last_valid_on >= bindparam("registered_on")),
        ),
        ~_ACCEPTED.exists(),
    )
    .order_by(_REFERRAL.c.number)
)
"""A person's referrals of a cover whose papers are not accepted yet: still valid, or in use."""

ANSWERS = (
    select(_FINDING_ANSWER.c.finding_key, _FINDING_ANSWER.c.state)
    .where(
        _FINDING_ANSWER.c.insurer_id == _INSURER,
        _FINDING_ANSWER.c.claim_id == _CLAIM,
        _FINDING_ANSWER.c.round == _ROUND,
    )
    .order_by(_FINDING_ANSWER.c.id)
)

_KNOWN = _SERVICE.alias()
_CODES: BindParameter[str] = bindparam("codes", type_=String(), expanding=True)
SERVICES = select(
    _SERVICE.c.code,
    _SERVICE.c.title,
    _SERVICE.c.service_group.label("group"),
    _SERVICE.c.cover_code,
    _SERVICE.c.scope,
    _SERVICE.c.surfaces,
    _SERVICE.c.canals,
    _SERVICE.c.dentition,
    _SERVICE.c.is_paediatric,
    _SERVICE.c.adult_equivalent_code,
).where(
    _SERVICE.c.tariff_set_id == bindparam("tariff_set_id"),
    or_(
        _SERVICE.c.code.in_(_CODES),
        _SERVICE.c.service_group.in_(
            select(_KNOWN.c.service_group).where(
                _KNOWN.c.tariff_set_id == bindparam("tariff_set_id"), _KNOWN.c.code.in_(_CODES)
            )
        ),
    ),
)
"""The services of ``codes`` and all others of their groups."""
