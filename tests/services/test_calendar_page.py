"""The pages of calendar and panel, run without a browser: ask, look, save once, discard."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from tests.services import registered_world as world
from tests.services.calendar_world import copy_plans, events
from tests.services.plan_world import Panel, plan_of
from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import CalendarDay, PanelSetting
from workbench.i18n import DEFAULT_LANGUAGE, use_language
from workbench.pages.admin import calendar_preview
from workbench.persian.jalali import parse_instant
from workbench.rules.workflow import Role
from workbench.ui import page
from workbench.web.identity import TEST_SWITCH, set_test_actor_provider

RUN_SECONDS = 30


def _calendar() -> None:
    from workbench.pages.admin.calendar import calendar_page
    from workbench.ui.page import draw_told

    calendar_page()
    draw_told()


def _panels() -> None:
    from workbench.pages.admin.panels import panels_page
    from workbench.ui.page import draw_told

    panels_page()
    draw_told()


@pytest.fixture
def opened(
    database: Database, panel: Panel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., AppTest]]:
    """A page on the database of the test, at its instant; Persian unless told otherwise."""
    monkeypatch.setenv(TEST_SWITCH, "1")
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(page, "database", lambda: database)
    monkeypatch.setattr(calendar_preview, "database", lambda: database)

    def run(script: Callable[[], None], *, language: str = "en") -> AppTest:
        actor = replace(world.actor(Role.ADMIN), language=language)
        set_test_actor_provider(lambda: actor)
        use_language(language)  # a choice is named by the thread of the test
        return AppTest.from_function(script, default_timeout=RUN_SECONDS).run()

    yield run
    set_test_actor_provider(None)
    use_language(DEFAULT_LANGUAGE)


def html_of(at: AppTest) -> str:
    assert not at.exception
    return "".join(element.proto.body for element in at.get("html"))


def ask_to_close(at: AppTest, day: str = "1404/09/02", why: str = "آلودگی هوا") -> AppTest:
    at.text_input(key="calendar_day").set_value(day)
    at.text_input(key="calendar_title").set_value(why)
    return at.button(key="calendar_ask").click().run()


def test_a_month_is_shown_with_its_kinds_in_words(opened: Callable[..., AppTest]) -> None:
    at = opened(_calendar)
    said = html_of(at)
    assert "Azar 1404" in said
    assert said.count("<tr><td") >= 6 and said.index("Saturday") < said.index("Friday")
    for word in ("working day", "weekend", "holiday", "Martyrdom of Fatima", "today"):
        assert word in said
    assert "Dey 1404" in html_of(at.button(key="calendar_after").click().run())
    assert "هفته" in html_of(opened(_calendar, language="fa"))


def test_a_closure_is_looked_at_saved_once_and_in_the_history(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = ask_to_close(opened(_calendar))
    said = html_of(at)
    assert "1404/09/04 10:00" in said and "1404/09/05 10:00" in said
    assert at.button(key="calendar_save").label == "Save and move 1 deadline"
    assert not at.button(key="calendar_ask").disabled
    at.button(key="calendar_save").click().run()
    assert [toast.value for toast in at.toast] == ["The calendar is changed; deadlines moved: 1."]
    assert plan_of(database).due_at == parse_instant("1404/09/05 10:00")
    said = html_of(at)
    assert "declared closed" in said and "Declared a closure" in said
    assert "calendar_save" not in [button.key for button in at.button]
    assert at.text_input(key="calendar_day").value == ""


def test_what_is_discarded_changes_nothing(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = ask_to_close(opened(_calendar))
    at.button(key="calendar_discard").click().run()
    assert "calendar_save" not in [button.key for button in at.button]
    assert not events(database, "calendar.close")


def test_a_refused_change_is_said_where_it_was_asked(opened: Callable[..., AppTest]) -> None:
    at = ask_to_close(opened(_calendar), why=" ")
    assert "Say why this day is changed" in html_of(at)
    assert "calendar_save" not in [button.key for button in at.button]
    at.button(key="calendar_discard").click().run()
    at = ask_to_close(at, day="no day")
    assert [toast.value[:9] for toast in at.toast] == ["Not a day"]


def test_a_stale_preview_says_the_new_numbers_and_can_then_be_saved(
    opened: Callable[..., AppTest], database: Database, now: datetime
) -> None:
    at = ask_to_close(opened(_calendar))
    database.in_tx(lambda s: copy_plans(s, [now + timedelta(minutes=1)]))
    at.button(key="calendar_save").click().run()
    assert ["now 2 plans and 0 cases would move" in toast.value for toast in at.toast] == [True]
    assert not events(database, "calendar.close")
    assert at.button(key="calendar_save").label == "Save and move 2 deadlines"
    at.button(key="calendar_save").click().run()
    assert len(events(database, "plan.deadline_moved")) == 2


def test_a_correction_is_withdrawn_from_the_list(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = ask_to_close(opened(_calendar))
    at.button(key="calendar_save").click().run()
    at.selectbox(key="calendar_kind").set_value("withdraw").run()
    at.button(key="calendar_ask").click().run()
    at.button(key="calendar_save").click().run()
    assert plan_of(database).due_at == parse_instant("1404/09/04 10:00")
    assert at.button(key="calendar_ask").disabled, "there is nothing left to withdraw"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CalendarDay)) == 2


def test_another_week_names_the_weekdays(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = opened(_calendar)
    at.selectbox(key="calendar_kind").set_value("week").run()
    assert at.multiselect(key="calendar_weekdays").value == [5, 6]
    at.multiselect(key="calendar_weekdays").set_value([6])
    at.text_input(key="calendar_day").set_value("1404/08/01")
    at.button(key="calendar_ask").click().run()
    said = html_of(at)
    assert "these days are off: Friday" in said and "This day has passed" in said
    at.button(key="calendar_save").click().run()
    assert len(events(database, "calendar.week")) == 1
    assert "1400/01/01 to 1404/07/30" in html_of(at)


def test_a_panel_is_set_shown_and_withdrawn(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = opened(_panels)
    assert "default" in html_of(at)
    at.multiselect(key="panels_groups").set_value(["implant"])
    at.text_input(key="panels_amount").set_value("۵۰۰٬۰۰۰٬۰۰۰")
    at.selectbox(key="panels_seats").set_value(5)
    at.selectbox(key="panels_quorum").set_value(4)
    at.button(key="panels_save").click().run()
    said = html_of(at)
    assert "Implant" in said and "500,000,000" in said
    assert at.toast[0].value.startswith("The setting is saved")
    assert at.multiselect(key="panels_groups").value == []
    at.button(key="panels_withdraw").click().run()
    assert "panels_withdraw" not in [button.key for button in at.button]
    assert "withdrawn" in html_of(at)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PanelSetting)) == 2


def test_a_panel_that_cannot_be_is_refused_with_its_sentence(
    opened: Callable[..., AppTest], database: Database
) -> None:
    at = opened(_panels)
    at.selectbox(key="panels_quorum").set_value(4)
    at.button(key="panels_save").click().run()
    assert at.toast[0].value == "A quorum is at least one member and at most all 3."
    at.text_input(key="panels_amount").set_value("-5")
    at.button(key="panels_save").click().run()
    assert "whole number of rials" in at.toast[0].value
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PanelSetting)) == 0


def test_a_quorum_that_nobody_can_reach_is_warned_of(opened: Callable[..., AppTest]) -> None:
    at = opened(_panels)
    assert "cannot be reached" not in html_of(at)
    at.selectbox(key="panels_seats").set_value(9)
    at.selectbox(key="panels_quorum").set_value(7)
    at.button(key="panels_save").click().run()
    assert "A quorum of 7 cannot be reached" in html_of(at)
