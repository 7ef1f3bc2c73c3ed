"""Who decides, as settings: added, replaced, withdrawn, each with its event."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.services import desk as people
from tests.services import registered_world as world
from tests.services.plan_world import Panel, refused, vote
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, PanelSetting
from workbench.rules.panel import Majority, PanelRule, panel_rule
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.commission.panel_settings import (
    AMOUNT_MAX_RIAL,
    PanelInput,
    PanelSettings,
    change_panel,
    panel_groups,
    read_panel_settings,
    rules_in_force,
    withdraw_panel,
)

CHAIR, ADMIN = world.actor(Role.CHAIR), world.actor(Role.ADMIN)
FIVE = PanelInput(
    groups=("implant",), from_rial=500_000_000, seats=5, quorum=3, majority="more_than_half"
)


def change(database: Database, wanted: PanelInput, now: datetime, actor: Actor = CHAIR) -> Any:
    return database.in_tx(lambda s: change_panel(s, actor, wanted, now=now))


def withdraw(database: Database, wanted: PanelInput, now: datetime, actor: Actor = CHAIR) -> None:
    database.in_tx(lambda s: withdraw_panel(s, actor, wanted.groups, wanted.from_rial, now=now))


def shown(database: Database) -> PanelSettings:
    with database.reading() as session:
        return read_panel_settings(session, ADMIN)


def rules(database: Database) -> list[PanelRule]:
    with database.reading() as session:
        return rules_in_force(session)


def test_without_a_setting_the_default_holds(database: Database) -> None:
    assert shown(database).rules == ()
    assert panel_rule(rules(database), "implant", 10) == PanelRule(seats=3, quorum=2)


def test_a_setting_is_added_replaced_and_withdrawn(database: Database, now: datetime) -> None:
    change(database, FIVE, now)
    change(database, replace(FIVE, quorum=4, majority="all"), now + timedelta(seconds=1))
    [rule] = shown(database).rules
    assert (rule.seats, rule.quorum, rule.majority) == (5, 4, Majority.ALL)
    assert panel_rule(rules(database), "implant", 500_000_000) == rule
    assert panel_rule(rules(database), "implant", 499_999_999) == PanelRule()
    withdraw(database, FIVE, now + timedelta(seconds=2))
    assert shown(database).rules == ()
    with database.reading() as session:
        assert len(session.scalars(select(PanelSetting.id)).all()) == 3


def test_after_a_withdrawal_the_more_general_setting_holds_again(
    database: Database, now: datetime
) -> None:
    """A withdrawn setting is gone: it does not hide the one for all groups behind it."""
    general = PanelInput(groups=(), from_rial=0, seats=7, quorum=4, majority="all")
    own = replace(FIVE, from_rial=0)
    change(database, general, now)
    change(database, own, now)
    assert panel_rule(rules(database), "implant", 1).seats == 5
    withdraw(database, own, now + timedelta(seconds=1))
    assert panel_rule(rules(database), "implant", 1).seats == 7


def test_a_vote_follows_what_is_left_after_a_withdrawal(
    database: Database, panel: Panel, now: datetime
) -> None:
    three = replace(FIVE, from_rial=0)
    change(database, three, now)
    withdraw(database, three, now + timedelta(seconds=1))
    vote(database, panel, panel.members[0], "aa", now)
    assert vote(database, panel, panel.members[1], "aa", now).is_decided


def test_each_change_stands_in_the_trail_and_in_the_history(
    database: Database, now: datetime
) -> None:
    chair = database.in_tx(lambda s: people.user(s, now, "chair-1", Role.CHAIR))
    change(database, FIVE, now, chair)
    withdraw(database, FIVE, now + timedelta(hours=1), chair)
    with database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.stream == "panel").order_by(AuditEvent.sequence)
        ).all()
    assert [event.action for event in events] == ["panel.change", "panel.withdraw"]
    assert events[0].actor_id == chair.user_id
    facts = {name: value for name, value in events[0].facts.items() if name != "row"}
    assert facts == {
        "groups": ["implant"],
        "from_rial": 500_000_000,
        "seats": 5,
        "quorum": 3,
        "majority": "more_than_half",
    }
    last, first = shown(database).history
    assert (last.by, last.at, last.rule) == ("chair-1", now + timedelta(hours=1), None)
    assert first.rule is not None and first.rule.seats == 5


def test_groups_are_one_setting_in_any_order(database: Database, now: datetime) -> None:
    change(database, replace(FIVE, groups=("crown", "bridge")), now)
    change(database, replace(FIVE, groups=("bridge", "crown"), seats=3), now + timedelta(seconds=1))
    assert [rule.seats for rule in rules(database)] == [3]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"groups": ("implant", "filling")}, "panel_group_unknown"),
        ({"from_rial": -1}, "panel_amount_wrong"),
        ({"from_rial": AMOUNT_MAX_RIAL + 1}, "panel_amount_wrong"),
        ({"seats": 0}, "panel_seats_wrong"),
        ({"seats": 10}, "panel_seats_wrong"),
        ({"quorum": 0}, "panel_quorum_wrong"),
        ({"quorum": 6}, "panel_quorum_wrong"),
        ({"majority": "two_thirds"}, "panel_majority_unknown"),
        ({}, "panel_same"),
        ({"groups": ("implant", "crown")}, "panel_overlaps"),
    ],
)
def test_what_is_refused_changes_nothing(
    database: Database, now: datetime, changes: dict[str, Any], code: str
) -> None:
    change(database, FIVE, now)
    before = shown(database)
    assert refused(lambda: change(database, replace(FIVE, **changes), now)).code == code
    assert shown(database) == before


def test_the_same_group_may_have_another_panel_from_another_amount(
    database: Database, now: datetime
) -> None:
    change(database, FIVE, now)
    change(database, replace(FIVE, groups=("implant", "crown"), from_rial=0, seats=3), now)
    assert panel_rule(rules(database), "implant", 500_000_000).seats == 5
    assert panel_rule(rules(database), "crown", 500_000_000).seats == 3


def test_only_what_is_in_force_is_withdrawn(database: Database, now: datetime) -> None:
    assert refused(lambda: withdraw(database, FIVE, now)).code == "panel_not_set"
    change(database, FIVE, now)
    withdraw(database, FIVE, now + timedelta(seconds=1))
    assert refused(lambda: withdraw(database, FIVE, now)).code == "panel_not_set"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.CHAIR}))
def test_only_chair_and_administrator_set_panels(
    database: Database, now: datetime, role: Role
) -> None:
    someone = world.actor(role)

    def read() -> object:
        with database.reading() as session:
            return read_panel_settings(session, someone)

    for work in (
        read,
        lambda: change(database, FIVE, now, someone),
        lambda: withdraw(database, FIVE, now, someone),
    ):
        assert refused(work).code == "not_permitted"


def test_members_are_counted_and_groups_are_those_that_need_an_approval(
    database: Database, panel: Panel
) -> None:
    assert shown(database).member_count == 6
    assert panel_groups() == ("implant", "orthodontics", "crown", "bridge")
