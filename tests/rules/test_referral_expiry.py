"""When a referral letter expires; the cases are in ``tests/cases/expiry.toml``."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.jalali import format_day, month_of, parse_day, parse_instant
from workbench.rules.referral import (
    days_left,
    expires_at,
    is_about_to_expire,
    is_expired,
    last_valid_day,
)

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "expiry.toml").read_text("utf-8"))
LAST_VALID_ON = parse_day("1402/11/13")
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_a_referral_is_valid_for_two_jalali_months(case):
    contract_end = case.get("contract_end")
    contract_end_on = parse_day(contract_end) if contract_end else None
    last_on = last_valid_day(parse_day(case["issued"]), contract_end_on)
    assert format_day(last_on) == case["last_valid"]


@pytest.mark.parametrize("case", CASES["moment"], ids=lambda case: case["name"])
def test_expired_and_about_to_expire_follow_from_now(case):
    now, has_service = parse_instant(case["now"]), case.get("service", False)
    assert is_expired(LAST_VALID_ON, now, has_service=has_service) is case["expired"]
    assert is_about_to_expire(LAST_VALID_ON, now, has_service=has_service) is case["about_to"]


def test_a_referral_ends_at_midnight_in_tehran_not_in_utc():
    assert expires_at(date(2024, 2, 2)) == datetime(2024, 2, 2, 20, 30, tzinfo=UTC)


def test_days_left_are_counted_in_tehran():
    assert days_left(date(2024, 2, 2), datetime(2024, 2, 1, 20, 29, tzinfo=UTC)) == 1
    assert days_left(date(2024, 2, 2), datetime(2024, 2, 1, 20, 30, tzinfo=UTC)) == 0
    assert days_left(date(2024, 2, 2), datetime(2024, 2, 3, 12, 0, tzinfo=UTC)) == -1


def test_the_validity_and_the_warning_are_settings():
    assert last_valid_day(parse_day("1402/09/13"), months=1) == parse_day("1402/10/13")
    now = parse_instant("1402/11/01 12:00")
    assert not is_about_to_expire(LAST_VALID_ON, now)
    assert is_about_to_expire(LAST_VALID_ON, now, within_days=12)


@given(DAYS)
def test_the_last_day_lies_in_the_second_month_after(issued_on):
    (year, month), (last_year, last_month) = (
        month_of(issued_on),
        month_of(last_valid_day(issued_on)),
    )
    assert last_year * 12 + last_month == year * 12 + month + 2


@given(DAYS, DAYS)
def test_a_later_issue_is_never_valid_for_less_long(one, other):
    assert last_valid_day(min(one, other)) <= last_valid_day(max(one, other))
