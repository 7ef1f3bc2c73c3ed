"""``verify`` finds every tampering: a test changes one thing and names the check that sees it."""

import hashlib
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import delete, func, insert, select, update

from tests.cli.finished_desk import PAYABLE_RIAL
from workbench.db.engine import Database
from workbench.db.models import (
    AuditEvent,
    AuditSeal,
    AuditUnsealed,
    CeilingAccount,
    CeilingEntry,
    CeilingReservation,
    Claim,
    ClaimLine,
    ClaimRound,
    EvidenceImage,
    WorkCounter,
    new_id,
)
from workbench.rules.document import document_hash
from workbench.services.audit import content_hash
from workbench.services.images.reading import read_next_image
from workbench.services.verification.verification import Anchor, Verification, verify


@pytest.fixture
def check(desk: Database, now: datetime) -> Callable[..., Verification]:
    """Verify the desk."""

    def run(**options: object) -> Verification:
        with desk.reading() as session:
            return verify(session, now=now, **options)

    return run


def found_by(verification: Verification) -> dict[str, tuple[str, ...]]:
    """The checks that found something, with what they found."""
    return {check.name: check.problems for check in verification.checks if check.problems}


def change(database: Database, statement: object) -> None:
    """One statement behind the back of the services."""
    database.in_tx(lambda session: session.execute(statement))


def test_an_untouched_desk_is_sound(check, desk, store) -> None:
    verification = check(store=store)
    assert found_by(verification) == {} and verification.is_sound
    counts = {item.name: item.count for item in verification.checks}
    assert counts["money"] == 1 and counts["evidence"] == 1 and counts["balances"] == 1
    with desk.reading() as session:
        assert counts["trail"] == session.scalar(select(func.count()).select_from(AuditEvent))
        assert session.scalar(select(Claim.payable_rial)) == PAYABLE_RIAL


def test_a_changed_event_is_found(check, desk) -> None:
    chosen = select(func.min(AuditEvent.id)).scalar_subquery()
    change(desk, update(AuditEvent).where(AuditEvent.id == chosen).values(action="nothing"))
    assert "was changed" in found_by(check())["trail"][0]


def test_a_changed_event_with_its_hash_made_anew_is_found(check, desk) -> None:
    def forge(session):
        event = session.scalars(select(AuditEvent).limit(1)).one()
        event.action = "nothing"
        columns = {c.key: getattr(event, c.key) for c in AuditEvent.__table__.c}
        event.content_hash = content_hash(columns)

    desk.in_tx(forge)
    assert "the chain breaks" in found_by(check())["trail"][0]


def test_a_deleted_event_is_found(check, desk) -> None:
    event = select(func.min(AuditEvent.id)).scalar_subquery()
    change(desk, delete(AuditEvent).where(AuditEvent.id == event))
    assert any("is missing" in problem for problem in found_by(check())["trail"])


def test_an_event_deleted_with_its_seal_is_found(check, desk) -> None:
    def remove(session):
        first = session.scalars(select(AuditSeal).where(AuditSeal.position == 2)).one()
        session.execute(delete(AuditEvent).where(AuditEvent.id == first.event_id))
        session.delete(first)

    desk.in_tx(remove)
    assert "seal 2 is missing" in found_by(check())["trail"]


def test_an_inserted_event_is_found(check, desk, now) -> None:
    def put(session):
        values = {
            "id": new_id(),
            "insurer_id": 0,
            "stream": "user:1",
            "sequence": 1,
            "at": now,
            "actor_id": None,
            "action": "user_added",
            "facts": {},
        }
        session.execute(insert(AuditEvent).values(**values, content_hash=content_hash(values)))

    desk.in_tx(put)
    assert found_by(check())["trail"] == ("1 events stand outside the chain",)


def test_an_unsealed_tail_is_found_after_a_minute(check, desk, now) -> None:
    change(desk, insert(AuditUnsealed).values(event_id=1, at=now.replace(year=2024)))
    assert "not sealed" in found_by(check())["trail"][0]


def test_a_cut_tail_is_found_with_an_anchor(check, desk) -> None:
    head = check().head

    def cut(session):
        last = session.scalar(select(func.max(AuditSeal.position)))
        seal = session.get(AuditSeal, last)
        session.execute(delete(AuditEvent).where(AuditEvent.id == seal.event_id))
        session.delete(seal)

    desk.in_tx(cut)
    left = head.count - 1
    expected = f"the trail was cut: {left} of {head.count} sealed events are left"
    assert found_by(check(anchor=head))["anchor"] == (expected,)


def test_a_trail_written_anew_is_found_with_an_anchor(check) -> None:
    head = check().head
    assert found_by(check(anchor=head)) == {}
    other = Anchor(count=head.count, chain_hash=hashlib.sha256(b"x").hexdigest())
    assert "written anew" in found_by(check(anchor=other))["anchor"][0]


@pytest.mark.parametrize(
    "column",
    ["cost_rial", "technical_deduction_rial", "patient_share_rial", "payable_rial"],
)
def test_changed_money_of_a_claim_is_found(check, desk, column: str) -> None:
    change(desk, update(Claim).values({column: getattr(Claim, column) + 10}))
    assert any(column in problem for problem in found_by(check())["money"])


def test_changed_money_of_a_line_is_found(check, desk) -> None:
    change(desk, update(ClaimLine).values(patient_share_rial=ClaimLine.patient_share_rial + 1))
    assert found_by(check())["money"] == ("claim 990748655: its lines come to other money",)


def test_a_changed_document_is_found(check, desk) -> None:
    def tamper(session):
        row = session.scalars(select(ClaimRound)).one()
        row.document = row.document | {"format": 1, "more": True}

    desk.in_tx(tamper)
    assert found_by(check())["money"] == ("claim 990748655, round 1: the document was changed",)


def test_a_document_changed_with_hash_claim_and_lines_is_found_by_the_trail(check, desk) -> None:
    def forge(session):
        row = session.scalars(select(ClaimRound)).one()
        document = dict(row.document)
        case, money = dict(document["case"]), dict(document["money"])
        case["cover"] = case["cover"] | {"franchise_basis": 0}
        case["available_rial"] = 10_000_000
        for part in (money, *money["lines"]):
            part["technical_approval_rial"] += part["patient_share_rial"]
            part["patient_share_rial"] = 0
        money["payable_rial"] = money["technical_approval_rial"]
        row.document = document | {"case": case, "money": money}
        row.document_hash = document_hash(row.document)
        total = money["technical_approval_rial"]
        session.execute(
            update(Claim).values(
                patient_share_rial=0, technical_approval_rial=total, payable_rial=total
            )
        )
        session.execute(
            update(ClaimLine).values(patient_share_rial=0, technical_approval_rial=total)
        )

    desk.in_tx(forge)
    problems = found_by(check())["money"]
    assert len(problems) == 1 and "the trail says 5661000" in problems[0]


def test_facts_that_come_to_other_money_are_found(check, desk) -> None:
    def forge(session):
        row = session.scalars(select(ClaimRound)).one()
        case = dict(row.document["case"])
        case["cover"] = case["cover"] | {"franchise_basis": 2_000}
        row.document = row.document | {"case": case}
        row.document_hash = document_hash(row.document)

    desk.in_tx(forge)
    assert "come to other money" in found_by(check())["money"][0]


def test_a_finished_claim_without_a_document_is_found(check, desk) -> None:
    change(desk, update(ClaimRound).values(document_hash=None))
    assert found_by(check())["money"] == ("claim 990748655: is finished without a document",)


def test_a_balance_that_is_off_is_found(check, desk) -> None:
    change(desk, update(CeilingAccount).values(used_rial=CeilingAccount.used_rial - 10))
    assert "not the sum of its entries" in found_by(check())["balances"][0]


def test_a_changed_entry_is_found(check, desk) -> None:
    change(
        desk,
        update(CeilingEntry)
        .where(CeilingEntry.kind == "use")
        .values(used_change_rial=CeilingEntry.used_change_rial + 10),
    )
    assert "balances" in found_by(check())


def test_a_reservation_that_is_off_is_found(check, desk) -> None:
    more = CeilingReservation.reserved_left_rial + 10
    change(desk, update(CeilingReservation).values(reserved_left_rial=more))
    assert "reservation" in found_by(check())["balances"][0]


def test_a_wrong_counter_is_found(check, desk) -> None:
    row = WorkCounter.state == "finished"
    change(desk, update(WorkCounter).where(row).values(count=WorkCounter.count + 1))
    (problem,) = found_by(check())["counters"]
    assert problem.endswith("finished: counted 2, there are 1")


def test_a_state_changed_by_hand_is_found(check, desk) -> None:
    change(desk, update(Claim).values(state="under_review"))
    problems = found_by(check())
    assert "has money in the state under_review" in problems["money"][0]
    assert len(problems["counters"]) == 2


def test_missing_and_changed_images_are_found(check, desk, store, tmp_path) -> None:
    (original,) = (tmp_path / "evidence" / "original").rglob("*.jpg")
    content = original.read_bytes()
    original.write_bytes(content[:-20] + b"0" * 18 + content[-2:])
    assert "evidence_damaged_file" in found_by(check(store=store))["evidence"][0]
    with desk.reading() as session:
        store.delete(session.scalars(select(EvidenceImage.sha256)).one())
    assert len(found_by(check(store=store))["evidence"]) == 1
    assert found_by(check()) == {}


def test_a_copy_may_be_missing_but_not_be_another(check, desk, store, tmp_path, now) -> None:
    assert read_next_image(desk, store, now=now).error is None
    assert found_by(check(store=store)) == {}
    (thumb,) = (tmp_path / "evidence" / "thumb").rglob("*.jpg")
    thumb.write_bytes(b"\xff\xd8\xff another \xff\xd9")
    (problem,) = found_by(check(store=store))["evidence"]
    assert problem.endswith("thumb: evidence_damaged_file")
    thumb.unlink()
    assert found_by(check(store=store)) == {}
