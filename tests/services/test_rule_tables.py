"""Changing the tables of the rules: nothing is edited, refusals, history, what cases then find."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.services.changing import changed, item_of
from tests.services.office import CLEAN, Office, refused
from workbench.db.models import AuditEvent, RuleTable
from workbench.db.rule_parameters import parameters_of
from workbench.rules.changes import RuleItem
from workbench.rules.document import thaw, thaw_findings, thaw_parameters
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import (
    EvidenceNeed,
    Overlap,
    RetreatmentInterval,
    load_parameters,
)
from workbench.rules.rulebook import find_all
from workbench.services.catalogue import rule_tables
from workbench.services.catalogue.changes import Published
from workbench.services.catalogue.rule_checks import INTERVALS, NEEDS
from workbench.services.catalogue.rule_tables import RuleTables

FROM = date(2023, 1, 1)
INTERVAL = RetreatmentInterval(
    groups=("filling",), months=36, scope=Overlap.TOOTH, source="illustrative", valid_from=FROM
)
NEED = EvidenceNeed(
    name="before",
    groups=("filling",),
    phases=(Phase.BEFORE,),
    kinds=(EvidenceKind.PERIAPICAL,),
    defect="R02",
    reason="D99",
    source="illustrative",
    valid_from=FROM,
)


def _place(office: Office, table: str, group: str, name: str = "") -> int:
    with office.database.reading() as session:
        rows = getattr(parameters_of(session), table)
    return next(
        place
        for place, row in enumerate(rows)
        if group in row.groups and row.valid_until is None and getattr(row, "name", "") == name
    )


def _set(office: Office, table: str, row, replaces: int | None = None, **given) -> Published:
    item = item_of(table, row, replaces)
    return changed(office.database, office.desk, office.now, item, from_on=row.valid_from, **given)


def _interval(office: Office, **changes) -> Published:
    place = changes.pop("place", None)
    at = _place(office, INTERVALS, "filling") if place is None else place
    row = replace(INTERVAL, **{k: v for k, v in changes.items() if k != "reason"})
    why = {"reason": changes["reason"]} if "reason" in changes else {}
    return _set(office, INTERVALS, row, at, **why)


def _tables(office: Office) -> RuleTables:
    with office.database.reading() as session:
        return rule_tables.read_rule_tables(session, office.desk.admin)


def test_without_a_change_the_shipped_tables_hold(office: Office) -> None:
    with office.database.reading() as session:
        assert parameters_of(session) is load_parameters()


def test_a_change_ends_the_row_the_day_before_and_adds_one(office: Office) -> None:
    assert _interval(office).open_cases >= 1
    rows = [row for row in _tables(office).rows(INTERVALS) if "filling" in row.groups]
    assert [(row.months, row.valid_from, row.valid_until) for row in rows] == [
        (24, date(1921, 3, 21), FROM - timedelta(days=1)),
        (36, FROM, None),
    ]
    others = len(load_parameters().retreatment_intervals) + 1
    assert len(_tables(office).rows(INTERVALS)) == others


def test_the_change_is_on_the_record_with_who_and_why(office: Office) -> None:
    _interval(office, reason="بخشنامه ۱۲")
    (change,) = _tables(office).history
    assert (change.reason, change.table) == ("بخشنامه ۱۲", INTERVALS)
    assert {row.months for row in change.rows} == {24, 36}
    with office.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.stream == "rules")).one()
    assert (event.action, event.actor_id) == ("rules.change", office.desk.manager.user_id)
    assert "بخشنامه" not in str(event.facts)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("rule_months_wrong", {"months": 0}),
        ("rule_months_wrong", {"months": 601}),
        ("rule_group_unknown", {"groups": ("magic",)}),
        ("rule_group_unknown", {"groups": ()}),
        ("rule_years_wrong", {"until_years": 0}),
        ("rule_day_wrong", {"valid_from": date(1921, 3, 21)}),
        ("change_reason_missing", {"reason": " ‌ab"}),
        ("rule_row_gone", {"place": 99}),
        ("rule_overlaps", {"groups": ("filling", "scaling")}),
    ],
)
def test_an_impossible_interval_is_refused(office: Office, code: str, changes: dict) -> None:
    refused(code, lambda: _interval(office, **changes))
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RuleTable)) == 0


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("rule_kind_missing", {"kinds": ()}),
        ("rule_phase_missing", {"phases": ()}),
        ("rule_defect_unknown", {"defect": "R99"}),
        ("rule_deduction_unknown", {"reason": "D98"}),
        ("rule_units_wrong", {"more_than": -1}),
        ("rule_overlaps", {}),
    ],
)
def test_an_impossible_document_is_refused(office: Office, code: str, changes: dict) -> None:
    refused(code, lambda: _set(office, NEEDS, replace(NEED, **changes)))


def test_the_same_change_twice_is_refused_the_second_time(office: Office) -> None:
    _interval(office)
    refused("rule_day_wrong", lambda: _interval(office))


def test_a_row_can_be_ended(office: Office) -> None:
    place = _place(office, INTERVALS, "filling")
    item = RuleItem(table=INTERVALS, row=None, replaces=place)
    end = lambda: changed(office.database, office.desk, office.now, item, from_on=FROM)  # noqa: E731
    assert end().open_cases >= 1
    assert _tables(office).rows(INTERVALS)[place].valid_until == FROM - timedelta(days=1)
    refused("rule_row_gone", end)


def test_a_changed_document_is_asked_of_open_cases_and_an_ended_case_keeps_its_own(
    office: Office,
) -> None:
    assert "evidence_missing@1:before" not in office.open_keys(CLEAN)
    place = _place(office, NEEDS, "filling", "before")
    _set(office, NEEDS, NEED, place)
    assert "evidence_missing@1:before" in office.open_keys(CLEAN)
    office.finished(CLEAN)
    document = office.round_of(CLEAN, 1).document
    assert document is not None
    found = find_all(thaw(document), thaw_parameters(document))
    assert found == thaw_findings(document)
    assert "evidence_missing@1:before" in {each.key for each in found}
