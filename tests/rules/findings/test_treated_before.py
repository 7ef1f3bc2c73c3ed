"""Treated before: what holds for every day, surface and interval, and what the sentence says."""

from datetime import date, timedelta

import pytest
from case_builder import build_case
from hypothesis import given
from hypothesis import strategies as st

from workbench.i18n import use_language
from workbench.persian.jalali import add_months, format_day
from workbench.rules.findings.history import treated_before
from workbench.rules.parameters import Overlap, load_parameters
from workbench.rules.sentences import sentence
from workbench.rules.teeth import distinct_surfaces

PARAMETERS = load_parameters()
DAYS = st.dates(date(2010, 1, 1), date(2023, 11, 1))
LETTERS = st.text("MDOBL", min_size=1, max_size=5).map(lambda text: "".join(sorted(set(text))))


def found_on(on: date, earlier_on: date, before: str = "MO", now: str = "MO"):
    claim = build_case(
        {
            "lines": [{"code": "125", "tooth": 36, "surfaces": now}],
            "history": [
                {"on": format_day(earlier_on), "code": "125", "tooth": 36, "surfaces": before}
            ],
        },
        format_day(on),
    )
    return list(treated_before(claim, PARAMETERS))


@given(DAYS)
def test_the_last_day_of_the_interval_is_inside_and_the_next_one_is_not(earlier_on):
    last_on = add_months(earlier_on, 24)
    assert [each.facts["ends_on"] for each in found_on(last_on, earlier_on)] == [last_on]
    assert found_on(last_on + timedelta(days=1), earlier_on) == []


@given(DAYS, LETTERS, LETTERS)
def test_there_is_a_finding_exactly_where_a_surface_is_shared(on, before, now):
    shares = bool(distinct_surfaces(before) & distinct_surfaces(now))
    assert bool(found_on(on, on - timedelta(days=30), before, now)) is shares


@given(st.permutations([30, 200, 400]))
def test_the_latest_of_several_is_told_whatever_their_order(days):
    claim = build_case(
        {
            "lines": [{"code": "301", "tooth": 36}],
            "history": [
                {
                    "on": format_day(date(2023, 12, 5) - timedelta(days=each)),
                    "code": "301",
                    "tooth": 36,
                }
                for each in days
            ],
        }
    )
    (finding,) = treated_before(claim, PARAMETERS)
    assert finding.facts["earlier_on"] == date(2023, 12, 5) - timedelta(days=30)


def test_fluoride_is_limited_for_children_only():
    interval = next(each for each in PARAMETERS.retreatment_intervals if "fluoride" in each.groups)
    assert (interval.until_years, interval.months, interval.scope) == (14, 6, Overlap.MOUTH)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "fa",
            "«کامپوزیت یک سطحی»، دندان ۶ پایین چپ (۳۶) در تاریخ ۱۴۰۲/۰۱/۱۴ در درمانگاه نمونه انجام "
            "شده است (پروندهٔ ۹۹۰۶۰۰۰۰۱). فاصلهٔ مجاز ۲۴ ماه است و تا پایان ۱۴۰۴/۰۱/۱۴ دوباره پرداخت "
            "نمی‌شود.",
        ),
        (
            "en",
            "“کامپوزیت یک سطحی”, tooth lower left 6 (36) was done on 1402/01/14 at درمانگاه نمونه "
            "(case 990600001). It is paid once in 24 months, again after 1404/01/14.",
        ),
    ],
)
def test_the_sentence_says_when_where_what_and_until_when(language, wanted):
    use_language(language)
    claim = build_case(
        {
            "lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}],
            "history": [{"on": "1402/01/14", "code": "124", "tooth": 36, "surfaces": "O"}],
        }
    )
    (finding,) = treated_before(claim, PARAMETERS)
    try:
        assert sentence(finding) == wanted
    finally:
        use_language("fa")


def test_of_another_insurer_neither_centre_nor_case_is_said():
    claim = build_case(
        {
            "lines": [{"code": "125", "tooth": 36, "surfaces": "MO"}],
            "history": [{"on": "1402/01/14", "code": "125", "tooth": 36, "is_foreign": True}],
        }
    )
    (finding,) = treated_before(claim, PARAMETERS)
    assert "پروندهٔ بیمه‌گر دیگر" in sentence(finding)
    assert "درمانگاه" not in sentence(finding)
    assert finding.facts["earlier_images"] == ()
