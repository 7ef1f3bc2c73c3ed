"""Direct claims: finished → one order per insurer → sent for payment, each once and on record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, Remittance
from workbench.errors import Refused
from workbench.persian.jalali import TEHRAN
from workbench.rules.workflow import ClaimState, Role
from workbench.services.access import Actor
from workbench.services.batches import finance
from workbench.services.batches.finance import ClaimKey

NUMBER = "1404/09/01/354851"
FIRST, SECOND, OPEN = "1404000001", "1404000002", "1404000003"


def _direct_claims(database: Database, desk: Desk, now: datetime) -> dict[str, Key]:
    wanted = {
        FIRST: ClaimState.FINISHED,
        SECOND: ClaimState.FINISHED,
        OPEN: ClaimState.ACCEPTED,
    }
    return {
        number: builders.build_claim(database, desk, now, number, to=to, acceptance_number=None)
        for number, to in wanted.items()
    }


@pytest.fixture
def keys(prepared: Prepare, desk: Desk, now: datetime) -> dict[str, Key]:
    """Two finished direct claims, and one that is only accepted."""
    made: dict[str, Key] = prepared(_direct_claims, desk, now)
    return made


def order(
    database: Database,
    actor: Actor,
    keys: Sequence[Key | ClaimKey],
    now: datetime,
    *,
    number: str = NUMBER,
    on: date | None = None,
) -> Remittance:
    claims = [ClaimKey(insurer_id=key.insurer_id, claim_id=key.claim_id) for key in keys]
    return database.in_tx(
        lambda s: finance.order_remittance(
            s,
            actor,
            claims[0].insurer_id if claims else 0,
            claims,
            number=number,
            ordered_on=on or now.astimezone(TEHRAN).date(),
            now=now,
        )
    )


def send(database: Database, actor: Actor, row: Remittance, now: datetime) -> Remittance:
    return database.in_tx(
        lambda s: finance.send_remittance(s, actor, row.insurer_id, row.id, now=now)
    )


def indirect_claim(database: Database, desk: Desk, now: datetime) -> Key:
    """A finished case of a centre."""
    builders.build_batch(database, now)
    return builders.build_claim(database, desk, now, "990000001", to=ClaimState.FINISHED)


def states(database: Database) -> dict[str, str]:
    with database.reading() as session:
        return {row.number: row.state for row in session.scalars(select(Claim))}


def refusal(
    database: Database, actor: Actor, keys: Sequence[Key | ClaimKey], now: datetime, **more: object
) -> str:
    with pytest.raises(Refused) as refused:
        order(database, actor, keys, now, **more)  # type: ignore[arg-type]
    return refused.value.code


def test_the_list_holds_finished_direct_claims_and_nothing_else(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    indirect_claim(database, desk, now)
    with database.reading() as session:
        page = finance.finished_direct_claims(session, desk.finance)
        first = finance.finished_direct_claims(session, desk.finance, size=1)
        second = finance.finished_direct_claims(
            session, desk.finance, size=1, after_key=first.next_key
        )
        stranger = replace(desk.finance, insurer_ids=frozenset({1}))
        assert finance.finished_direct_claims(session, stranger).rows == ()
    assert sorted(row.number for row in page.rows) == [FIRST, SECOND]
    assert page.next_key is None
    assert sorted((first.rows[0].number, second.rows[0].number)) == [FIRST, SECOND]
    assert second.next_key is None


def test_an_order_pays_the_sum_of_its_claims(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    row = order(
        database, desk.finance, [keys[FIRST], keys[SECOND]], now, number="۱۴۰۴/۰۹/۰۱/۳۵۴۸۵۱"
    )
    assert (row.number, row.state) == (NUMBER, finance.ORDERED)
    assert row.amount_rial == 2 * 5_661_000
    assert states(database) == {
        FIRST: ClaimState.SENT_TO_FINANCE,
        SECOND: ClaimState.SENT_TO_FINANCE,
        OPEN: ClaimState.ACCEPTED,
    }
    with database.reading() as session:
        assert finance.finished_direct_claims(session, desk.finance).rows == ()
        (shown,) = finance.read_remittances(session, desk.finance)
    assert (shown.number, shown.claim_count, shown.amount_rial) == (NUMBER, 2, 11_322_000)


def test_a_sent_order_archives_its_claims(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    row = order(database, desk.finance, [keys[FIRST]], now)
    sent = send(database, desk.finance, row, now + timedelta(hours=1))
    assert (sent.state, sent.sent_at) == (finance.SENT_FOR_PAYMENT, now + timedelta(hours=1))
    assert states(database)[FIRST] == ClaimState.ARCHIVED
    assert states(database)[SECOND] == ClaimState.FINISHED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_nobody_but_finance_orders_sends_or_lists(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key], role: Role
) -> None:
    actor = desk.everyone()[role]
    assert refusal(database, actor, [keys[FIRST]], now) == "not_permitted"
    row = order(database, desk.finance, [keys[FIRST]], now)
    with pytest.raises(Refused) as refused:
        send(database, actor, row, now)
    assert refused.value.code == "not_permitted"
    with database.reading() as session:
        for read in (finance.finished_direct_claims, finance.read_remittances):
            with pytest.raises(Refused):
                read(session, actor)


def test_the_same_order_again_changes_nothing(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    first = order(database, desk.finance, [keys[FIRST], keys[SECOND]], now)
    again = order(database, desk.finance, [keys[SECOND], keys[FIRST]], now)
    assert again.id == first.id
    with database.reading() as session:
        assert len(session.scalars(select(Remittance)).all()) == 1
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action == "remittance.order")
        )
        assert len(actions.all()) == 1


def test_a_number_is_given_once(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    order(database, desk.finance, [keys[FIRST]], now)
    assert refusal(database, desk.finance, [keys[SECOND]], now) == "remittance_exists"
    assert states(database)[SECOND] == ClaimState.FINISHED


def test_a_claim_is_paid_once(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    order(database, desk.finance, [keys[FIRST]], now)
    code = refusal(database, desk.finance, [keys[FIRST], keys[SECOND]], now, number="77")
    assert code == "remittance_ordered_already"
    assert states(database)[SECOND] == ClaimState.FINISHED


def test_sending_twice_is_refused(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    row = order(database, desk.finance, [keys[FIRST]], now)
    send(database, desk.finance, row, now)
    with pytest.raises(Refused) as refused:
        send(database, desk.finance, row, now + timedelta(days=1))
    assert (refused.value.code, refused.value.facts["at"]) == ("remittance_sent_already", now)


def test_what_cannot_be_ordered_is_refused(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    indirect = indirect_claim(database, desk, now)
    tomorrow = now.astimezone(TEHRAN).date() + timedelta(days=1)
    first, foreign = keys[FIRST], ClaimKey(insurer_id=1, claim_id=1)
    stranger = replace(desk.finance, insurer_ids=frozenset({1}))
    assert refusal(database, desk.finance, [], now) == "remittance_empty"
    assert refusal(database, desk.finance, [first, first], now) == "remittance_claim_twice"
    assert refusal(database, desk.finance, [first, foreign], now) == "remittance_mixed_insurers"
    assert refusal(database, desk.finance, [foreign], now) == "claim_not_found"
    assert refusal(database, stranger, [first], now) == "claim_not_found"
    assert refusal(database, desk.finance, [keys[OPEN]], now) == "wrong_state"
    assert refusal(database, desk.finance, [indirect], now) == "remittance_not_direct"
    assert refusal(database, desk.finance, [first], now, on=tomorrow) == "remittance_day_future"
    for number in ("", "  ", "A-1", "/1", "1" * 41):
        code = refusal(database, desk.finance, [first], now, number=number)
        assert code == "remittance_number_wrong", number
    assert states(database)[FIRST] == ClaimState.FINISHED


def test_an_order_of_another_insurer_looks_like_none(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    row = order(database, desk.finance, [keys[FIRST]], now)
    stranger = replace(desk.finance, insurer_ids=frozenset({1}))
    with pytest.raises(Refused) as refused:
        send(database, stranger, row, now)
    assert refused.value.code == "remittance_not_found"


def test_order_and_payment_leave_their_events(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    row = order(database, desk.finance, [keys[FIRST], keys[SECOND]], now)
    send(database, desk.finance, row, now)
    with database.reading() as session:
        found = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.stream == f"remittance:{row.insurer_id}-{row.id}")
            .order_by(AuditEvent.sequence)
        ).all()
        claims = session.scalars(
            select(AuditEvent.action).where(
                AuditEvent.action.in_(("claim.send_to_finance", "claim.archive"))
            )
        ).all()
    assert [event.action for event in found] == ["remittance.order", "remittance.send"]
    assert found[0].actor_id == desk.finance.user_id
    assert found[0].facts["amount_rial"] == row.amount_rial
    assert found[0].facts["claims"] == [FIRST, SECOND]
    assert sorted(claims) == ["claim.archive"] * 2 + ["claim.send_to_finance"] * 2
    assert BATCH not in str([event.facts for event in found])
