"""Services and reasons: added, renamed, deactivated by the administrator, never deleted."""

import pytest
from sqlalchemy import select

from tests.services.office import CHILD_CODE, CLEAN, TWO_LINES, Office, refused
from workbench.db.models import AuditEvent, Reason, Service
from workbench.rules.workflow import Role
from workbench.services.catalogue import codes
from workbench.services.catalogue.replay import replay
from workbench.services.claims.deciding import DefectInput, return_claim
from workbench.services.claims.reading import read_case, reasons_of

TITLES = {"title_fa": "عنوان تازه", "title_en": "A new title"}


def call(office: Office, service, *given, actor=None, **more):
    who = actor or office.desk.admin
    return office.database.in_tx(lambda s: service(s, who, *given, **more, now=office.now))


def choices(office: Office, kind: str) -> set[str]:
    with office.database.reading() as session:
        return {each.code for each in reasons_of(session, kind)}


def test_a_reason_is_added_and_can_be_chosen(office: Office) -> None:
    assert call(office, codes.add_reason, kind="deduction", number="۲۱", **TITLES) == "D21"
    assert "D21" in choices(office, "deduction")
    again = lambda: call(office, codes.add_reason, kind="deduction", number="21", **TITLES)  # noqa: E731
    assert refused("reason_known", again) == {"reason": "D21"}
    assert call(office, codes.add_reason, kind="defect", number="21", **TITLES) == "R21"


def test_a_deactivated_reason_of_an_old_draft_is_refused_and_the_line_named(
    office: Office,
) -> None:
    office.take(TWO_LINES)
    office.decide_all(TWO_LINES)
    office.deduct(TWO_LINES, 1_000, reason="D07", line=2)
    call(office, codes.set_reason_active, "D07", is_active=False)
    typed = lambda: office.deduct(TWO_LINES, 1_000, reason="D07")  # noqa: E731
    assert refused("reason_inactive", typed) == {"reason": "D07"}
    facts = refused("line_reasons_inactive", lambda: office.finish(TWO_LINES))
    assert facts == {"lines": (2,), "reasons": ("D07",)}
    assert office.claim(TWO_LINES).state == "under_review"
    call(office, codes.set_reason_active, "D07", is_active=True)
    office.finish(TWO_LINES)


def test_a_deactivated_defect_cannot_be_returned_for(office: Office) -> None:
    office.take(CHILD_CODE)
    call(office, codes.set_reason_active, "R18", is_active=False)
    given = {"defects": (DefectInput(reason="R18"),), "nonce": "r"}
    returned = lambda: office.write(  # noqa: E731
        return_claim, office.desk.assessor, CHILD_CODE, **given
    )
    assert refused("reason_inactive", returned) == {"reason": "R18"}


def test_what_was_decided_with_a_reason_is_replayed_the_same_once_it_is_ended(
    office: Office,
) -> None:
    office.take(CLEAN)
    office.decide_all(CLEAN)
    office.deduct(CLEAN, 1_000, reason="D07")
    office.finish(CLEAN)
    call(office, codes.set_reason_active, "D07", is_active=False)
    found = replay(office.database, workers=0)
    assert (found.rounds, found.is_same) == (1, True)


def test_a_deactivated_reason_cannot_be_chosen_and_is_still_listed(office: Office) -> None:
    assert "D07" in choices(office, "deduction")
    for _twice in range(2):
        call(office, codes.set_reason_active, "D07", is_active=False)
    assert "D07" not in choices(office, "deduction")
    with office.database.reading() as session:
        row = next(r for r in codes.read_reasons(session, office.desk.auditor) if r.code == "D07")
        events = session.scalars(select(AuditEvent).where(AuditEvent.stream == "reason:D07")).all()
    assert not row.is_active
    assert [event.facts for event in events] == [{"reason": "D07", "is_active": False}]
    call(office, codes.set_reason_active, "D07", is_active=True)
    assert "D07" in choices(office, "deduction")


def test_a_case_keeps_the_title_of_a_deactivated_reason(office: Office) -> None:
    call(office, codes.set_reason_active, "D07", is_active=False)
    key = office.keys[CHILD_CODE]
    with office.database.reading() as session:
        view = read_case(
            session, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
        )
        title = session.get(Reason, "D07").title_fa
    assert view.reason_titles["D07"] == title
    assert "D07" not in {each.code for each in view.deduction_reasons}


def test_what_the_rules_name_stays_active(office: Office) -> None:
    deactivate = lambda code: call(office, codes.set_reason_active, code, is_active=False)  # noqa: E731
    refused("reason_computed", lambda: deactivate("D17"))
    refused("reason_in_rules", lambda: deactivate("R02"))
    refused("unknown_reason", lambda: deactivate("D98"))


def test_other_titles_are_shown_and_on_the_record(office: Office) -> None:
    call(office, codes.rename_reason, "D07", **TITLES)
    with office.database.reading() as session:
        assert session.get(Reason, "D07").title_fa == TITLES["title_fa"]
        event = session.scalars(select(AuditEvent).where(AuditEvent.stream == "reason:D07")).one()
    assert "عنوان" not in str(event.facts)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("reason_number_wrong", {"number": "1"}),
        ("reason_number_wrong", {"number": "D1"}),
        ("reason_number_wrong", {"number": "1234"}),
        ("reason_number_wrong", {"kind": "other"}),
        ("reason_title_wrong", {"title_fa": " "}),
        ("reason_title_wrong", {"title_en": "x" * 201}),
    ],
)
def test_an_impossible_reason_is_refused(office: Office, code: str, changes: dict) -> None:
    given = {"kind": "deduction", "number": "21"} | TITLES | changes
    refused(code, lambda: call(office, codes.add_reason, **given))


def test_a_deactivated_service_stays_in_its_cases(office: Office) -> None:
    call(office, codes.set_service_active, "default", "205", is_active=False)
    with office.database.reading() as session:
        assert not session.scalars(select(Service).where(Service.code == "205")).one().is_active
        listed = codes.read_services(session, office.desk.auditor, text="۲۰۵")
    assert [(row.code, row.is_active) for row in listed] == [("205", False)]
    assert office.open_keys(CHILD_CODE)
    refused(
        "unknown_service_code",
        lambda: call(office, codes.set_service_active, "default", "0", is_active=False),
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_but_the_administrator_changes_them(office: Office, role: Role) -> None:
    actor = office.desk.everyone()[role]
    for service, given, more in (
        (codes.add_reason, (), {"kind": "defect", "number": "21", **TITLES}),
        (codes.rename_reason, ("D07",), TITLES),
        (codes.set_reason_active, ("D07",), {"is_active": False}),
        (codes.set_service_active, ("default", "205"), {"is_active": False}),
    ):
        refused(
            "not_permitted",
            lambda s=service, g=given, m=more: call(office, s, *g, actor=actor, **m),
        )
