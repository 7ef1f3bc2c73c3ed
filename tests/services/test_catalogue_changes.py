"""A change is proposed by one and published by another: prices, coefficients, rows of the rules."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from test_plan_races import another, at_once  # noqa: F401

from tests.services.changing import changed, item_of, proposed, published
from tests.services.office import CLEAN, Office, refused
from workbench.db.models import (
    AuditEvent,
    CatalogueChange,
    Centre,
    CentreCoefficient,
    RuleTable,
    Service,
    Tariff,
)
from workbench.db.rule_parameters import parameters_of
from workbench.rules.changes import CoefficientItem, PriceItem, RuleItem
from workbench.rules.parameters import in_force, load_parameters
from workbench.rules.workflow import Role
from workbench.services.access import PERMISSIONS
from workbench.services.catalogue import changes as catalogue_changes
from workbench.services.catalogue.catalogue import add_tariff

FROM = date(2026, 5, 22)
PRICE = PriceItem(tariff_set="default", code="125", amount_rial=9_000_000)
MONTHS = RuleItem(
    table="approval_months", row={"value": 9, "source": "illustrative"}, replaces=None
)


def _count(office: Office, model) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _propose(office: Office, *items, actor=None, **given) -> int:
    who = actor or office.desk.admin
    return proposed(office.database, who, office.now, *items, from_on=FROM, **given)


def _publish(office: Office, change_id: int, version: int = 1, actor=None):
    who = actor or office.desk.manager
    return published(office.database, who, office.now, change_id, version)


def _change(office: Office, change_id: int, actor=None) -> catalogue_changes.Change:
    with office.database.reading() as session:
        return catalogue_changes.read_change(session, actor or office.desk.admin, change_id)


def _call(office: Office, service, actor, change_id: int, **given):
    given = {"version": 1, "now": office.now} | given
    return office.database.in_tx(lambda s: service(s, actor, change_id, **given))


def _centre(office: Office) -> str:
    with office.database.reading() as session:
        return session.scalars(select(Centre.code).order_by(Centre.id)).first()


def _interval(office: Office, months: int) -> RuleItem:
    with office.database.reading() as session:
        rows = parameters_of(session).retreatment_intervals
    place = next(
        place
        for place, row in enumerate(rows)
        if "filling" in row.groups and row.valid_until is None
    )
    return item_of("retreatment_intervals", replace(rows[place], months=months), place)


def test_a_proposal_changes_nothing_yet(office: Office) -> None:
    before = {model: _count(office, model) for model in (Tariff, CentreCoefficient, RuleTable)}
    coefficient = CoefficientItem(centre=_centre(office), tariff_set="default", basis=12_000)
    change_id = _propose(office, PRICE, coefficient, _interval(office, 36))
    assert {model: _count(office, model) for model in before} == before
    change = _change(office, change_id)
    assert (change.state, change.version, change.item_count) == ("draft", 1, 3)
    assert change.items[0] == PRICE and change.items[1] == coefficient
    assert change.is_own and not change.may_publish
    assert _change(office, change_id, office.desk.manager).may_publish


def test_a_published_change_holds_from_its_day(office: Office) -> None:
    coefficient = CoefficientItem(centre=_centre(office), tariff_set="default", basis=12_000)
    open_count = changed(
        office.database, office.desk, office.now, PRICE, coefficient, MONTHS, from_on=FROM
    ).open_cases
    with office.database.reading() as session:
        price = session.scalars(
            select(Tariff).where(Tariff.code == "125", Tariff.valid_from == FROM)
        ).one()
        basis = session.scalars(
            select(CentreCoefficient).where(CentreCoefficient.valid_from == FROM)
        ).one()
        months = parameters_of(session).approval_months
    assert (price.amount_rial, price.is_contracted, price.level) == (9_000_000, True, "general")
    assert basis.basis == 12_000
    assert in_force(months, FROM).value == 9
    assert in_force(months, FROM - timedelta(days=1)).value == 6
    assert open_count > 0


def test_each_step_is_on_the_record_without_the_reason(office: Office) -> None:
    change_id = _propose(office, PRICE)
    given = {"reason": "نرخ تازه", "from_on": FROM, "items": [PRICE, MONTHS]}
    assert _call(office, catalogue_changes.amend, office.desk.admin, change_id, **given) == 2
    _publish(office, change_id, 2)
    other = _propose(office, PRICE, actor=office.desk.lead, reason="دیگر")
    _call(office, catalogue_changes.withdraw, office.desk.lead, other)
    with office.database.reading() as session:
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.action.like("catalogue.%")).order_by(AuditEvent.id)
        ).all()
    desk = office.desk
    assert [(event.action, event.actor_id) for event in events] == [
        ("catalogue.propose", desk.admin.user_id),
        ("catalogue.amend", desk.admin.user_id),
        ("catalogue.publish", desk.manager.user_id),
        ("catalogue.propose", desk.lead.user_id),
        ("catalogue.withdraw", desk.lead.user_id),
    ]
    assert "نرخ" not in str([event.facts for event in events])


def test_nobody_publishes_what_he_proposed(office: Office) -> None:
    for proposer in (office.desk.admin, office.desk.manager):
        change_id = _propose(office, PRICE, actor=proposer)
        refused("change_own", lambda i=change_id, p=proposer: _publish(office, i, actor=p))
        assert _change(office, change_id).state == "draft"


def test_the_table_itself_knows_that_it_takes_two(office: Office) -> None:
    change_id = _propose(office, PRICE)
    alone = {
        "state": "published",
        "published_at": office.now,
        "published_by_id": office.desk.admin.user_id,
    }
    statement = update(CatalogueChange).where(CatalogueChange.id == change_id).values(**alone)
    with pytest.raises(Exception, match="by_two"):
        office.database.in_tx(lambda s: s.execute(statement))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_do_what(office: Office, role: Role) -> None:
    actor = office.desk.everyone()[role]
    change_id = _propose(office, PRICE)
    for action, call in {
        "catalogue.propose": lambda: _propose(office, MONTHS, actor=actor),
        "catalogue.read": lambda: _change(office, change_id, actor),
        "catalogue.publish": lambda: _publish(office, change_id, actor=actor),
    }.items():
        if role not in PERMISSIONS[action]:
            refused("not_permitted", call)
        elif action != "catalogue.publish" or role is not Role.ADMIN:
            call()


def test_twice_amended_withdrawn_and_stale_are_refused(office: Office) -> None:
    change_id = _propose(office, PRICE)
    given = {"reason": "نرخ تازه", "from_on": FROM, "items": [MONTHS]}
    amend = lambda actor: _call(office, catalogue_changes.amend, actor, change_id, **given)  # noqa: E731
    refused("change_not_own", lambda: amend(office.desk.manager))
    amend(office.desk.admin)
    refused("change_stale", lambda: amend(office.desk.admin))
    refused("change_stale", lambda: _publish(office, change_id))
    withdraw = catalogue_changes.withdraw
    refused(
        "change_not_own", lambda: _call(office, withdraw, office.desk.lead, change_id, version=2)
    )
    _call(office, withdraw, office.desk.manager, change_id, version=2)
    facts = refused("change_withdrawn", lambda: _publish(office, change_id, 2))
    assert facts["by"] == office.desk.manager.display_name
    refused("change_not_found", lambda: _publish(office, 1))
    refused("change_not_found", lambda: _change(office, 1))


def test_published_twice_is_refused_naming_who_did_it(office: Office) -> None:
    change_id = _propose(office, PRICE, actor=office.desk.lead)
    _publish(office, change_id)
    facts = refused(
        "change_published", lambda: _publish(office, change_id, actor=office.desk.admin)
    )
    assert facts["by"] == office.desk.manager.display_name


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("change_empty", ()),
        ("unknown_service_code", (replace(PRICE, code="999999"),)),
        ("unknown_tariff_set", (replace(PRICE, tariff_set="none"),)),
        ("negative_price", (replace(PRICE, amount_rial=-1),)),
        ("change_item_wrong", (replace(PRICE, amount_rial="9000000"),)),
        ("change_item_wrong", (replace(PRICE, level="master"),)),
        ("price_too_large", (replace(PRICE, amount_rial=10**13),)),
        ("change_twice", (PRICE, replace(PRICE, amount_rial=1))),
        ("change_too_large", (PRICE,) * 2_001),
        ("unknown_centre", (CoefficientItem(centre="X", tariff_set="default", basis=1),)),
        ("change_item_wrong", (RuleItem(table="magic", row={"value": 1}),)),
        ("change_item_wrong", (RuleItem(table="approval_months", row={"worth": 1}),)),
        ("change_item_wrong", (RuleItem(table="approval_months"),)),
        ("rule_number_wrong", (replace(MONTHS, row={"value": 0, "source": "illustrative"}),)),
        ("rule_number_wrong", (replace(MONTHS, row={"value": "9", "source": "illustrative"}),)),
        ("change_item_wrong", (replace(MONTHS, row={"value": 9, "source": "hearsay"}),)),
        ("rule_row_gone", (replace(MONTHS, replaces=0),)),
        ("rule_overlaps", (MONTHS, MONTHS)),
        ("rule_row_gone", (RuleItem(table="approval_needs", replaces=99),)),
        ("rule_row_gone", (RuleItem(table="approval_needs", replaces=-1),)),
        ("change_twice", (RuleItem(table="approval_needs", replaces=0),) * 2),
    ],
)
def test_what_could_not_be_published_is_not_even_proposed(office: Office, code, items) -> None:
    refused(code, lambda: _propose(office, *items))
    assert _count(office, CatalogueChange) == 0


ROWS = load_parameters()


@pytest.mark.parametrize(
    ("table", "row", "code"),
    [
        ("approval_needs", replace(ROWS.approval_needs[0], groups=("scaling",)), None),
        ("approval_needs", ROWS.approval_needs[0], "rule_overlaps"),
        ("approval_needs", replace(ROWS.approval_needs[0], kind="magic"), "rule_approval_unknown"),
        ("approval_needs", replace(ROWS.approval_needs[0], from_units=0), "rule_from_units_wrong"),
        ("pack_items", replace(ROWS.pack_items[2], kinds=("orthodontics",)), None),
        ("pack_items", ROWS.pack_items[0], "rule_overlaps"),
        ("pack_items", replace(ROWS.pack_items[0], name="magic"), "rule_document_unknown"),
        ("pack_items", replace(ROWS.pack_items[0], images=()), "rule_kind_missing"),
        ("class_three_codes", replace(ROWS.class_three_codes[0], value=("125",)), None),
        (
            "class_three_codes",
            replace(ROWS.class_three_codes[0], value=("0",)),
            "rule_code_unknown",
        ),
        ("extraction_groups", replace(ROWS.extraction_groups[0], value=()), "rule_group_unknown"),
        (
            "whole_mouth_kinds",
            replace(ROWS.whole_mouth_kinds[0], value=("x",)),
            "rule_kind_missing",
        ),
        ("quality_limits", replace(ROWS.quality_limits[0], side_least=500), None),
        ("quality_limits", replace(ROWS.quality_limits[0], side_least=-1), "rule_quality_wrong"),
        ("adult_from_years", replace(ROWS.adult_from_years[0], value=12), None),
    ],
)
def test_any_table_of_the_rules_can_be_changed(office: Office, table, row, code) -> None:
    change = lambda: changed(  # noqa: E731
        office.database, office.desk, office.now, item_of(table, row), from_on=FROM
    )
    if code:
        refused(code, change)
        return
    change()
    with office.database.reading() as session:
        rows = getattr(parameters_of(session), table)
    assert rows[-1] == replace(row, valid_from=FROM)
    assert rows[:-1] == getattr(ROWS, table)


def test_several_rows_of_a_table_are_kept_as_one(office: Office) -> None:
    gone = RuleItem(table="approval_needs", replaces=1)
    fewer = item_of("approval_needs", replace(ROWS.approval_needs[2], from_units=2), 2)
    changed(office.database, office.desk, office.now, gone, fewer, from_on=FROM)
    assert _count(office, RuleTable) == 1
    with office.database.reading() as session:
        rows = parameters_of(session).approval_needs
    ends = FROM - timedelta(days=1)
    assert [row.valid_until for row in rows] == [None, ends, ends, None]
    assert rows[3].from_units == 2


def test_a_row_that_another_change_ended_meanwhile_is_refused_at_publishing(office: Office) -> None:
    mine = _propose(office, _interval(office, 36))
    theirs = _propose(office, _interval(office, 48), actor=office.desk.lead)
    _publish(office, theirs)
    refused("rule_row_gone", lambda: _publish(office, mine))
    assert _change(office, mine).state == "draft"
    assert _count(office, RuleTable) == 1


def test_what_became_wrong_meanwhile_is_refused_at_publishing(office: Office) -> None:
    change_id = _propose(office, PRICE, replace(PRICE, code="205"))
    closed = {"valid_from": FROM - timedelta(days=9), "valid_to": FROM + timedelta(days=9)}
    office.database.in_tx(
        lambda s: add_tariff(
            s,
            None,
            tariff_set_code="default",
            code="205",
            amount_rial=1,
            now=office.now,
            **closed,
        )
    )
    before = _count(office, Tariff)
    refused("tariff_overlaps", lambda: _publish(office, change_id))
    assert _count(office, Tariff) == before
    office.database.in_tx(lambda s: s.execute(update(Service).values(code=Service.code + "x")))
    refused("unknown_service_code", lambda: _publish(office, change_id))


def test_a_day_in_the_past_is_allowed_and_said(office: Office) -> None:
    past = date(2025, 3, 21)
    change_id = proposed(office.database, office.desk.admin, office.now, PRICE, from_on=past)
    assert _change(office, change_id).is_retroactive(office.now)
    _publish(office, change_id)
    assert _change(office, change_id).is_retroactive(office.now + timedelta(days=900))
    ahead = _change(office, _propose(office, MONTHS))
    assert not ahead.is_retroactive(office.now)
    assert ahead.is_retroactive(office.now + timedelta(days=900))


def test_a_price_touches_the_open_cases_of_its_group(office: Office) -> None:
    place = office.place(CLEAN)
    fillings = len(office.keys) - 1  # all but the root treatment
    done = changed(office.database, office.desk, office.now, PRICE, from_on=FROM)
    assert done.open_cases == fillings
    assert office.place(CLEAN) == place


def test_two_who_publish_at_once(office: Office, another) -> None:  # noqa: F811
    change_id = _propose(office, PRICE, actor=office.desk.lead)
    held = select(CatalogueChange.id)
    works = [
        lambda actor=actor: published(another(), actor, office.now, change_id).open_cases
        for actor in (office.desk.admin, office.desk.manager)
    ]
    results = at_once(office.database, held, works)
    assert sorted(map(type, results), key=str) == [int, str] and "change_published" in results
    with office.database.reading() as session:
        again = select(func.count()).where(Tariff.code == "125", Tariff.valid_from == FROM)
        assert session.scalar(again) == 1


def test_two_changes_of_one_table_published_at_once_both_stay(office: Office, another) -> None:  # noqa: F811
    crown = item_of("approval_needs", replace(ROWS.approval_needs[0], groups=("scaling",)), None)
    ids = [
        _propose(office, crown, actor=office.desk.lead),
        _propose(office, RuleItem(table="approval_needs", replaces=1), actor=office.desk.lead),
    ]
    works = [
        lambda actor=actor, i=i: published(another(), actor, office.now, i).open_cases
        for actor, i in zip((office.desk.admin, office.desk.manager), ids, strict=True)
    ]
    results = at_once(office.database, select(CatalogueChange.id), works)
    assert [type(result) for result in results] == [int, int], results
    with office.database.reading() as session:
        rows = parameters_of(session).approval_needs
    assert len(rows) == 4 and rows[1].valid_until == FROM - timedelta(days=1)
    assert rows[3].groups == ("scaling",)


def test_drafts_come_first_in_the_list(office: Office) -> None:
    first = _propose(office, PRICE)
    second = _propose(office, MONTHS)
    _publish(office, second)
    with office.database.reading() as session:
        rows = catalogue_changes.list_changes(session, office.desk.auditor)
    assert [(row.id, row.state) for row in rows] == [(first, "draft"), (second, "published")]
    assert rows[1].ended_by == office.desk.manager.display_name
    assert not any(row.may_publish or row.may_withdraw for row in rows)
