"""A change tried on what was decided: sums against plain counts, history beyond the interval."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.services.office import CLEAN, DIRECT, ROOT, TWO_LINES, Office, refused
from tests.services.registered_world import SERVICE_ON, actor
from workbench.db.models import Claim, ClaimLine
from workbench.persian.jalali import day_of
from workbench.rules.changes import Item, PriceItem, RuleItem
from workbench.rules.money import round10
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import to_plain
from workbench.rules.what_if import FlipKind
from workbench.rules.workflow import Role
from workbench.services.catalogue.what_if import WhatIf, try_change
from workbench.services.figures.throughput import Wanted

MANAGER = actor(Role.MANAGER)
PRICE_RIAL = 5_000_000
CHEAPER = PriceItem(tariff_set="default", code="125", amount_rial=PRICE_RIAL)
TABLE = load_parameters().retreatment_intervals
PLACE = next(n for n, each in enumerate(TABLE) if "filling" in each.groups)


def interval(months: int) -> RuleItem:
    """The fillings' interval in place of the shipped one of 24 months."""
    row = {
        name: value
        for name, value in to_plain(TABLE[PLACE]).items()
        if name not in ("valid_from", "valid_until")
    }
    return RuleItem(table="retreatment_intervals", row={**row, "months": months}, replaces=PLACE)


def found(office: Office, *items: Item, who=MANAGER, days: int = 10, workers: int = 0) -> WhatIf:
    """What the items would have made of what was decided lately."""
    today = day_of(office.now)
    wanted = Wanted(first_on=today - timedelta(days=days), last_on=today)
    return try_change(office.database, who, items, wanted, now=office.now, workers=workers)


@pytest.fixture
def decided(office: Office) -> Office:
    """Three cases finished, one of them reopened since."""
    for number in (CLEAN, TWO_LINES, ROOT):
        office.finished(number)
    office.reopen(ROOT)
    return office


@pytest.mark.parametrize("workers", [0, 2])
def test_a_cheaper_filling_to_the_rial(decided: Office, workers: int) -> None:
    what_if = found(decided, CHEAPER, workers=workers)
    sums = what_if.sums
    with decided.database.reading() as session:
        standing = Claim.state == "finished"
        cases, payable = session.execute(
            select(func.count(), func.sum(Claim.payable_rial)).where(standing)
        ).one()
        lines = session.execute(
            select(ClaimLine.cost_rial, ClaimLine.tariff_reject_rial)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(standing, ClaimLine.code == "125")
        ).all()
    assert (sums.cases, sums.before["payable_rial"], sums.unreadable) == (cases, int(payable), 0)
    assert sums.before["cost_rial"] == sums.after["cost_rial"]
    more_rial = sum(row.cost_rial - row.tariff_reject_rial - PRICE_RIAL for row in lines)
    assert len(lines) == 2 and more_rial > 0
    rejected = "tariff_reject_rial"
    assert sums.after[rejected] - sums.before[rejected] == more_rial
    assert abs(what_if.difference_rial + round10(more_rial * 9 // 10)) <= 10
    assert dict(sums.by_kind) == {FlipKind.LESS: 2}
    assert (sums.changed_cases, len(sums.persons), len(sums.centres)) == (2, 1, 1)
    assert {row.number for row in sums.rows} == {CLEAN, TWO_LINES}
    assert sum(row.difference_rial for row in sums.rows) == what_if.difference_rial
    assert sum(sums.by_centre.values()) == what_if.difference_rial
    assert {row.code for row in sums.rows} == {"125"}


def test_nothing_is_written(decided: Office) -> None:
    def rows() -> list[object]:
        with decided.database.reading() as session:
            return [
                (claim.payable_rial, claim.version)
                for claim in session.scalars(select(Claim).order_by(Claim.id))
            ]

    before = rows()
    found(decided, CHEAPER)
    assert rows() == before


def test_a_longer_interval_sees_treatments_that_the_document_does_not_hold(
    office: Office,
) -> None:
    office.finished(CLEAN)
    earlier_on = SERVICE_ON.replace(year=SERVICE_ON.year - 2) - timedelta(days=100)
    of_clean = ClaimLine.claim_id == office.keys[CLEAN].claim_id
    office.database.in_tx(
        lambda s: s.execute(update(ClaimLine).where(of_clean).values(service_on=earlier_on))
    )
    office.finished(DIRECT)
    assert office.round_of(DIRECT, 1).document["case"]["history"] == []
    what_if = found(office, interval(36))
    (row,) = what_if.sums.rows
    assert (row.number, row.kind, row.reasons, row.after_rial) == (
        DIRECT,
        FlipKind.LESS,
        ("D05",),
        0,
    )
    assert row.gap_months == 27 and dict(what_if.sums.gaps_months) == {27: 1}
    assert what_if.difference_rial == -row.before_rial
    assert found(office, interval(25)).flips == 0


def test_what_was_decided_later_was_not_known(office: Office) -> None:
    office.finished(DIRECT)
    later = replace(office, now=office.now + timedelta(hours=3))
    later.finished(CLEAN)
    earlier_on = SERVICE_ON.replace(year=SERVICE_ON.year - 2) - timedelta(days=100)
    of_clean = ClaimLine.claim_id == office.keys[CLEAN].claim_id
    office.database.in_tx(
        lambda s: s.execute(update(ClaimLine).where(of_clean).values(service_on=earlier_on))
    )
    assert found(later, interval(36)).flips == 0


def test_an_empty_period_divides_nothing(office: Office) -> None:
    what_if = found(office, CHEAPER)
    assert (what_if.sums.cases, what_if.flips, what_if.difference_rial) == (0, 0, 0)


def test_only_the_insurers_of_the_actor_count(decided: Office) -> None:
    elsewhere = replace(MANAGER, insurer_ids=frozenset({12}))
    assert found(decided, CHEAPER, who=elsewhere).sums.cases == 0


def test_what_is_refused(office: Office) -> None:
    refused("not_permitted", lambda: found(office, CHEAPER, who=actor(Role.ASSESSOR)))
    refused("change_empty", lambda: found(office))
    need = RuleItem(table="approval_needs", replaces=0)
    refused("change_untriable", lambda: found(office, need))
    refused("rule_row_gone", lambda: found(office, replace(interval(36), replaces=999)))
    refused("period_wrong", lambda: found(office, CHEAPER, days=99_999))


def test_a_document_that_cannot_be_read_is_counted_apart(decided: Office) -> None:
    from workbench.db.models import ClaimRound

    of_clean = ClaimRound.claim_id == decided.keys[CLEAN].claim_id
    decided.database.in_tx(
        lambda s: s.execute(update(ClaimRound).where(of_clean).values(document={"a": 1}))
    )
    sums = found(decided, CHEAPER).sums
    assert (sums.unreadable, sums.cases) == (1, 1)
