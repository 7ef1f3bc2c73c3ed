"""The commission's section in the patient column: what it says, and to whom it is a link."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from workbench.i18n import use_language
from workbench.rules.commission import Commission, Plan
from workbench.ui.case_commission import OPEN_PLAN, commission

PLAN = Plan(
    number="0000<12>",
    result="partly_approved",
    decided_on=date(2023, 12, 1),
    valid_until_on=date(2024, 5, 30),
    is_of_centre=True,
    units=(),
)


@pytest.fixture(autouse=True)
def persian():
    use_language("fa")


def shown(*plans: Plan, may_open: bool = False, asked: bool = True) -> str:
    told = Commission(plans=plans) if asked else None
    view: Any = SimpleNamespace(case=SimpleNamespace(commission=told), may_read_plan=may_open)
    return commission(view)


def words(html: str) -> str:
    return re.sub("<[^>]*>", " ", html)


def test_result_decision_and_validity_in_persian():
    said = words(shown(PLAN))
    assert all(part in said for part in ("تایید بخشی", "۱۴۰۲/۰۹/۱۰", "۱۴۰۳/۰۳/۱۰", "&lt;۱۲&gt;"))
    assert "مرکز دیگر" not in said


def test_only_who_may_read_plans_has_the_link():
    assert "data-open" not in shown(PLAN)
    assert f'data-open="{OPEN_PLAN}0000&lt;12&gt;"' in shown(PLAN, may_open=True)


def test_nothing_where_no_plan_is_known():
    assert shown() == shown(asked=False) == ""


def test_a_plan_that_waits_and_one_of_another_centre():
    waiting = Plan(
        number="7", result=None, decided_on=None, valid_until_on=None, is_of_centre=False, units=()
    )
    said = words(shown(waiting))
    assert "در انتظار تصمیم" in said and "مرکز دیگر" in said
    assert "تاریخ تصمیم" not in said
