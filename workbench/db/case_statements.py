"""The selects behind ``load_case``, each built once.

They run at every keystroke of a decision; to put one together anew costs several times what the
database needs for it. Parameters: ``insurer_id``, ``claim_id``, ``round`` and what their names say.
"""

from sqlalchemy import BigInteger, BindParameter, String, bindparam, or_, select
from sqlalchemy.orm import aliased

from workbench.db.models import (
    Attachment,
    CeilingAccount,
    CeilingReservation,
    Centre,
    ClaimLine,
    Contract,
    ContractCover,
    Dentist,
    FindingAnswer,
    LineDeduction,
    Membership,
    Person,
    Referral,
    Service,
)

COMPUTED_SOURCES = ("recode", "cut", "reject")

_INSURER: BindParameter[int] = bindparam("insurer_id", type_=BigInteger())
_CLAIM: BindParameter[int] = bindparam("claim_id", type_=BigInteger())
_ROUND: BindParameter[int] = bindparam("round", type_=BigInteger())

FRAME = (
    select(
        Contract.tariff_set_id,
        Contract.start_on,
        Contract.end_on,
        Membership.joined_on,
        Membership.left_on,
        Person.birth_on,
        CeilingAccount.limit_rial,
        CeilingAccount.reserved_rial,
        CeilingAccount.used_rial,
        CeilingAccount.is_family,
        CeilingReservation.reserved_left_rial,
        Referral.number.label("referral_number"),
        Referral.issued_on,
        Referral.last_valid_on,
        Referral.cover_code.label("referral_cover_code"),
        Referral.replaces_id,
        Referral.first_service_at,
        Centre.is_contracted,
        Dentist.speciality,
    )
    .join(
        Membership,
        (Membership.insurer_id == Contract.insurer_id)
        & (Membership.id == bindparam("membership_id")),
    )
    .join(Person, Person.id == bindparam("person_id"))
    .join(
        CeilingAccount,
        (CeilingAccount.insurer_id == Contract.insurer_id)
        & (CeilingAccount.id == bindparam("account_id")),
    )
    .outerjoin(
        CeilingReservation,
        (CeilingReservation.insurer_id == Contract.insurer_id)
        & (CeilingReservation.id == bindparam("reservation_id")),
    )
    .outerjoin(
        Referral,
        (Referral.insurer_id == Contract.insurer_id) & (Referral.id == bindparam("referral_id")),
    )
    .join(Centre, Centre.id == bindparam("centre_id"))
    .join(Dentist, Dentist.id == bindparam("dentist_id"))
    .where(Contract.insurer_id == _INSURER, Contract.id == bindparam("contract_id"))
)
"""Contract, membership, person, account, reservation, referral, centre and dentist at once."""

COVER = (
    select(
        ContractCover.code,
        ContractCover.title,
        ContractCover.franchise_basis,
        ContractCover.is_covered,
        ContractCover.ceiling_rial,
        ContractCover.excluded_groups,
    )
    .where(
        ContractCover.insurer_id == _INSURER,
        ContractCover.contract_id == bindparam("contract_id"),
        ContractCover.code == bindparam("cover_code"),
    )
    .order_by(
        (ContractCover.valid_from <= bindparam("case_on")).desc(),
        ContractCover.valid_from.desc(),
        ContractCover.recorded_at.desc(),
    )
    .limit(1)
)
"""The cover as at the case date, the newest recorded; else one that starts later."""

LINES = (
    select(ClaimLine)
    .where(
        ClaimLine.insurer_id == _INSURER,
        ClaimLine.claim_id == _CLAIM,
        ClaimLine.round == _ROUND,
    )
    .order_by(ClaimLine.number)
)

DEDUCTIONS = (
    select(
        LineDeduction.line_id,
        LineDeduction.reason,
        LineDeduction.amount_rial,
        LineDeduction.source,
        LineDeduction.text,
    )
    .where(
        LineDeduction.insurer_id == _INSURER,
        LineDeduction.claim_id == _CLAIM,
        LineDeduction.round == _ROUND,
        LineDeduction.source.not_in(COMPUTED_SOURCES),
    )
    .order_by(LineDeduction.id)
)
"""What was typed or accepted; computed ones (cut, re-code, reject) follow anew."""

EVIDENCE = (
    select(
        Attachment.number,
        Attachment.kind,
        Attachment.phase,
        Attachment.teeth,
        Attachment.lines,
        Attachment.taken_on,
        Attachment.round_added,
    )
    .where(
        Attachment.insurer_id == _INSURER,
        Attachment.claim_id == _CLAIM,
        Attachment.round_added <= _ROUND,
    )
    .order_by(Attachment.number)
)

ANSWERS = (
    select(FindingAnswer.finding_key, FindingAnswer.state)
    .where(
        FindingAnswer.insurer_id == _INSURER,
        FindingAnswer.claim_id == _CLAIM,
        FindingAnswer.round == _ROUND,
    )
    .order_by(FindingAnswer.id)
)

_KNOWN = aliased(Service)
_CODES: BindParameter[str] = bindparam("codes", type_=String(), expanding=True)
SERVICES = select(Service).where(
    Service.tariff_set_id == bindparam("tariff_set_id"),
    or_(
        Service.code.in_(_CODES),
        Service.group.in_(
            select(_KNOWN.group).where(
                _KNOWN.tariff_set_id == bindparam("tariff_set_id"), _KNOWN.code.in_(_CODES)
            )
        ),
    ),
)
"""The services of ``codes`` and all others of their groups."""
