"""A change tried on decided cases: only what the change itself does, to the rial."""

from dataclasses import replace
from datetime import date

import pytest
from case_builder import build_case, load_cases

from workbench.errors import Refused
from workbench.rules.changes import (
    CoefficientItem,
    Item,
    PriceItem,
    RuleItem,
    as_if_always,
    changed_parameters,
    items_from_plain,
    plain_items,
    touched_groups,
)
from workbench.rules.facts import Case, FindingState
from workbench.rules.lines import accept_finding, case_money
from workbench.rules.parameters import Parameters, load_parameters
from workbench.rules.plain import to_plain
from workbench.rules.rulebook import find_all
from workbench.rules.what_if import FlipKind, Place, Trial, Tried, try_on

PRESENT = load_parameters()
HERE = Place(tariff_set="default", centre="c1", is_contracted=True, level="general")
FILLINGS = next(
    place
    for place, each in enumerate(PRESENT.retreatment_intervals)
    if "filling" in each.groups and each.valid_until is None
)
UNIT_RIAL = 6_290_000
CASES = load_cases("findings_*.toml")


def interval(months: int) -> RuleItem:
    """The interval of fillings in place of the one in force."""
    row = to_plain(PRESENT.retreatment_intervals[FILLINGS])
    kept = {name: value for name, value in row.items() if name not in ("valid_from", "valid_until")}
    return RuleItem(
        table="retreatment_intervals", row={**kept, "months": months}, replaces=FILLINGS
    )


def trial(*items: Item) -> Trial:
    """Those items on the shipped parameters."""
    return Trial(present=PRESENT, changed=as_if_always(PRESENT, items), items=items)


def tried(case: Case, *items: Item, place: Place = HERE) -> Tried:
    """What the items would have made of the case."""
    return try_on(case, place, trial(*items))


def filling(earlier_on: str, **line: object) -> Case:
    """A composite filling, with one on the same surface before."""
    return build_case(
        {
            "lines": [{"code": "125", "tooth": 36, "surfaces": "MO", **line}],
            "history": [{"on": earlier_on, "code": "125", "tooth": 36, "surfaces": "MO"}],
        }
    )


def rejected(case: Case) -> Case:
    """The case with its repeated filling rejected as proposed."""
    (found,) = (each for each in find_all(case, PRESENT) if each.code == "treated_before")
    line = accept_finding(case.lines[0], found)
    return replace(case, lines=(line,), decided=((found.key, FindingState.ACCEPTED),))


@pytest.mark.parametrize("given", CASES, ids=lambda each: f"{each['family']}: {each['name']}")
def test_a_change_of_nothing_flips_nothing(given) -> None:
    case = build_case(given.get("given", {}))
    found = tried(case)
    assert found.flips == () and found.by_reason == {}
    assert found.before == found.after == case_money(case)


def test_a_longer_interval_takes_off_what_was_paid() -> None:
    case = filling("1400/09/10")  # two years and four days before
    (flip,) = tried(case, interval(36)).flips
    assert (flip.kind, flip.rules, flip.reasons) == (FlipKind.LESS, ("treated_before",), ("D05",))
    assert (flip.before_rial, flip.after_rial) == (UNIT_RIAL * 9 // 10, 0)
    assert tried(case, interval(36)).by_reason == {"D05": UNIT_RIAL}
    assert tried(case, interval(24)).flips == ()


def test_a_shorter_interval_gives_back_what_was_taken_off_for_it() -> None:
    case = rejected(filling("1401/09/10"))  # a year before
    found = tried(case, interval(6))
    (flip,) = found.flips
    assert (flip.kind, flip.before_rial, flip.after_rial) == (
        FlipKind.MORE,
        0,
        UNIT_RIAL * 9 // 10,
    )
    assert found.by_reason == {"D05": -UNIT_RIAL}


def test_what_was_rejected_for_another_reason_stays_so() -> None:
    case = rejected(filling("1401/09/10"))
    other = replace(case, lines=(replace(case.lines[0], reject_reason="D02"),))
    assert tried(other, interval(6)).flips == ()


def test_a_finding_that_was_overridden_gives_nothing_back() -> None:
    case = filling("1401/09/10")
    overridden = replace(case, decided=(("treated_before@1", FindingState.OVERRIDDEN),))
    assert tried(overridden, interval(6)).flips == ()


def test_a_finding_of_an_unchanged_rule_is_not_the_changes_doing() -> None:
    """It was decided before that rule was there: still no finding of the change."""
    found = tried(filling("1402/09/10"), interval(36))
    assert found.flips == () and found.after == found.before


def price(amount_rial: int, **more: object) -> PriceItem:
    """A price of the composite filling."""
    return PriceItem(tariff_set="default", code="125", amount_rial=amount_rial, **more)


def test_a_lower_price_pays_less_and_only_where_it_holds() -> None:
    case = build_case({"lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}]})
    found = tried(case, price(5_000_000))
    assert found.after.tariff_reject_rial == UNIT_RIAL - 5_000_000
    assert found.after.payable_rial == 4_500_000
    (flip,) = found.flips
    assert (flip.kind, flip.rules, flip.reasons) == (FlipKind.LESS, (), ())
    for other in ({"is_contracted": False}, {"level": "specialist"}):
        assert tried(case, price(5_000_000, **other)).flips == ()
    elsewhere = replace(HERE, tariff_set="other")
    assert tried(case, price(5_000_000), place=elsewhere).flips == ()


def test_what_the_ceiling_takes_anyway_is_not_paid_less() -> None:
    lines = [{"code": "125", "tooth": tooth, "surfaces": "MO"} for tooth in (36, 46)]
    case = build_case({"lines": lines, "available_rial": 4_500_000})
    (first, second) = tried(case, price(5_500_000)).flips
    assert (first.kind, first.before_rial, first.after_rial) == (
        FlipKind.CEILING,
        4_500_000,
        4_500_000,
    )
    assert (second.kind, second.before_rial, second.after_rial) == (FlipKind.CEILING, 0, 0)


def test_what_one_line_leaves_of_the_ceiling_is_paid_for_the_next() -> None:
    lines = [{"code": "125", "tooth": 36, "surfaces": "MO"}, {"code": "601", "jaw": "upper"}]
    found = tried(build_case({"lines": lines, "available_rial": 6_000_000}), price(5_000_000))
    (first, second) = found.flips
    assert (first.kind, second.kind) == (FlipKind.LESS, FlipKind.MORE)
    changes_rial = [each.after_rial - each.before_rial for each in found.flips]
    assert sum(changes_rial) == found.after.payable_rial - found.before.payable_rial == 0


def test_the_price_of_a_specialist_goes_before_the_general_one() -> None:
    case = build_case({"lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}]})
    items = (price(5_000_000, level="specialist"), price(4_000_000))
    found = tried(case, *items, place=replace(HERE, level="specialist"))
    assert found.after.payable_rial == 4_500_000
    assert tried(case, *items).after.payable_rial == 3_600_000


def test_a_higher_price_gives_what_was_over_the_tariff() -> None:
    case = build_case({"lines": [{"code": "125", "tooth": 36, "price": UNIT_RIAL + 1_000_000}]})
    found = tried(case, price(UNIT_RIAL + 400_000))
    assert found.before.tariff_reject_rial - found.after.tariff_reject_rial == 400_000
    assert [each.kind for each in found.flips] == [FlipKind.MORE]


def test_a_deduction_shrinks_to_what_a_lower_price_leaves() -> None:
    typed = {"reason": "D02", "amount_rial": 6_000_000}
    case = build_case(
        {"lines": [{"code": "125", "tooth": 36, "surfaces": "MO", "deductions": [typed]}]}
    )
    found = tried(case, price(5_000_000))
    assert found.after.technical_deduction_rial == 5_000_000
    assert found.after.payable_rial == 0
    assert found.by_reason == {"D02": -1_000_000}


def test_a_coefficient_counts_in_its_centre_alone() -> None:
    case = build_case({"lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}]})
    half = CoefficientItem(centre="c1", tariff_set="default", basis=5_000)
    assert tried(case, half).after.payable_rial == UNIT_RIAL // 2 * 9 // 10
    assert tried(case, replace(half, centre="c2")).flips == ()


def test_a_document_that_is_asked_for_sends_back_and_moves_no_money() -> None:
    need = {
        "name": "during",
        "groups": ["filling"],
        "phases": ["during"],
        "kinds": ["photograph"],
        "defect": "R04",
        "reason": "D19",
        "source": "illustrative",
    }
    case = build_case({"lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}]})
    found = tried(case, RuleItem(table="evidence_needs", row=need))
    assert [each.kind for each in found.flips] == [FlipKind.RETURNED]
    assert found.after == found.before


def test_the_ceiling_is_what_the_case_had() -> None:
    line = {"code": "125", "tooth": 36, "surfaces": "MO", "price": UNIT_RIAL * 2}
    case = build_case({"lines": [line], "available_rial": 1_000_000})
    found = tried(case, price(UNIT_RIAL * 2))
    assert (found.before.payable_rial, found.after.payable_rial) == (1_000_000, 1_000_000)
    assert found.after.ceiling_reject_rial > found.before.ceiling_reject_rial


def test_items_survive_their_plain_form_and_name_the_groups_they_touch() -> None:
    items = (price(1), CoefficientItem(centre="c1", tariff_set="default", basis=1), interval(36))
    assert items_from_plain(plain_items(items)) == items
    assert touched_groups(PRESENT, items) == frozenset(
        PRESENT.retreatment_intervals[FILLINGS].groups
    )
    number = RuleItem(table="adult_from_years", row={"value": 12, "source": "illustrative"})
    assert touched_groups(PRESENT, (number,)) is None
    assert as_if_always(PRESENT, (number,)).adult_from_years[0].value == 12


def test_a_published_row_begins_on_its_day_and_ends_the_former_one_before() -> None:
    from_on = date(2026, 12, 22)
    changed = changed_parameters(PRESENT, (interval(36),), from_on)
    former, new = (changed.retreatment_intervals[FILLINGS], changed.retreatment_intervals[-1])
    assert (former.months, former.valid_until) == (24, date(2026, 12, 21))
    assert (new.months, new.valid_from, new.valid_until) == (36, from_on, None)
    with pytest.raises(Refused, match="rule_row_gone"):
        changed_parameters(changed, (interval(48),), from_on)


def test_a_version_that_had_ended_gives_way_too() -> None:
    """Else the days of the former version would have two intervals."""
    changed: Parameters = changed_parameters(PRESENT, (interval(36),), date(2026, 12, 22))
    again = replace(interval(48), replaces=len(changed.retreatment_intervals) - 1)
    always = as_if_always(changed, (again,)).retreatment_intervals
    assert [each.months for each in always if "filling" in each.groups] == [48]
