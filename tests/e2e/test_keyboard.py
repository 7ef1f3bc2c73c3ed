"""Goals of the case page: a clean case in two actions, one with a deduction in at most four."""

from sqlalchemy import select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Claim, ClaimLine
from workbench.rules.workflow import Role


def test_a_clean_case_takes_two_keys_and_one_with_a_deduction_three(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1")
    actions = []

    def press(key: str) -> None:
        actions.append(key)
        page.keyboard.press(key)
        settle(page)

    page.wait_for_selector(".st-key-b_next button")
    settle(page)
    press("Control+Enter")  # the desk's primary button: next case
    page.wait_for_selector(".st-key-case")
    assert "۹۹۰۰۰۰۰۰۱" in page.inner_text(".st-key-chead")
    page.wait_for_timeout(1200)  # a decision on a case shown for less than a second is refused
    press("Control+Enter")  # finish, the next case opens by itself
    page.locator(".st-key-chead", has_text="۹۹۰۰۰۰۰۰۲").wait_for()
    assert len(actions) == 2
    actions.clear()
    page.wait_for_timeout(1200)
    press("Enter")  # accept the finding: re-code 205 to 125
    press("Control+Enter")
    page.wait_for_selector(".st-key-case", state="detached")
    assert len(actions) <= 3
    with desk.database.reading() as session:
        claims = session.scalars(select(Claim).order_by(Claim.number)).all()
        assert [claim.state for claim in claims] == ["finished", "finished"]
        codes = session.scalars(select(ClaimLine.assessed_code).order_by(ClaimLine.claim_id))
        assert set(codes) == {None, "125"}
