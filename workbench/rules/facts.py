"""What the rules are told about one claim: plain frozen values, nothing else.

A ``Case`` is complete: findings and money follow from it alone, so the document frozen with a
finished round (see ``workbench.rules.document``) can be computed again years later.
Money is whole rials, franchise is basis points (1,000 = 10 %), days are Gregorian ``date``.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workbench.rules.commission import Commission


class ClaimKind(StrEnum):
    """Who paid the dentist: the member (direct) or a contracted centre bills (indirect)."""

    DIRECT = "direct"
    INDIRECT = "indirect"


class EvidenceKind(StrEnum):
    """What an image shows."""

    IDENTITY = "identity"
    PLAN_FORM = "plan_form"
    PHOTOGRAPH = "photograph"
    PERIAPICAL = "periapical"
    BITEWING = "bitewing"
    PANORAMIC = "panoramic"
    CEPHALOMETRIC = "cephalometric"
    CBCT = "cbct"
    INVOICE = "invoice"
    PRESCRIPTION = "prescription"
    SIGNED_REFERRAL = "signed_referral"
    OTHER = "other"


class Phase(StrEnum):
    """When an image was taken, seen from the treatment."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    NONE = "none"


class FindingState(StrEnum):
    """What the assessor did with a finding; ``AUTOMATIC`` ones (tariff) need nobody."""

    OPEN = "open"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    AUTOMATIC = "automatic"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One row of the catalogue of services.

    ``scope`` is ``tooth``, ``jaw`` or ``mouth``; ``dentition`` is ``permanent``, ``primary`` or
    None (either); ``group`` is one of: filling, root_canal, extra_canal, crown, bridge, implant,
    orthodontics, extraction, impacted, alveoloplasty, flap, scaling, fluoride, sealant, radiograph,
    panoramic, cephalometric, denture, night_guard, post, steel_crown, pulpectomy, bone_graft,
    frenectomy, visit, cosmetic, medical.
    """

    code: str
    title: str
    group: str
    cover_code: str = "dental"
    scope: str = "tooth"
    surfaces: int | None = None
    canals: int | None = None
    dentition: str | None = None
    is_paediatric: bool = False
    adult_equivalent_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """The tariff in force for a code on a service date, already times the centre's coefficient."""

    tariff_id: int
    code: str
    unit_rial: int
    valid_from: date
    base_rial: int
    coefficient_basis: int = 10_000
    level: str = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """A frame in an image that a decision rests on.

    ``image`` is its number in the claim or plan; left, top, width and height are 1/10,000 of the
    upright image's width and height.
    """

    image: int
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """One deduction of the assessor (or of a finding he accepted); ``source`` says how it came:
    ``typed``, ``cut``, ``recode``, ``reject`` or the code of the finding."""

    reason: str
    amount_rial: int
    source: str = "typed"
    text: str = ""
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One service line: as requested, and what the assessor put in so far.

    ``tooth`` is FDI; ``surfaces`` a string of M D O I B F V L P; ``service``/``tariff`` those of
    the code as requested (None: unknown code, no tariff); ``equivalent_*`` those of the adult
    equivalent of a paediatric code; ``matching_*`` those of the code of the same group and age that
    fits the surfaces or canals stated on the line, where it differs from the requested one;
    ``assessed_*`` are None while as requested.
    """

    line_id: int
    number: int
    service_on: date
    code: str
    quantity: int
    unit_price_rial: int
    tooth: int | None = None
    jaw: str | None = None
    surfaces: str = ""
    canals: int | None = None
    note: str = ""
    service: Service | None = None
    tariff: Tariff | None = None
    equivalent_service: Service | None = None
    equivalent_tariff: Tariff | None = None
    matching_service: Service | None = None
    matching_tariff: Tariff | None = None
    assessed_code: str | None = None
    assessed_service: Service | None = None
    assessed_tariff: Tariff | None = None
    assessed_quantity: int | None = None
    assessed_unit_price_rial: int | None = None
    recode_reason: str | None = None
    cut_reason: str | None = None
    is_rejected: bool = False
    reject_reason: str | None = None
    assessor_note: str = ""
    deductions: tuple[Deduction, ...] = ()
    cites: tuple[Cite, ...] = ()

    @property
    def cost_rial(self) -> int:
        """C: quantity × unit price as requested."""
        return self.quantity * self.unit_price_rial


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMeasures:
    """What was measured of an image (``evidence.quality`` defines the units); sides in pixels."""

    width: int
    height: int
    brightness: int
    contrast: int
    sharpness: int
    colour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarImage:
    """Another image that looks like one of the claim's, and what was decided about the two.

    ``pair`` is the pair's id; ``distance`` of 256 bits; ``changes`` are the codes of what was done
    to one of them (``evidence.similar``). ``is_later``: this claim's image came second. The number
    of a claim or a plan and ``image`` in it say where the other one is; all None where its insurer
    is another one.
    """

    pair: int
    distance: int
    changes: tuple[str, ...]
    is_later: bool
    is_same_patient: bool
    sent_on: date
    decision: str | None = None
    claim_number: str | None = None
    plan_number: str | None = None
    image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTreatment:
    """An approved treatment of the patient in an ended claim, in whichever centre.

    Of another insurer's claim only day, code and place are known: ``group``, ``title``, ``centre``,
    ``claim_number`` are None and ``images`` (numbers in that claim) is empty.
    """

    on: date
    code: str
    tooth: int | None
    jaw: str | None
    surfaces: str = ""
    group: str | None = None
    title: str | None = None
    centre: str | None = None
    claim_number: str | None = None
    images: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One attached image; ``number`` counts within the claim; ``lines`` are line numbers."""

    number: int
    kind: EvidenceKind
    phase: Phase = Phase.NONE
    teeth: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    taken_on: date | None = None
    round_added: int = 1
    is_damaged: bool = False
    measures: ImageMeasures | None = None
    similar: tuple[SimilarImage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """The referral letter of the claim; ``reissue_of_expired`` is B13.

    ``first_recorded_on``: the day on which the first service under this referral was recorded, if
    another case did so earlier than this one; from then on it no longer expires.
    """

    number: str
    issued_on: date
    expires_on: date
    cover_code: str
    reserved_left_rial: int = 0
    reissue_of_expired: bool = False
    first_recorded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The contract's cover of the claim. ``excluded_groups`` are services not covered."""

    code: str
    title: str
    franchise_basis: int
    is_covered: bool = True
    ceiling_rial: int | None = None
    is_family: bool = False
    excluded_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReferral:
    """A referral of the same person and cover that is still open at a centre (B19)."""

    number: str
    issued_on: date
    centre_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim, complete, as at one instant.

    ``available_rial``: what the ceiling account can still pay for this claim, its own reservation
    included; None: unlimited. ``decided`` maps a finding's key to what the assessor did with it.
    ``commission`` None: nobody asked it, for no line is of a kind that it decides about, or the
    round was frozen before approvals were part of it.
    """

    claim_id: int
    number: str
    kind: ClaimKind
    round: int
    case_on: date
    registered_on: date
    birth_on: date
    joined_on: date
    left_on: date | None
    contract_start_on: date
    contract_end_on: date
    cover: Cover
    lines: tuple[Line, ...]
    referral: Referral | None = None
    evidence: tuple[Evidence, ...] = ()
    open_referrals: tuple[OpenReferral, ...] = ()
    available_rial: int | None = None
    dentist_speciality: str = ""
    has_prescription: bool = False
    decided: tuple[tuple[str, FindingState], ...] = field(default=())
    commission: Commission | None = None
    history: tuple[EarlierTreatment, ...] = ()
