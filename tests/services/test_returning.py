"""Returning a case with its defects."""

import pytest
from sqlalchemy import select

from tests.services import registered_world as world
from tests.services.office import (
    CLEAN,
    DIRECT,
    Office,
    refused,
)
from workbench.db.models import Defect
from workbench.rules.document import document_hash
from workbench.rules.money import Outcome
from workbench.services.claims.deciding import DefectInput

MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


def test_a_return_without_a_defect_is_impossible(office: Office) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    refused("return_without_defect", lambda: office.give_back(CLEAN))
    assert office.fingerprint() == before


@pytest.mark.parametrize(
    "defect, code",
    [
        (DefectInput(reason="D01"), "defect_unknown"),
        (DefectInput(reason="R00"), "defect_unknown"),
        (DefectInput(reason="R03", scope="line"), "defect_scope"),
        (DefectInput(reason="R03", scope="line", line_number=2), "defect_scope"),
        (DefectInput(reason="R03", scope="image", image_number=1), "defect_scope"),
        (DefectInput(reason="R03", scope="elsewhere"), "defect_scope"),
    ],
)
def test_a_defect_is_of_the_catalogue_and_of_something_that_is_there(
    office: Office, defect: DefectInput, code: str
) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    assert refused(code, lambda: office.give_back(CLEAN, MISSING, defect)) == {
        "reason": defect.reason
    }
    assert office.fingerprint() == before


def test_a_return_keeps_defects_ceiling_and_document_and_frees_the_case(office: Office) -> None:
    office.take(CLEAN)
    balance = office.balance(CLEAN)
    general = DefectInput(reason="R01", text="  مدرک شناسایی ")
    assert office.give_back(CLEAN, MISSING, general) == CLEAN
    claim = office.claim(CLEAN)
    assert (claim.state, claim.assignee_id, claim.lease_until_at) == ("returned", None, None)
    assert (claim.returned_at, claim.returned_by_id) == (office.now, office.desk.assessor.user_id)
    assert office.balance(CLEAN) == balance
    assert office.line(CLEAN).outcome == Outcome.RETURNED
    with office.database.reading() as session:
        rows = session.scalars(select(Defect).where(Defect.claim_id == claim.id)).all()
    assert {(row.reason, row.scope, row.line_number, row.text) for row in rows} == {
        ("R03", "line", 1, "تصویر بعد"),
        ("R01", "case", None, "مدرک شناسایی"),
    }
    ended = office.round_of(CLEAN, 1)
    assert (ended.result, ended.document_hash) == ("returned", document_hash(ended.document or {}))
    event = office.events(CLEAN)[-1]
    assert (event.action, event.facts["defects"]) == ("claim.return", ["R01", "R03"])


def test_a_return_twice_or_with_a_stale_version_is_refused(office: Office) -> None:
    version = office.take(CLEAN).version
    refused("claim_changed", lambda: office.give_back(CLEAN, MISSING, version=version - 1))
    office.give_back(CLEAN, MISSING, nonce="once", version=version)
    refused("already_done", lambda: office.give_back(CLEAN, MISSING, nonce="once", version=version))
    refused("wrong_state", lambda: office.give_back(CLEAN, MISSING))


def test_a_direct_case_that_comes_back_cheaper_leaves_nothing_reserved(office: Office) -> None:
    office.take(DIRECT)
    office.give_back(DIRECT, MISSING)
    office.resubmit(DIRECT, lines=(world.line(unit_price_rial=3_000_000),))
    assert office.finished(DIRECT).money.payable_rial == 2_700_000
    assert office.reserved(DIRECT) == 0
    assert office.is_exact()
