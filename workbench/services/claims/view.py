"""Everything the case page shows, read at once: frozen values, no rows, no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from workbench.rules.facts import Case, Cite, FindingState
from workbench.rules.finding import Finding
from workbench.rules.money import CaseMoney


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The insured. ``national_code`` is masked unless it was opened on the record."""

    name: str
    national_code: str
    birth_on: date
    age_years: int
    age_months: int
    relation: str
    principal_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The ceiling account; ``this_rial`` is this claim's part, ``limit_rial`` None: unlimited."""

    limit_rial: int | None
    used_rial: int
    reserved_other_rial: int
    this_rial: int
    free_rial: int | None
    is_family: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round with its result (finished, returned or None) and the sender's explanation."""

    number: int
    opened_at: datetime
    explanation: str
    closed_at: datetime | None
    closed_by: str | None
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRow:
    """A defect of the former round, and whether it was judged remedied."""

    defect_id: int
    round: int
    reason: str
    title: str
    scope: str
    line_number: int | None
    image_number: int | None
    text: str
    is_remedied: bool | None
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An attached image with its pixels, for the viewer."""

    number: int
    kind: str
    phase: str
    teeth: tuple[int, ...]
    lines: tuple[int, ...]
    taken_on: date | None
    round_added: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherImage:
    """An image of another case or a plan that a finding names; ``number`` (from 1,000): viewer's.

    ``image`` is its number in its own case or plan, ``finding`` the key of the finding that names
    it. Of ``claim_id`` and ``plan_number`` one is None. ``pair`` and ``side`` are its address where
    the reader sees it only because it looks like an image he may see.
    """

    number: int
    insurer_id: int
    claim_id: int | None
    claim_number: str | None
    plan_number: str | None
    pair: int | None
    side: str | None
    image: int
    kind: str
    phase: str
    teeth: tuple[int, ...]
    taken_on: date | None
    width: int
    height: int
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An internal note: only for those who may read notes."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Who answered a finding, when and why."""

    state: FindingState
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAnswer:
    """What was said about a pair, by whom, when and why; whether the reader may take it back.

    ``needs_reason``: it is not his own answer in a case of his.
    """

    decision: str
    by: str
    at: datetime
    reason: str
    may_take_back: bool
    needs_reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChoice:
    """A code to re-code to, with its price on the first service day."""

    code: str
    title: str
    price_rial: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChoice:
    """A reason of the catalogue in the language of the reader."""

    code: str
    title: str
    group: str
    needs_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What the re-submission changed on a line: column → (before, after)."""

    number: int
    changes: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerDecision:
    """What was decided about a line in the round that was returned; deductions: (reason, rials).

    ``cites``: the frames it rested on, each with its reason.

    None in a field: it was left as requested.
    """

    assessed_code: str | None
    assessed_quantity: int | None
    assessed_unit_price_rial: int | None
    reject_reason: str | None
    deductions: tuple[tuple[str, int], ...]
    cites: tuple[tuple[str, Cite], ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything was decided other than requested."""
        fields = (
            self.assessed_code,
            self.assessed_quantity,
            self.assessed_unit_price_rial,
            self.reject_reason,
        )
        return bool(self.deductions) or any(value is not None for value in fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One claim as a page shows it; ``is_mine``: the actor holds it and may assess.

    ``pairs``: what was answered about images that look alike, by pair.
    """

    insurer_id: int
    claim_id: int
    number: str
    version: int
    state: str
    kind: str
    insurer: str
    centre: str
    dentist: str
    dentist_number: str
    dentist_speciality: str
    policyholder: str
    contract_number: str
    plan: str
    contract_end_on: date
    batch_number: str | None
    referral_number: str | None
    referral_issued_on: date | None
    referral_last_valid_on: date | None
    referral_amount_rial: int | None
    due_at: datetime | None
    lease_until_at: datetime | None
    holder: str | None
    is_mine: bool
    may_take: bool
    may_reopen: bool
    may_void: bool
    may_read_plan: bool
    park_reason: str | None
    park_until_on: date | None
    patient: Patient
    ceiling: Ceiling
    rounds: tuple[Round, ...]
    defects: tuple[DefectRow, ...]
    changes: tuple[LineChange, ...]
    former: Mapping[int, FormerDecision]
    images: tuple[Image, ...]
    notes: tuple[Note, ...] | None
    case: Case
    findings: tuple[Finding, ...]
    states: Mapping[str, FindingState]
    answers: Mapping[str, Answer]
    money: CaseMoney
    money_with_proposals: CaseMoney
    open_lines: tuple[int, ...]
    has_open_case_finding: bool
    codes: tuple[CodeChoice, ...]
    deduction_reasons: tuple[ReasonChoice, ...]
    defect_reasons: tuple[ReasonChoice, ...]
    reason_titles: Mapping[str, str]
    looked_at: frozenset[int]
    outcomes: Mapping[int, int]
    others: tuple[OtherImage, ...]
    pairs: Mapping[int, PairAnswer]
    person_id: int
    centre_id: int
