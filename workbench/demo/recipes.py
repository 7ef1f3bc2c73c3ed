"""Cases with nothing odd about them: what an assessor finishes in two keystrokes."""

from dataclasses import replace

from workbench.demo.shapes import Approval, Recipe, Work
from workbench.demo.treatments import (
    Part,
    bridge,
    crown,
    filling,
    impacted,
    implant,
    panoramic,
    paper,
    periapicals,
    photograph,
    post,
    radiographs,
    root_canal,
    together,
)
from workbench.rules.facts import ClaimKind, EvidenceKind, Phase

CHILD = (5, 9)
IMPLANTS = ("golbarg_a", "sahel_c", "sahel_d", "didar_f")
OUTPATIENT = ("golbarg_a", "sahel_d")


def recipe_of(name: str, *parts: Part, ages: tuple[int, int] = (18, 65)) -> Recipe:
    """A recipe of these treatments."""
    works, shots = together(*parts)
    return Recipe(name=name, works=works, shots=shots, ages=ages)


def clean_recipes() -> tuple[Recipe, ...]:
    """Everyday cases of centres, in the order in which they are dealt out."""
    return (
        recipe_of("filling_upper", filling(16)),
        recipe_of("root_canal_molar", root_canal(36, 3), radiographs(36, 2)),
        recipe_of("two_fillings", filling(24, "110", "O"), filling(25, "125", "DO")),
        recipe_of("crown", crown(46), radiographs(46)),
        recipe_of("four_canals", root_canal(26, 4), filling(26, "130", "MOD")),
        recipe_of("incisor", root_canal(11, 1), filling(11, "125", "M")),
        recipe_of("scaling", _scaling()),
        recipe_of("child_fillings", filling(75, "205", "MO"), filling(85, "200", "O"), ages=CHILD),
        recipe_of("extraction", ((Work(code="312", tooth=47),), periapicals(47, "extraction"))),
        recipe_of("wisdom_tooth", impacted(38)),
        recipe_of("post_and_crown", post(15), crown(15)),
        recipe_of("child_pulp", _pulp(74), _steel(74), ages=CHILD),
        recipe_of("panoramic", ((Work(code="915"),), (panoramic(phase=Phase.NONE),))),
        recipe_of("premolar", root_canal(45, 2), filling(45, "125", "OD")),
        recipe_of("class_three", filling(22, "125", "D")),
        recipe_of("check_up", ((Work(code="990"), Work(code="910", tooth=16)), ())),
        recipe_of("denture", _denture(), ages=(50, 80)),
        recipe_of("night_guard", _night_guard()),
        recipe_of("sealants", _sealants(), ages=(6, 9)),
        recipe_of("fluoride", ((Work(code="240"),), ()), ages=(4, 11)),
        replace(recipe_of("bridge", bridge(pack_day=-9)), approval=Approval()),
        replace(
            recipe_of("implant", implant(36, pack_day=-9)), contracts=IMPLANTS, approval=Approval()
        ),
    )


def direct_recipes() -> tuple[Recipe, ...]:
    """What members pay themselves and claim back."""
    dental = [
        recipe_of("direct_filling", filling(34)),
        recipe_of("direct_root_canal", root_canal(44, 2)),
        recipe_of("direct_crown", crown(14)),
    ]
    invoice = paper(EvidenceKind.INVOICE)
    directs = [
        replace(recipe, kind=ClaimKind.DIRECT, shots=(*recipe.shots, invoice)) for recipe in dental
    ]
    medical = [("1010", "1020"), ("1015",), ("1030",), ("1040", "1020")]
    return (*directs, *(_outpatient(codes) for codes in medical))


def _outpatient(codes: tuple[str, ...]) -> Recipe:
    return Recipe(
        name="outpatient",
        works=tuple(Work(code=code) for code in codes),
        shots=(paper(EvidenceKind.INVOICE), paper(EvidenceKind.PRESCRIPTION)),
        kind=ClaimKind.DIRECT,
        cover_code="outpatient",
        contracts=OUTPATIENT,
        ages=(2, 80),
    )


def _scaling() -> Part:
    return tuple(Work(code="420", jaw=jaw) for jaw in ("upper", "lower")), ()


def _pulp(tooth: int) -> Part:
    return (Work(code="220", tooth=tooth),), periapicals(tooth, "pulpotomy")


def _steel(tooth: int) -> Part:
    return (Work(code="230", tooth=tooth, day=1),), ()


def _denture() -> Part:
    shots = (photograph(Phase.BEFORE), photograph(Phase.AFTER))
    return (Work(code="540", jaw="upper"),), shots


def _night_guard() -> Part:
    return (Work(code="550", jaw="upper"),), (photograph(Phase.AFTER),)


def _sealants() -> Part:
    return tuple(Work(code="245", tooth=tooth) for tooth in (16, 26, 36, 46)), ()
