"""A small desk for tests: one insurer, one contract, a centre, a dentist, a family of two."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

from PIL import Image
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.evidence import jpeg
from workbench.persian.identifiers import make_national_code
from workbench.persian.jalali import parse_day
from workbench.rules.facts import ClaimKind, EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services import reference
from workbench.services.access import Actor
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET, seed_catalogue
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

INSURER, CENTRE, COUNCIL, CONTRACT = "ins-1", "c-1", "12345", "1402/1/14/9/165"
PRINCIPAL, CHILD, STRANGER = (
    make_national_code(d) for d in ("012345678", "112345678", "212345678")
)
SERVICE_ON = parse_day("1402/09/14")
CEILING_RIAL = 40_000_000


def actor(*roles: Role, insurer_ids: frozenset[int] | None = None) -> Actor:
    """A signed-in user of these roles."""
    return Actor(
        user_id=77,
        username="someone",
        display_name="Someone",
        roles=frozenset(roles),
        insurer_ids=insurer_ids,
    )


def build(session: Session, now: datetime, *, ceiling_kind: str = "family") -> None:
    """Everything but referrals, batches and claims."""
    seed_catalogue(session, now=now)
    reference.register_insurer(session, None, code=INSURER, name="بیمه نمونه", now=now)
    reference.register_policyholder(session, None, code="ph-1", name="شرکت نمونه", now=now)
    reference.register_centre(
        session, None, code=CENTRE, name="مرکز نمونه", province="تهران", now=now
    )
    reference.register_dentist(
        session,
        None,
        medical_council_number=COUNCIL,
        first_name="پزشک",
        last_name="نمونه",
        centre_codes=(CENTRE,),
        now=now,
    )
    for code, birth in ((PRINCIPAL, "1360/01/01"), (CHILD, "1395/05/05"), (STRANGER, "1370/02/02")):
        reference.register_person(
            session,
            None,
            national_code=code,
            first_name="نام",
            last_name="خانوادگی",
            birth_on=parse_day(birth),
            now=now,
        )
    enrolment.register_contract(
        session,
        None,
        insurer_code=INSURER,
        number=CONTRACT,
        policyholder_code="ph-1",
        plan="طرح یک",
        start_on=parse_day("1402/01/01"),
        end_on=parse_day("1404/12/29"),
        tariff_set_code=DEFAULT_TARIFF_SET,
        covers=[
            enrolment.CoverInput(
                code="dental",
                title="دندان‌پزشکی",
                franchise_basis=1_000,
                ceiling_rial=CEILING_RIAL,
                ceiling_kind=ceiling_kind,
            )
        ],
        now=now,
    )
    enrol(session, PRINCIPAL, now)
    enrol(session, CHILD, now, relation="son", principal=PRINCIPAL)


def build_in(database: Database, now: datetime) -> None:
    """``build`` in a transaction of its own."""
    database.in_tx(lambda session: build(session, now))


def enrol(
    session: Session, code: str, now: datetime, relation: str = "principal", principal: str = ""
) -> None:
    """Put a person on the contract's list."""
    enrolment.register_membership(
        session,
        None,
        insurer_code=INSURER,
        contract_number=CONTRACT,
        national_code=code,
        relation=relation,
        principal_national_code=principal or None,
        now=now,
    )


def referral(session: Session, now: datetime, number: str = "700001", **changes: object) -> object:
    """A referral of ten million rials for the principal."""
    letter = ReferralInput(
        insurer_code=INSURER,
        number=number,
        contract_number=CONTRACT,
        cover_code="dental",
        national_code=PRINCIPAL,
        centre_code=CENTRE,
        issued_on=parse_day("1402/09/13"),
        amount_rial=10_000_000,
    )
    return issue_referral(session, None, replace(letter, **changes), now=now)


def batch(session: Session, now: datetime, number: str = "366590") -> object:
    """A batch of the centre, sent ten days ago."""
    sent = BatchInput(
        insurer_code=INSURER,
        centre_code=CENTRE,
        acceptance_number=number,
        sent_at=now - timedelta(days=10),
    )
    return register_batch(session, None, sent, now=now)


def line(number: int = 1, **changes: object) -> LineRequest:
    """A two-surface filling at its tariff of 1402."""
    base = LineRequest(
        number=number,
        service_on=SERVICE_ON,
        code="125",
        unit_price_rial=6_290_000,
        tooth=26,
        surfaces="MO",
    )
    return replace(base, **changes)


def indirect(**changes: object) -> ClaimInput:
    """A centre's case under the referral, in the batch."""
    base = ClaimInput(
        insurer_code=INSURER,
        number="990748655",
        kind=ClaimKind.INDIRECT,
        contract_number=CONTRACT,
        cover_code="dental",
        national_code=PRINCIPAL,
        centre_code=CENTRE,
        medical_council_number=COUNCIL,
        case_on=SERVICE_ON,
        lines=(line(),),
        referral_number="700001",
        acceptance_number="366590",
    )
    return replace(base, **changes)


def direct(**changes: object) -> ClaimInput:
    """A member's own document."""
    values = {
        "number": "1402000001",
        "kind": ClaimKind.DIRECT,
        "referral_number": None,
        "acceptance_number": None,
    }
    return replace(indirect(**values), **changes)


def received_claim(session: Session, now: datetime, **changes: object) -> object:
    """An indirect claim with its referral and batch, not received yet."""
    referral(session, now)
    batch(session, now)
    return register_claim(session, None, indirect(**changes), now=now)


def picture(shade: int) -> bytes:
    """A small JPEG that differs by its shade."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").point(lambda x: (x + shade) % 256).save(buffer, "JPEG")
    return buffer.getvalue()


def image(shade: int, name: str = "before.jpg", **changes: object) -> ImageRequest:
    """An accepted image of that shade."""
    accepted = jpeg.check(picture(shade), name)
    base = ImageRequest(
        accepted=accepted,
        file_name=name,
        kind=EvidenceKind.PERIAPICAL,
        phase=Phase.BEFORE,
        teeth=(26,),
        taken_on=date(2023, 12, 5),
    )
    return replace(base, **changes)
