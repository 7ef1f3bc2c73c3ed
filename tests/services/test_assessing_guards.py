"""No write of an assessor passes without role, hold, state and version."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders
from tests.services.office import ROOT, Office, refused
from workbench.rules.workflow import ClaimState, Role
from workbench.services.claims import assessing
from workbench.services.images import citing

BEFORE, AFTER = "evidence_missing@1:before", "evidence_missing@1:after"
NOTE = "بیمار ده‌ساله یا بیشتر است"


WRITES: dict[str, Callable[[Office, dict[str, Any]], object]] = {
    "accept": lambda o, g: o.write(assessing.accept_finding, number=ROOT, key=BEFORE, **g),
    "override": lambda o, g: o.write(
        assessing.override_finding, number=ROOT, key=BEFORE, reason="دیده شد", **g
    ),
    "cut": lambda o, g: o.write(
        assessing.cut_line,
        number=ROOT,
        line_id=o.line_id(ROOT),
        quantity=None,
        unit_price_rial=1,
        reason="D01",
        note="",
        **g,
    ),
    "recode": lambda o, g: o.write(
        assessing.recode_line,
        number=ROOT,
        line_id=o.line_id(ROOT),
        code="820",
        reason="D04",
        note=NOTE,
        **g,
    ),
    "reject": lambda o, g: o.write(
        assessing.reject_line, number=ROOT, line_id=o.line_id(ROOT), reason="D05", text="", **g
    ),
    "deduct": lambda o, g: o.write(
        assessing.add_deduction,
        number=ROOT,
        line_id=o.line_id(ROOT),
        reason="D01",
        amount_rial=10,
        text="",
        **g,
    ),
    "remove": lambda o, g: o.write(
        assessing.remove_deduction, number=ROOT, line_id=o.line_id(ROOT), index=0, **g
    ),
    "restore": lambda o, g: o.write(
        assessing.restore_line, number=ROOT, line_id=o.line_id(ROOT), **g
    ),
    "look": lambda o, g: o.write(
        assessing.mark_looked_at, number=ROOT, line_id=o.line_id(ROOT), **g
    ),
    "cite_deduction": lambda o, g: o.write(
        citing.cite_deduction, number=ROOT, line_id=o.line_id(ROOT), index=0, cites=(), **g
    ),
}


def test_no_write_is_open_to_another_role_another_holder_or_a_stale_page(office: Office) -> None:
    version = office.take(ROOT).version
    before = office.fingerprint()
    for write in WRITES.values():
        for role, actor in office.desk.everyone().items():
            if role not in {Role.ASSESSOR, Role.LEAD}:
                refused("not_permitted", lambda w=write, a=actor: w(office, {"actor": a}))
        for actor in (office.desk.lead, office.colleague):
            refused("claim_taken", lambda w=write, a=actor: w(office, {"actor": a}))
        facts = refused(
            "claim_changed",
            lambda w=write: w(office, {"actor": office.desk.assessor, "version": version - 1}),
        )
        assert facts == {
            "number": ROOT,
            "name": office.desk.assessor.display_name,
            "at": office.now,
        }
    assert office.fingerprint() == before


@pytest.mark.parametrize("state", [ClaimState.ACCEPTED, ClaimState.RETURNED, ClaimState.FINISHED])
def test_no_write_touches_a_case_that_is_not_under_review(
    office: Office, state: ClaimState
) -> None:
    builders.bring(office.database, office.desk, office.keys[ROOT], office.now, state)
    before = office.fingerprint()
    code = "claim_not_taken" if state == ClaimState.ACCEPTED else "wrong_state"
    for write in WRITES.values():
        refused(code, lambda w=write: w(office, {"actor": office.desk.assessor}))
    assert office.fingerprint() == before
