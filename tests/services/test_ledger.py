"""The ceiling ledger: each kind of entry with its effect (domain money.md, the ledger)."""

import pytest
from sqlalchemy import update

from tests.services.office import Office, refused
from tests.services.till import Till, open_till
from workbench.db.models import CeilingAccount, CeilingReservation
from workbench.services.ceiling import ledger


@pytest.fixture
def till(office: Office) -> Till:
    """An account of 100 rials with an empty reservation."""
    return open_till(office)


GRANT = ("grant", 100, 100, 0, 0)


def test_a_grant_sets_the_limit_once(office: Office, till: Till) -> None:
    assert till.entries() == [GRANT]
    assert open_till(office).account_id == till.account_id
    assert till.entries() == [GRANT]
    balance = till.balance()
    assert (balance.remaining_rial, balance.withdrawable_rial) == (100, 100)


def test_a_reserve_takes_from_what_can_be_withdrawn_to_the_last_rial(till: Till) -> None:
    till.reserve(60, "one")
    assert till.entries() == [GRANT, ("reserve", 60, 0, 60, 0)]
    assert till.state() == (60, 0, 60)
    balance = till.balance()
    assert (balance.remaining_rial, balance.withdrawable_rial) == (100, 40)
    facts = refused("ceiling_too_low", lambda: till.reserve(41, "two"))
    assert facts == {"withdrawable_rial": 40, "wanted_rial": 41}
    till.reserve(40, "three")
    assert (till.balance().withdrawable_rial, till.problems()) == (0, [])


def test_an_amendment_moves_the_reserve_up_and_down(till: Till) -> None:
    till.reserve(60, "one")
    till.reserve(5, "up", kind="amend")
    till.release(20, "down", kind="amend")
    assert till.entries()[2:] == [("amend", 5, 0, 5, 0), ("amend", 20, 0, -20, 0)]
    assert till.state() == (45, 0, 45)


@pytest.mark.parametrize("kind", ["release", "expire"])
def test_a_release_and_an_expiry_give_the_reserve_back(till: Till, kind: str) -> None:
    till.reserve(60, "one")
    till.release(60, "two", kind=kind)
    assert till.entries()[-1] == (kind, 60, 0, -60, 0)
    assert till.state() == (0, 0, 0)


def test_no_reservation_gives_back_more_than_it_holds(till: Till) -> None:
    other = till.another()
    other.reserve(50, "other")
    till.reserve(10, "one")
    assert refused("reservation_too_low", lambda: till.release(11, "two")) == {"wanted_rial": 11}
    assert (till.state(), till.problems()) == ((60, 0, 10), [])


def test_a_use_ends_its_part_of_the_reserve_and_releases_what_it_does_not_pay(till: Till) -> None:
    till.reserve(60, "one")
    till.use(40, 30, "use", reject_rial=7)
    assert till.entries()[2:] == [
        ("use", 30, 0, -30, 30),
        ("release", 10, 0, -10, 0),
        ("ceiling_reject", 7, 0, 0, 0),
    ]
    assert till.state() == (20, 30, 20)
    with till.database.reading() as session:
        assert ledger.reserve_ended(session, till.insurer_id, "use") == 40


def test_a_use_reserves_what_its_part_lacks_first(till: Till) -> None:
    till.reserve(10, "one")
    till.use(10, 25, "use")
    assert till.entries()[2:] == [("reserve", 15, 0, 15, 0), ("use", 25, 0, -25, 25)]
    assert till.state() == (0, 25, 0)
    with till.database.reading() as session:
        assert ledger.reserve_ended(session, till.insurer_id, "use") == 10


def test_a_use_that_finds_no_room_for_what_its_part_lacks_changes_nothing(till: Till) -> None:
    till.another().reserve(85, "other")
    till.reserve(10, "one")
    refused("ceiling_too_low", lambda: till.use(10, 16, "use"))
    assert till.state() == (95, 0, 10)
    till.use(10, 15, "use")
    assert (till.state(), till.problems()) == ((85, 15, 0), [])


def test_a_credit_back_undoes_the_use_and_reserves_again_as_far_as_there_is_room(
    till: Till,
) -> None:
    till.reserve(60, "one")
    till.use(60, 30, "use")
    till.another().reserve(50, "other")
    assert till.credit_back(30, 60, "back") == 50
    assert till.entries()[-2:] == [("credit_back", 30, 0, 0, -30), ("reserve", 50, 0, 50, 0)]
    assert (till.state(), till.problems()) == ((100, 0, 50), [])


def test_nothing_is_credited_back_that_was_not_used(till: Till) -> None:
    till.reserve(30, "one")
    till.use(30, 30, "use")
    refused("ceiling_too_low", lambda: till.credit_back(31, 0, "back"))
    assert (till.state(), till.problems()) == ((0, 30, 0), [])


def test_the_same_key_twice_is_done_once(till: Till) -> None:
    for _ in range(2):
        till.reserve(60, "reserve")
        till.release(10, "release")
        till.use(50, 30, "use", reject_rial=5)
        till.credit_back(30, 20, "back")
    kinds = [entry[0] for entry in till.entries()]
    assert kinds == [
        "grant",
        "reserve",
        "release",
        "use",
        "release",
        "ceiling_reject",
        "credit_back",
        "reserve",
    ]
    assert (till.state(), till.problems()) == ((20, 0, 20), [])


def test_an_unlimited_account_pays_everything_and_still_counts(office: Office) -> None:
    till = open_till(office, limit_rial=None, cover="unlimited")
    assert till.entries() == []
    till.reserve(10**15, "one")
    till.use(10**15, 2 * 10**15, "use")
    assert till.credit_back(2 * 10**15, 7, "back") == 7
    balance = till.balance()
    assert (balance.remaining_rial, balance.withdrawable_rial) == (None, None)
    assert (till.state(), till.problems()) == ((7, 0, 7), [])


def test_zero_rials_are_recorded_and_a_negative_amount_is_a_bug(till: Till) -> None:
    till.reserve(0, "nothing")
    assert till.entries()[-1] == ("reserve", 0, 0, 0, 0)
    with pytest.raises(AssertionError):
        till.reserve(-1, "less")
    with pytest.raises(AssertionError):
        till.release(-1, "less")


@pytest.mark.parametrize("column", ["limit_rial", "reserved_rial", "used_rial"])
def test_a_balance_that_was_edited_by_hand_is_found(till: Till, column: str) -> None:
    till.reserve(10, "one")
    till.use(10, 5, "use")
    till.reserve(10, "two")
    changed = getattr(CeilingAccount, column) + 1
    till.database.in_tx(
        lambda s: s.execute(
            update(CeilingAccount)
            .where(CeilingAccount.id == till.account_id)
            .values({column: changed})
        )
    )
    assert till.problems() == [f"account {till.account_id}: balance is not the sum of its entries"]


def test_a_reservation_that_was_edited_by_hand_is_found(till: Till) -> None:
    till.reserve(10, "one")
    till.database.in_tx(
        lambda s: s.execute(
            update(CeilingReservation)
            .where(CeilingReservation.id == till.reservation_id)
            .values(reserved_left_rial=9)
        )
    )
    assert till.problems() == [
        f"reservation {till.reservation_id}: what is left is not the sum of its entries"
    ]
