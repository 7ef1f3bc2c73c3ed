"""Every way to a first decision is closed to who assesses the case a second time, and opens after.

A way is a function that says whether it tells the decision of a case; a refusal tells nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import BATCH
from tests.services.office import CLEAN, DIRECT, Office, refused
from tests.services.registered_world import PRINCIPAL
from tests.services.test_second_assessment import drawn, hand_in, place, take
from workbench.db.models import Claim
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.changes import PriceItem
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.batches import finance
from workbench.services.batches.form8 import form8_pdf
from workbench.services.batches.listing import BatchFilters, read_batches
from workbench.services.batches.spreadsheets import batch_xlsx
from workbench.services.batches.view import note_case_opened, read_batch, read_case_lines
from workbench.services.catalogue.what_if import try_change
from workbench.services.ceiling.export import ceiling_xlsx
from workbench.services.ceiling.view import read_ceiling
from workbench.services.claims import reading, taking
from workbench.services.desk.queue import read_queue
from workbench.services.desk.queue_filter import QueueFilter
from workbench.services.desk.search import search
from workbench.services.figures.deductions import read_deducted_cases
from workbench.services.figures.throughput import Wanted
from workbench.services.rechecks.rechecks import read_recheck_desk
from workbench.services.referrals.pdf import letter_pdf
from workbench.services.referrals.view import read_letter
from workbench.services.teeth.history import read_tooth_history
from workbench.services.teeth.search import find_teeth
from workbench.services.trail import TrailFilter, read_trail

Way = Callable[[Office, Actor, Claim], object]


def period(office: Office) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=10), last_on=today)


def written(office: Office, service: Callable[..., object], *given: object) -> object:
    return office.database.in_tx(lambda s: service(s, *given, now=office.now))


def read(office: Office, service: Callable[..., object], *given: object, **named: object) -> object:
    with office.database.reading() as session:
        return service(session, *given, **named)


def batch_in_list(office: Office, actor: Actor, _claim: Claim) -> bool:
    with office.database.reading() as session:
        (row,) = read_batches(session, actor, BatchFilters(number=BATCH)).rows
    assert row.cost_rial
    return row.payable_rial is not None


def batch(office: Office, actor: Actor, _claim: Claim) -> bool:
    with office.database.reading() as session:
        view = read_batch(session, actor, BATCH)
    return view.settled is not None or any(case.money for case in view.cases)


def teeth(office: Office, actor: Actor, claim: Claim) -> bool:
    """Beside that of the direct case, which he may see."""
    with office.database.reading() as session:
        found = read_tooth_history(session, actor, claim.person_id, centre_id=None)
    return len(found.treatments) == 2


def tooth_search(office: Office, actor: Actor, claim: Claim) -> bool:
    found = office.database.in_tx(lambda s: find_teeth(s, actor, PRINCIPAL, "", now=office.now))
    assert found is not None
    is_found = claim.number in {each.claim_number for each in found.found}
    assert is_found == (len(found.history.treatments) == 2)
    return is_found


def form8(office: Office, actor: Actor, _claim: Claim) -> object:
    return written(office, form8_pdf, actor, BATCH)


def spreadsheet(office: Office, actor: Actor, _claim: Claim) -> object:
    return written(office, batch_xlsx, actor, BATCH)


def letter(office: Office, actor: Actor, claim: Claim) -> object:
    return read(office, read_letter, actor, claim.insurer_id, claim.referral_id, now=office.now)


def printed_letter(office: Office, actor: Actor, claim: Claim) -> object:
    return written(office, letter_pdf, actor, claim.insurer_id, claim.referral_id)


def deducted(office: Office, actor: Actor, claim: Claim) -> bool:
    with office.database.reading() as session:
        rows = read_deducted_cases(session, actor, period(office), "reason", "D01", now=office.now)
    return claim.number in {row.number for row in rows}


def tried(office: Office, actor: Actor, claim: Claim) -> bool:
    cheaper = PriceItem(tariff_set="default", code="125", amount_rial=5_000_000)
    found = try_change(office.database, actor, [cheaper], period(office), now=office.now, workers=0)
    assert found.sums.changed_cases
    return claim.number in {row.number for row in found.sums.rows}


def listed(office: Office, actor: Actor, claim: Claim) -> bool:
    with office.database.reading() as session:
        rows = read_queue(session, actor, QueueFilter(state="finished"), now=office.now).rows
    (row,) = [row for row in rows if row.number == claim.number]
    return row.payable_rial is not None


def searched(office: Office, actor: Actor, claim: Claim) -> bool:
    (row,) = office.database.in_tx(lambda s: search(s, actor, claim.number, now=office.now)).claims
    return row.payable_rial is not None


def trail(office: Office, actor: Actor, claim: Claim) -> bool:
    chosen = TrailFilter(number=claim.number)
    with office.database.reading() as session:
        page = read_trail(session, actor, chosen)
    stream = f"claim:{claim.insurer_id}-{claim.id}"
    events = [row for row in page.entries if row.stream == stream]
    assert events
    return any(row.facts for row in events)


def direct(office: Office, actor: Actor, claim: Claim) -> bool:
    with office.database.reading() as session:
        rows = finance.finished_direct_claims(session, actor).rows
    return claim.number in {row.number for row in rows}


WAYS: dict[str, Way] = {
    "case": lambda o, a, c: read(o, reading.read_case, a, c.insurer_id, c.id, now=o.now),
    "lines of the case": lambda o, a, c: read(o, read_case_lines, a, BATCH, c.number),
    "account": lambda o, a, c: read(o, read_ceiling, a, c.insurer_id, c.account_id, now=o.now),
    "ledger": lambda o, a, c: written(o, ceiling_xlsx, a, c.insurer_id, c.account_id),
    "batch list": batch_in_list,
    "batch": batch,
    "form 8": form8,
    "batch as a spreadsheet": spreadsheet,
    "teeth": teeth,
    "tooth search": tooth_search,
    "letter": letter,
    "printed letter": printed_letter,
    "cases behind a deduction": deducted,
    "what-if": tried,
    "queue": listed,
    "search": searched,
    "trail": trail,
    "direct claims": direct,
}


@pytest.fixture
def decided(office: Office) -> Office:
    """A case of a batch and a direct one are decided with a deduction, and drawn."""
    for number in (CLEAN, DIRECT):
        office.take(number)
        office.decide_all(number)
        office.deduct(number, 100_000)
        office.finish(number)
    assert drawn(office).drawn == 2
    return office


@pytest.fixture
def second(decided: Office) -> Actor:
    """The second assessor, who has every other role as well."""
    return replace(decided.colleague, roles=frozenset(Role))


def tells(office: Office, way: Way, actor: Actor, claim: Claim) -> bool:
    try:
        return bool(way(office, actor, claim))
    except Refused as refusal:
        assert refusal.code in ("recheck_is_blind", "recheck_counts_here")
        return False


@pytest.mark.parametrize("name", WAYS)
def test_a_way_is_closed_to_him_alone_until_his_own_is_in(
    decided: Office, second: Actor, name: str
) -> None:
    claim, way = decided.claim(DIRECT if name == "direct claims" else CLEAN), WAYS[name]
    first = replace(decided.desk.assessor, roles=frozenset(Role))
    take(decided, claim.number)
    assert not tells(decided, way, second, claim)
    assert tells(decided, way, first, claim)
    hand_in(decided, claim.number)
    assert tells(decided, way, second, claim)


def test_an_order_that_pays_the_case_is_left_out_of_the_list(
    decided: Office, second: Actor
) -> None:
    key, today = decided.keys[DIRECT], day_of(decided.now)
    paid = [finance.ClaimKey(insurer_id=key.insurer_id, claim_id=key.claim_id)]
    order = {"number": "12", "ordered_on": today, "now": decided.now}

    def ordered(actor: Actor) -> object:
        return decided.database.in_tx(
            lambda s: finance.order_remittance(s, actor, key.insurer_id, paid, **order)
        )

    def orders(actor: Actor) -> list[str]:
        with decided.database.reading() as session:
            return [row.number for row in finance.read_remittances(session, actor)]

    take(decided, DIRECT)
    refused("recheck_is_blind", lambda: ordered(second))
    ordered(decided.desk.finance)
    assert (orders(second), orders(decided.desk.finance)) == ([], ["12"])
    hand_in(decided, DIRECT)
    assert orders(second) == ["12"]


LOOKS: dict[str, Callable[[Office, Actor], object]] = {
    "the case": lambda o, a: o.call(taking.open_case, a, CLEAN),
    "its lines": lambda o, a: written(o, note_case_opened, a, BATCH, CLEAN),
}


@pytest.mark.parametrize("name", LOOKS)
def test_who_has_looked_at_it_cannot_take_it(decided: Office, second: Actor, name: str) -> None:
    LOOKS[name](decided, second)
    refused("recheck_known", lambda: take(decided, CLEAN, second))
    with decided.database.reading() as session:
        waiting = read_recheck_desk(session, second).waiting
    assert [row.place for row in waiting] == [place(decided, DIRECT)]
