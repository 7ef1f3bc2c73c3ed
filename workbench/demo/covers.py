"""The demo's insurers and contracts, and the tariff of 1402 that one contract has kept."""

from dataclasses import dataclass
from datetime import date, timedelta

from workbench.persian.jalali import parts
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET
from workbench.services.ceiling.enrolment import CoverInput

KEPT_TARIFF_SET = "kept-1402"
KEPT_TARIFF_NAME = "تعرفه ۱۴۰۲ (نمونه)"
KEPT_PRICES_RIAL = {"110": 4_650_000, "840": 3_180_000, "905": 385_570}
"""Prices of the contract that kept its tariff, where they differ from the shipped ones of 1402."""

UNPRICED_CODE = "535"
UNPRICED_TITLE = "پست فایبر گلاس"

STARTED_DAYS_AGO = 300
DAYS_LEFT = 200
ENDED_DAYS_AGO = 30

INSURERS = {"golbarg": "بیمه گلبرگ", "sahel": "بیمه ساحل", "didar": "بیمه دیدار"}

SCRIPTED = "golbarg_b"
"""The contract of the cases that are told by hand; nobody else draws on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractPlan:
    """One contract; ``ceiling_rial`` None: unlimited; ``tail`` is its number after the year."""

    key: str
    insurer_code: str
    tail: str
    policyholder: int
    plan: str
    franchise_basis: int
    ceiling_rial: int | None
    is_family: bool = False
    tariff_set: str = DEFAULT_TARIFF_SET
    excluded_groups: tuple[str, ...] = ()
    has_outpatient: bool = False
    is_ended: bool = False
    letter_limit_rial: int | None = None

    def start_on(self, today: date) -> date:
        """The first day."""
        return today - timedelta(days=STARTED_DAYS_AGO)

    def end_on(self, today: date) -> date:
        """The last day."""
        days = -ENDED_DAYS_AGO if self.is_ended else DAYS_LEFT
        return today + timedelta(days=days)

    def number(self, today: date) -> str:
        """The number as contracts have it: the Jalali year of the start comes first."""
        return f"{parts(self.start_on(today))[0]}/{self.tail}"

    def covers(self) -> list[CoverInput]:
        """Dental, and outpatient where the contract has it."""
        covers = [
            CoverInput(
                code="dental",
                title="دندان‌پزشکی",
                franchise_basis=self.franchise_basis,
                ceiling_rial=self.ceiling_rial,
                ceiling_kind="family" if self.is_family else "individual",
                excluded_groups=self.excluded_groups,
            )
        ]
        if self.has_outpatient:
            covers.append(
                CoverInput(
                    code="outpatient",
                    title="درمان سرپایی",
                    franchise_basis=0,
                    ceiling_rial=200_000_000,
                )
            )
        return covers

    def franchise_of(self, cover_code: str) -> int:
        """The franchise of a cover in basis points."""
        return next(c.franchise_basis for c in self.covers() if c.code == cover_code)


CONTRACTS = {
    plan.key: plan
    for plan in (
        ContractPlan(
            key="golbarg_a", insurer_code="golbarg", tail="1/14/9/165", policyholder=1,
            plan="مازاد درمان الف", franchise_basis=1_000, ceiling_rial=600_000_000,
            has_outpatient=True, letter_limit_rial=50_000_000,
        ),
        ContractPlan(
            key=SCRIPTED, insurer_code="golbarg", tail="1/22/4/318", policyholder=0,
            plan="مازاد درمان ب", franchise_basis=1_000, ceiling_rial=100_000_000,
            tariff_set=KEPT_TARIFF_SET, has_outpatient=True,
        ),
        ContractPlan(
            key="sahel_c", insurer_code="sahel", tail="2/31/7/204", policyholder=2,
            plan="طرح خانواده", franchise_basis=2_000, ceiling_rial=1_200_000_000, is_family=True,
        ),
        ContractPlan(
            key="sahel_d", insurer_code="sahel", tail="2/18/2/77", policyholder=3,
            plan="طرح طلایی", franchise_basis=1_000, ceiling_rial=None, has_outpatient=True,
        ),
        ContractPlan(
            key="didar_e", insurer_code="didar", tail="3/40/5/512", policyholder=2,
            plan="طرح پایه", franchise_basis=2_000, ceiling_rial=500_000_000,
            excluded_groups=("orthodontics", "implant"),
        ),
        ContractPlan(
            key="didar_f", insurer_code="didar", tail="3/12/1/96", policyholder=1,
            plan="طرح ویژه", franchise_basis=1_000, ceiling_rial=None, is_ended=True,
        ),
    )
}  # fmt: skip
