"""What the scripted cases consist of; their amounts are fixed and follow the tariff of 1402."""

from workbench.demo.shapes import Approval, Copied, Order, Recipe, Shot, Work
from workbench.demo.treatments import (
    ALL_PHASES,
    commission_pack,
    crown,
    filling,
    panoramic,
    paper,
    periapicals,
    photograph,
    photograph_of_plan,
    root_canal,
)
from workbench.rules.facts import ClaimKind, EvidenceKind, Phase

K = EvidenceKind
SHEETS = (paper(K.PLAN_FORM), paper(K.SIGNED_REFERRAL))
BRACES_PRICE_RIAL = 45_977_778
SECOND_LOOK = "پس از بررسی دوباره گرافی"

CLEAN = Recipe(
    name="script_clean",
    works=(Work(code="125", tooth=16, surfaces="MO"), Work(code="905", tooth=16)),
    shots=(*filling(16)[1], paper(K.SIGNED_REFERRAL)),
)

RECODED = Recipe(
    name="script_recoded",
    works=(
        Work(code="205", tooth=63, surfaces="DP"),
        Work(code="830", tooth=46, canals=3, day=2),
        Work(code="840", tooth=46, day=2),
        Work(code="110", tooth=26, surfaces="O", price_rial=4_810_000, day=1),
        Work(code="905", tooth=46, quantity=3),
    ),
    shots=(
        Shot(kind=K.PERIAPICAL, phase=Phase.BEFORE, tooth=46, treatment="root_canal"),
        Shot(kind=K.PERIAPICAL, phase=Phase.BEFORE, tooth=63, treatment="filling"),
        Shot(kind=K.PERIAPICAL, phase=Phase.AFTER, tooth=46, treatment="root_canal", day=2,
             canals=3),
        Shot(kind=K.PERIAPICAL, phase=Phase.AFTER, tooth=63, treatment="filling", day=1),
        Shot(kind=K.PANORAMIC),
        photograph(Phase.BEFORE),
        photograph(Phase.AFTER),
        *SHEETS,
    ),
)  # fmt: skip

ROUND_TWO = Recipe(
    name="script_round_two",
    works=(
        Work(code="830", tooth=36, canals=3),
        Work(code="110", tooth=36, surfaces="O", day=1),
    ),
    shots=(
        *periapicals(36, "root_canal", (Phase.BEFORE, Phase.DURING)),
        paper(K.SIGNED_REFERRAL),
    ),
)
ROUND_TWO_LATER = (
    Shot(kind=K.PERIAPICAL, phase=Phase.AFTER, tooth=36, treatment="root_canal", day=1, canals=3),
)

LARGEST = Recipe(
    name="script_largest",
    works=(
        Work(code="125", tooth=16, surfaces="MO"),
        Work(code="125", tooth=26, surfaces="MO"),
        Work(code="110", tooth=14, surfaces="O"),
        Work(code="130", tooth=36, surfaces="MOD"),
        Work(code="830", tooth=46, canals=3),
        Work(code="840", tooth=46),
        Work(code="510", tooth=46, day=1),
        Work(code="810", tooth=11, canals=1),
        Work(code="125", tooth=11, surfaces="M"),
        Work(code="905", tooth=46, quantity=3),
        Work(code="420", jaw="lower"),
        Work(code="915"),
    ),
    shots=(
        *(shot for tooth in (16, 26, 14, 36) for shot in periapicals(tooth, "filling")),
        *periapicals(46, "root_canal", ALL_PHASES, canals=4),
        *crown(46)[1],
        *periapicals(11, "root_canal"),
        panoramic(phase=Phase.NONE),
        Shot(kind=K.CBCT),
        photograph(Phase.BEFORE),
        photograph(Phase.AFTER),
        Shot(kind=K.BITEWING, phase=Phase.BEFORE, tooth=16, treatment="filling"),
        Shot(kind=K.BITEWING, phase=Phase.AFTER, tooth=16, treatment="filling", day=1),
        *SHEETS,
        paper(K.IDENTITY),
    ),
)

PRICE_CUT_SEED = 403_007
"""Of the pictures of case 990701403 (``scripted.seed_of``)."""
BRACES_SEED = 408_007
"""Of the pictures of case 990701408: a plan for other braces shows its panoramic again."""

REUSED = Recipe(
    name="script_reused",
    works=(Work(code="830", tooth=37, canals=3),),
    shots=(
        *periapicals(37, "root_canal", (Phase.BEFORE,)),
        Shot(kind=K.PERIAPICAL, phase=Phase.AFTER, tooth=37, treatment="root_canal", day=1,
             canals=3, copied=Copied(seed=PRICE_CUT_SEED, tooth=47)),
        paper(K.SIGNED_REFERRAL),
    ),
)  # fmt: skip

RECODED_ALONE = Recipe(
    name="script_recoded_alone",
    works=(Work(code="205", tooth=26, surfaces="MO"),),
    shots=filling(26)[1],
)
OVER_TARIFF = Recipe(
    name="script_over_tariff",
    works=(Work(code="110", tooth=26, surfaces="O", price_rial=4_810_000),),
    shots=filling(26)[1],
)
PRICE_CUT = Recipe(
    name="script_price_cut",
    works=(Work(code="830", tooth=47, canals=3),),
    shots=root_canal(47, 3)[1],
    orders=(Order(what="cut_price", reason="D01", amount_rial=15_000_001, text=SECOND_LOOK),),
)
QUANTITY_CUT = Recipe(
    name="script_quantity_cut",
    works=(Work(code="905", tooth=34, quantity=3),),
    shots=periapicals(34, "none", (Phase.BEFORE,)),
    orders=(Order(what="cut_quantity", reason="D02", quantity=1, text=SECOND_LOOK),),
)
REJECTED = Recipe(
    name="script_rejected",
    works=(Work(code="950", jaw="upper"), Work(code="125", tooth=15, surfaces="MO")),
    shots=filling(15)[1],
)
CAPPED = Recipe(
    name="script_capped",
    works=(Work(code="830", tooth=37, canals=3),),
    shots=root_canal(37, 3)[1],
)
TWO_REASONS = Recipe(
    name="script_two_reasons",
    works=(Work(code="515", tooth=24),),
    shots=crown(24)[1],
    orders=(
        Order(what="deduct", reason="D05", amount_rial=1_234_567, text=SECOND_LOOK),
        Order(what="deduct", reason="D99", amount_rial=100_003, text="هزینه قالب جدا نیست"),
    ),
)
BRACES = Recipe(
    name="script_braces",
    works=(Work(code="720", jaw="upper", price_rial=BRACES_PRICE_RIAL),),
    shots=(
        *commission_pack(-9),
        photograph_of_plan(-9),
        Shot(kind=K.CEPHALOMETRIC, phase=Phase.BEFORE, day=-9),
        photograph(Phase.AFTER),
    ),
    approval=Approval(),
)
TESTS = Recipe(
    name="script_tests",
    works=(Work(code="1020", price_rial=1_850_000),),
    shots=(paper(K.INVOICE), paper(K.PRESCRIPTION)),
    kind=ClaimKind.DIRECT,
    cover_code="outpatient",
)
PAID_BY_MEMBER = Recipe(
    name="script_paid_by_member",
    works=(
        Work(code="130", tooth=16, surfaces="MOD", price_rial=5_398_000),
        Work(code="310", tooth=18, price_rial=2_900_000),
    ),
    shots=(*filling(16)[1], paper(K.INVOICE)),
    kind=ClaimKind.DIRECT,
)
EARLIER_FILLING = Recipe(
    name="script_earlier_filling",
    works=(Work(code="125", tooth=37, surfaces="MO"),),
    shots=(*filling(37)[1], paper(K.INVOICE)),
    kind=ClaimKind.DIRECT,
)
REPEATED_FILLING = Recipe(
    name="script_repeated_filling",
    works=(Work(code="130", tooth=37, surfaces="MOD"),),
    shots=filling(37)[1],
)
