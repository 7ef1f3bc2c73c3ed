"""What one line of an import file may say, per kind. Unknown fields are refused."""

import operator
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from workbench.rules.facts import EvidenceKind, Phase
from workbench.services.claims.content import IMAGES_MAX, LINES_MAX
from workbench.services.imports.fields import (
    AcceptanceNumber,
    Code,
    CouncilNumber,
    Count,
    Day,
    FileName,
    Instant,
    MaybeEmail,
    MaybeMobile,
    Mobile,
    Name,
    NationalCode,
    PercentBasis,
    ReferralNumber,
    Rial,
    Surfaces,
    Text,
    ToothNumber,
)

ServiceGroup = Literal[
    "filling",
    "root_canal",
    "extra_canal",
    "crown",
    "bridge",
    "implant",
    "orthodontics",
    "extraction",
    "impacted",
    "alveoloplasty",
    "vestibuloplasty",
    "cyst",
    "flap",
    "scaling",
    "fluoride",
    "sealant",
    "radiograph",
    "panoramic",
    "cephalometric",
    "denture",
    "night_guard",
    "post",
    "steel_crown",
    "pulpectomy",
    "bone_graft",
    "frenectomy",
    "visit",
    "cosmetic",
    "medical",
]
Relation = Literal["principal", "spouse", "son", "daughter", "father", "mother"]


class Row(BaseModel):
    """One line; ``key`` names the thing it is about, the same key is the same thing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> str:
        """The natural key, parts set apart by ``|``."""
        return "|".join(str(getattr(self, name)) for name in self.key_fields)


class InsurerRow(Row):
    """insurers.jsonl; hours are working hours until a claim is due."""

    kind = "insurers"
    key_fields = ("code",)
    code: Code
    name: Name
    direct_due_hours: Count = 72
    indirect_due_hours: Count = 72
    max_rounds: Count = 3


class PolicyholderRow(Row):
    """policyholders.jsonl: the employers that hold contracts."""

    kind = "policyholders"
    key_fields = ("code",)
    code: Code
    name: Name


class CentreRow(Row):
    """centres.jsonl: treatment centres; notices go to ``mobile``, else to ``email``."""

    kind = "centres"
    key_fields = ("code",)
    code: Code
    name: Name
    province: Name
    is_contracted: bool = True
    phone: Code | Literal[""] = ""
    mobile: MaybeMobile = ""
    email: MaybeEmail = ""


class DentistRow(Row):
    """dentists.jsonl; ``centres`` are codes of the centres that registered him."""

    kind = "dentists"
    key_fields = ("medical_council_number",)
    medical_council_number: CouncilNumber
    first_name: Name
    last_name: Name
    speciality: Code = "general"
    centres: tuple[Code, ...] = ()


class ServiceRow(Row):
    """services.jsonl: a code of a tariff set; an unknown set is made."""

    kind = "services"
    key_fields = ("tariff_set", "code")
    tariff_set: Code = "default"
    code: Code
    title: Name
    group: ServiceGroup
    cover: Code = "dental"
    scope: Literal["tooth", "jaw", "mouth"] = "tooth"
    surfaces: Count | None = None
    canals: Count | None = None
    dentition: Literal["permanent", "primary"] | None = None
    is_paediatric: bool = False
    adult_equivalent: Code | None = None
    is_illustrative: bool = False
    is_active: bool = True


class TariffRow(Row):
    """tariffs.jsonl: the price of a code from a day on."""

    kind = "tariffs"
    key_fields = ("tariff_set", "code", "is_contracted", "level", "valid_from")
    tariff_set: Code = "default"
    code: Code
    amount_rial: Rial
    valid_from: Day
    valid_to: Day | None = None
    is_contracted: bool = True
    level: Literal["general", "specialist"] = "general"


class CoefficientRow(Row):
    """coefficients.jsonl: what a centre's prices are multiplied with; 10,000 is one."""

    kind = "coefficients"
    key_fields = ("centre", "tariff_set", "valid_from")
    centre: Code
    tariff_set: Code = "default"
    basis: Count
    valid_from: Day


class CoverPart(BaseModel):
    """One cover of a contract; no ``ceiling_rial``: unlimited."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: Code = "dental"
    title: Name
    franchise_percent: PercentBasis
    ceiling_rial: Rial | None = None
    ceiling_kind: Literal["individual", "family"] = "individual"
    is_covered: bool = True
    excluded_groups: tuple[ServiceGroup, ...] = ()
    valid_from: Day | None = None


class ContractRow(Row):
    """contracts.jsonl, with its covers; a letter above ``letter_limit_rial`` needs an approval."""

    kind = "contracts"
    key_fields = ("insurer", "number")
    insurer: Code
    number: Code
    policyholder: Code
    plan: Name
    start_on: Day
    end_on: Day
    tariff_set: Code = "default"
    type: Code = "supplementary"
    letter_limit_rial: Rial | None = None
    covers: tuple[CoverPart, ...] = Field(min_length=1)


class PersonRow(Row):
    """people.jsonl: insured persons."""

    kind = "people"
    key_fields = ("national_code",)
    national_code: NationalCode
    first_name: Name
    last_name: Name
    birth_on: Day
    mobile: Mobile | None = None


class MembershipRow(Row):
    """memberships.jsonl: who is on the list of which contract, and until when."""

    kind = "memberships"
    key_fields = ("insurer", "contract", "national_code", "joined_on")
    insurer: Code
    contract: Code
    national_code: NationalCode
    relation: Relation = "principal"
    principal: NationalCode | None = None
    joined_on: Day | None = None
    left_on: Day | None = None


class ReferralRow(Row):
    """referrals.jsonl; ``reserve_rial`` is what is still to be reserved (absent: the amount).

    ``is_requested``: the letter waits for an approval and reserves nothing yet.
    """

    kind = "referrals"
    key_fields = ("insurer", "number")
    insurer: Code
    number: ReferralNumber
    contract: Code
    cover: Code = "dental"
    national_code: NationalCode
    centre: Code
    issued_on: Day
    amount_rial: Rial
    reserve_rial: Rial | None = None
    issued_by: Literal["centre", "insurer"] = "centre"
    replaces: ReferralNumber | None = None
    is_requested: bool = False


class BatchRow(Row):
    """batches.jsonl: what centres sent; the paper is received on the page for that."""

    kind = "batches"
    key_fields = ("acceptance_number",)
    acceptance_number: AcceptanceNumber
    insurer: Code
    centre: Code
    sent_at: Instant | None = None


class LinePart(BaseModel):
    """One service line as requested."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: Count
    service_on: Day
    code: Code
    unit_price_rial: Rial
    quantity: Count = 1
    tooth: ToothNumber | None = None
    jaw: Literal["upper", "lower"] | None = None
    surfaces: Surfaces = ""
    canals: Count | None = None
    note: Text = ""


class ImagePart(BaseModel):
    """One JPEG of the folder ``evidence``: its file name, without a path, and what it shows.

    ``attach``: the patient has this image already, and it is attached once more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: FileName
    kind: EvidenceKind
    phase: Phase = Phase.NONE
    teeth: tuple[ToothNumber, ...] = ()
    lines: tuple[Count, ...] = ()
    taken_on: Day | None = None
    attach: bool = Field(default=False, exclude_if=operator.not_)


class UnitPart(BaseModel):
    """One planned service of a treatment plan; the amount is for all of its quantity."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: Count
    code: Code
    amount_rial: Rial
    tooth: ToothNumber | None = None
    jaw: Literal["upper", "lower"] | None = None
    quantity: Count = 1


class PlanRow(Row):
    """plans.jsonl: a treatment plan for the commission, landed whole or not at all."""

    kind = "plans"
    key_fields = ("insurer", "number")
    insurer: Code
    number: Code
    referral: ReferralNumber
    dentist: CouncilNumber
    submitted_at: Instant | None = None
    units: tuple[UnitPart, ...] = Field(max_length=LINES_MAX)
    images: tuple[ImagePart, ...] = Field(default=(), max_length=IMAGES_MAX)


class ClaimRow(Row):
    """claims.jsonl: a claim with its lines and images, landed whole or not at all."""

    kind = "claims"
    key_fields = ("insurer", "number")
    insurer: Code
    number: Code
    kind_of_claim: Literal["direct", "indirect"] = Field(alias="kind")
    contract: Code
    cover: Code = "dental"
    national_code: NationalCode
    centre: Code
    dentist: CouncilNumber
    case_on: Day
    tracking_code: Code | None = None
    referral: ReferralNumber | None = None
    batch: AcceptanceNumber | None = None
    has_prescription: bool = False
    registered_at: Instant | None = None
    lines: tuple[LinePart, ...] = Field(max_length=LINES_MAX)
    images: tuple[ImagePart, ...] = Field(default=(), max_length=IMAGES_MAX)

    @model_validator(mode="after")
    def _number_fits(self) -> "ClaimRow":
        """A case has nine digits, a member's document ten."""
        digits = 10 if self.kind_of_claim == "direct" else 9
        if not (self.number.isascii() and self.number.isdigit() and len(self.number) == digits):
            facts = {"code": "claim_number_wrong", "value": self.number}
            raise PydanticCustomError("workbench", "{code}", facts)
        return self


class ResubmissionRow(Row):
    """resubmissions.jsonl: a returned claim comes back; ``round`` is the one it opens, from 2."""

    kind = "resubmissions"
    key_fields = ("insurer", "claim", "round")
    insurer: Code
    claim: Code
    round: Count
    explanation: Text = ""
    lines: tuple[LinePart, ...] = Field(default=(), max_length=LINES_MAX)
    images: tuple[ImagePart, ...] = Field(default=(), max_length=IMAGES_MAX)


ROWS: tuple[type[Row], ...] = (
    InsurerRow,
    PolicyholderRow,
    CentreRow,
    DentistRow,
    ServiceRow,
    TariffRow,
    CoefficientRow,
    ContractRow,
    PersonRow,
    MembershipRow,
    ReferralRow,
    BatchRow,
    PlanRow,
    ClaimRow,
    ResubmissionRow,
)
"""The kinds in the order in which they land: a later one may name an earlier one."""


def import_schema() -> dict[str, Any]:
    """The JSON Schema of every file's lines, by file name (``docs/import.schema.json``)."""
    schemas = {row.kind: row.model_json_schema(by_alias=True) for row in ROWS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Import files, one JSON object a line",
        "files": {f"{kind}.jsonl": schema for kind, schema in schemas.items()},
    }
