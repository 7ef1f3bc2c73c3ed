"""Cases with something to decide: one recipe per finding and per deduction reason."""

from collections.abc import Iterator
from dataclasses import replace

from workbench.demo.recipes import OUTPATIENT, recipe_of
from workbench.demo.shapes import Approval, Order, Recipe, Work
from workbench.demo.treatments import (
    Part,
    bridge,
    crown,
    filling,
    impacted,
    panoramic,
    paper,
    periapicals,
    radiographs,
    root_canal,
)
from workbench.rules.facts import ClaimKind, EvidenceKind, Phase

TEEN = (11, 14)
EXCLUDING = ("didar_e",)
ENDED = ("didar_f",)
EXPIRED_DAYS = 200
"""An approval is good for six Jalali months: so many days after it, it is no longer."""

AGAIN = "ادامه درمان پس از صدور دوباره معرفی‌نامه"
OTHER_TEXT = "بخشی از درمان در همین پرونده دوباره شمرده شده است"


def odd_recipes() -> tuple[Recipe, ...]:
    """All of them, in the order in which they are dealt out."""
    return (
        *_coding(),
        *_coverage(),
        *_days(),
        *_bundles(),
        *_evidence(),
        *_approvals(),
        *_typed(),
        *_direct(),
    )


def _coding() -> Iterator[Recipe]:
    yield recipe_of("paediatric_code", filling(65, "205", "DP"), filling(26, "110", "O"), ages=TEEN)
    yield recipe_of(
        "surfaces_below_code",
        _swap(filling(36, "130", "MO"), "filling"),
        radiographs(36),
    )
    yield recipe_of("canals_below_code", _canals(46, "830", 2))
    yield recipe_of("primary_code_on_permanent", _line("220", 46, "pulpotomy"), filling(36))
    yield recipe_of("primary_tooth_late", _line("310", 63, "extraction"), ages=(16, 30))
    yield recipe_of("extra_canal_alone", _during(37), filling(37))
    yield recipe_of("extra_canal_without_film", _four_without_during(26))
    yield recipe_of("four_canal_code", _canals(16, "835", 4), filling(16))
    yield recipe_of("no_tariff", _line("535", 24, "post"), crown(24))
    yield replace(
        recipe_of("tooth_not_named", ((Work(code="125", surfaces="MO"),), ()), filling(45)),
        defects=("R12",),
        orders=(
            Order(what="override", finding="tooth_missing", text="دندان ۴۶ در گرافی معلوم است"),
        ),
    )
    yield replace(
        recipe_of("surfaces_not_named", ((Work(code="125", tooth=25),), ()), radiographs(25)),
        defects=("R12",),
        orders=(Order(what="override", finding="surfaces_missing", text="سطح MO در شرح آمده است"),),
    )


def _coverage() -> Iterator[Recipe]:
    yield replace(recipe_of("not_covered", _implant(46), filling(47)), contracts=EXCLUDING)
    yield replace(
        recipe_of("other_cover", filling(27), ((Work(code="1010"),), ())), contracts=OUTPATIENT
    )
    yield recipe_of("cosmetic", ((Work(code="950", jaw="upper"),), ()), filling(12, "125", "M"))
    yield recipe_of("over_tariff", ((Work(code="110", tooth=26, surfaces="O", price_basis=11_500),),
                                    periapicals(26, "filling")), radiographs(26))  # fmt: skip


def _days() -> Iterator[Recipe]:
    plain = recipe_of("days", filling(35), radiographs(35))
    for name, oddity in (
        ("service_before_referral", "service_before_referral"),
        ("left_the_list", "left_the_list"),
        ("service_after_registration", "late_service"),
        ("case_before_referral", "case_before_referral"),
        ("reissued_referral", "reissued"),
        ("reserve_too_small", "small_reserve"),
    ):
        yield replace(plain, name=name, oddity=oddity)
    yield replace(plain, name="after_contract", oddity="after_contract", contracts=ENDED)


def _bundles() -> Iterator[Recipe]:
    yield recipe_of("visit_with_treatment", ((Work(code="990"),), ()), filling(14))
    yield recipe_of(
        "alveoloplasty",
        ((Work(code="330", jaw="lower"), Work(code="312", tooth=47)), (panoramic(),)),
        ((), periapicals(47, "extraction")),
    )
    yield recipe_of("flap", impacted(48), ((Work(code="410", jaw="lower"),), ()))


def _evidence() -> Iterator[Recipe]:
    yield replace(
        recipe_of("after_missing", _only(root_canal(36, 3), Phase.BEFORE)), defects=("R03",)
    )
    yield replace(
        recipe_of("before_missing", _only(crown(25), Phase.AFTER)),
        defects=("R02",),
        orders=(
            Order(what="deduct", reason="D99", basis=2_000, text=OTHER_TEXT),
            Order(what="override", finding="evidence_missing", text="گرافی قبل در طرح درمان هست"),
        ),
    )
    yield recipe_of("misdated", _misdated(46), radiographs(46))


def _approvals() -> Iterator[Recipe]:
    """Bridges without an approval, beyond it, and with one that does not hold on the day."""
    yield recipe_of("no_approval", bridge())
    planned = recipe_of("planned", bridge(pack_day=-9))
    for name, approval in (
        ("above_approval", Approval(amount_basis=8_500)),
        ("other_tooth", Approval(planned_teeth=((3, 17),))),
        ("rejected_unit", Approval(rejected_lines=(2,))),
        ("late_approval", Approval(decided_day=2)),
    ):
        yield replace(planned, name=name, approval=approval)
    yield replace(
        recipe_of("expired_approval", bridge(note=AGAIN, pack_day=-EXPIRED_DAYS - 5)),
        approval=Approval(decided_day=-EXPIRED_DAYS, is_of_former_letter=True),
        oddity="approved_long_ago",
    )


def _typed() -> Iterator[Recipe]:
    """Reasons that no rule of this stage yields: assessors typed them."""
    base = recipe_of("typed", filling(17), radiographs(17, 3))
    yield _ordered(base, "over_price", Order(what="cut_price", reason="D01", basis=9_000))
    yield _ordered(base, "over_claimed", Order(what="cut_quantity", line=2, reason="D02"))
    for reason, basis in (("D05", 10_000), ("D12", 2_500), ("D15", 5_000), ("D99", 3_000)):
        order = Order(what="deduct", reason=reason, basis=basis, text=OTHER_TEXT)
        yield _ordered(base, f"typed_{reason.lower()}", order)
    yield _ordered(
        recipe_of("wrong_tooth", crown(35)), "wrong_tooth", Order(what="reject", reason="D20")
    )


def _direct() -> Iterator[Recipe]:
    invoice = paper(EvidenceKind.INVOICE)
    works, shots = filling(37)
    yield Recipe(
        name="open_referral",
        works=works,
        shots=(*shots, invoice),
        kind=ClaimKind.DIRECT,
        oddity="open_referral",
        orders=(
            Order(
                what="override",
                finding="open_referral_beside_direct",
                text="مرکز انصراف بیمار را اعلام کرده است",
            ),
        ),
    )


def _ordered(base: Recipe, name: str, *orders: Order) -> Recipe:
    return replace(base, name=name, orders=orders)


def _line(code: str, tooth: int, treatment: str) -> Part:
    return (Work(code=code, tooth=tooth),), periapicals(tooth, treatment)


def _canals(tooth: int, code: str, canals: int) -> Part:
    shots = periapicals(tooth, "root_canal", canals=canals)
    return (Work(code=code, tooth=tooth, canals=canals),), shots


def _swap(part: Part, treatment: str) -> Part:
    works, shots = part
    return works, tuple(replace(shot, treatment=treatment) for shot in shots)


def _during(tooth: int) -> Part:
    return (Work(code="840", tooth=tooth),), periapicals(tooth, "root_canal", (Phase.DURING,))


def _four_without_during(tooth: int) -> Part:
    works, shots = root_canal(tooth, 4)
    return works, tuple(shot for shot in shots if shot.phase is not Phase.DURING)


def _only(part: Part, phase: Phase) -> Part:
    works, shots = part
    return works, tuple(shot for shot in shots if shot.phase is phase)


def _misdated(tooth: int) -> Part:
    """A «before» that was taken after the treatment."""
    works, shots = crown(tooth)
    return works, tuple(
        replace(shot, day=4) if shot.phase is Phase.BEFORE else shot for shot in shots
    )


def _implant(tooth: int) -> Part:
    works = (Work(code="610", tooth=tooth), Work(code="620", tooth=tooth, day=1))
    return works, (panoramic(), *periapicals(tooth, "implant"), paper(EvidenceKind.PLAN_FORM))
