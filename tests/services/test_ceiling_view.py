"""A ceiling account as of any instant follows from its entries; its shares and proof are exact."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.builders import Key, finish
from tests.services.office import CLEAN, DIRECT, Office, refused
from workbench.db.models import AuditEvent, CeilingAccount, Claim
from workbench.services.access import Actor
from workbench.services.ceiling.export import ceiling_xlsx
from workbench.services.ceiling.view import PAGE_SIZE, CeilingView, end_of, opened_at, read_ceiling
from workbench.services.claims import taking


def view(office: Office, actor: Actor | None = None, **options: object) -> CeilingView:
    """The family's account as the manager sees it."""
    key = account_of(office)
    with office.database.reading() as session:
        return read_ceiling(
            session, actor or office.desk.manager, *key, **({"now": office.now} | options)
        )


def account_of(office: Office) -> tuple[int, int]:
    with office.database.reading() as session:
        claim = session.get_one(Claim, (office.keys[CLEAN].insurer_id, office.keys[CLEAN].claim_id))
        return claim.insurer_id, claim.account_id


def finished(office: Office, number: str) -> Key:
    key = office.keys[number]
    office.database.in_tx(
        lambda s: taking.take_claim(
            s, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
        )
    )
    finish(office.database, office.desk, key, office.now)
    return key


def test_the_balances_after_the_last_entry_are_those_of_the_account(office: Office) -> None:
    finished(office, CLEAN)
    seen = view(office)
    with office.database.reading() as session:
        account = session.get_one(CeilingAccount, account_of(office))
        balance = (account.limit_rial, account.reserved_rial, account.used_rial)
    assert seen.is_proven and seen.entry_count == seen.counts["all"] == len(seen.points)
    top = seen.entries[0]
    assert (top.limit_rial, top.reserved_rial, top.used_rial) == balance
    standing = seen.standing
    assert (standing.limit_rial, standing.reserved_rial, standing.used_rial) == balance
    assert standing.used_rial > 0
    assert standing.withdrawable_rial == balance[0] - balance[1] - balance[2]


def test_every_entry_follows_from_the_one_before(office: Office) -> None:
    finished(office, CLEAN)
    entries = view(office).entries
    for later, former in zip(entries, entries[1:], strict=False):
        assert later.reserved_rial == former.reserved_rial + later.reserved_change_rial
        assert later.used_rial == former.used_rial + later.used_change_rial
        assert (later.at, later.key) > (former.at, "")


def test_an_earlier_day_counts_nothing_that_came_later(office: Office) -> None:
    finished(office, CLEAN)
    past = view(office, as_of=office.now - timedelta(seconds=1))
    assert not past.is_present and past.standing.used_rial == 0
    assert past.counts["all"] < past.entry_count and past.is_proven
    long_ago = view(office, as_of=office.now - timedelta(days=1_000))
    assert (long_ago.standing.limit_rial, long_ago.entries) == (0, ())
    begun = view(office, as_of=opened_at(past.contract_start_on))
    assert [entry.kind for entry in begun.entries] == ["grant"]
    assert begun.standing.limit_rial == past.standing.limit_rial
    future = view(office, as_of=end_of(office.now.date() + timedelta(days=9)))
    assert future.is_present and future.as_of == office.now


def test_the_shares_add_up_to_the_account(office: Office) -> None:
    finished(office, CLEAN)
    seen = view(office)
    assert [share.relation for share in seen.shares] == ["principal", "son"]
    assert sum(share.used_rial for share in seen.shares) == seen.standing.used_rial
    assert sum(share.reserved_rial for share in seen.shares) == seen.standing.reserved_rial


def test_the_filters_divide_the_entries(office: Office) -> None:
    finished(office, CLEAN)
    groups = ("reserve", "release", "use", "other")
    pages = {group: view(office, group=group) for group in groups}
    counts = pages["use"].counts
    assert {group: len(page.entries) for group, page in pages.items()} == {
        group: counts[group] for group in groups
    }
    assert sum(counts[group] for group in groups) == counts["all"]
    use = pages["use"].entries[0]
    assert (use.kind, use.claim) == ("use", CLEAN)
    # The balances stay those of the whole ledger.
    whole = {entry.key: entry.used_rial for entry in view(office).entries}
    assert whole[use.key] == use.used_rial


def test_pages_follow_by_key(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PAGE_SIZE == 50
    monkeypatch.setattr("workbench.services.ceiling.view.PAGE_SIZE", 2)
    whole, after = [], None
    for _turn in range(20):
        page = view(office, after_key=after)
        whole += [entry.key for entry in page.entries]
        after = page.next_key
        if after is None:
            break
    monkeypatch.undo()
    assert whole == [entry.key for entry in view(office).entries]


def test_every_reserve_names_its_cause(office: Office) -> None:
    reserves = view(office, group="reserve").entries
    assert all(entry.referral or entry.claim for entry in reserves)
    assert DIRECT in {entry.claim for entry in reserves}


def test_a_balance_that_its_entries_do_not_explain_is_seen(office: Office) -> None:
    key = account_of(office)
    office.database.in_tx(
        lambda s: s.execute(
            update(CeilingAccount)
            .where(CeilingAccount.insurer_id == key[0], CeilingAccount.id == key[1])
            .values(used_rial=CeilingAccount.used_rial + 1)
        )
    )
    assert not view(office).is_proven


def test_overdue_letters_count_as_free_though_no_job_has_run(office: Office) -> None:
    from tests.services import registered_world as world
    from workbench.persian.jalali import day_of

    office.database.in_tx(
        lambda s: world.referral(s, office.now, number="700900", issued_on=day_of(office.now),
                                 amount_rial=1_000_000)
    )  # fmt: skip
    before = view(office).standing
    late = view(office, now=office.now + timedelta(days=90)).standing
    assert (before.overdue_rial, late.overdue_rial) == (0, 1_000_000)
    assert late.withdrawable_rial == before.withdrawable_rial + 1_000_000


def test_the_export_holds_every_entry_and_leaves_an_event(office: Office) -> None:
    key = account_of(office)
    content = office.database.in_tx(
        lambda s: ceiling_xlsx(s, office.desk.manager, *key, now=office.now)
    )
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == view(office).entry_count + 1
    assert 'rightToLeft="1"' in sheet
    with office.database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "ceiling.export"))
        assert [event.facts["rows"] for event in events] == [view(office).entry_count]


def test_who_may_not_see_ceilings_is_refused(office: Office) -> None:
    from dataclasses import replace

    refused("not_permitted", lambda: view(office, office.desk.reception))
    key = account_of(office)
    stranger = replace(office.desk.manager, insurer_ids=frozenset({key[0] + 1}))
    refused("unknown_account", lambda: view(office, stranger))
