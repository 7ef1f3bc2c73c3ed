"""No free text of the desk is longer than 2,000 letters, and a refused one changes nothing."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.services.office import CLEAN, TWO_LINES, Office, refused
from workbench.services.claims import deciding, taking
from workbench.services.texts import LETTERS_MAX, kept_text

LONG = "ک" * (LETTERS_MAX + 1)

WRITES: dict[str, Callable[[Office], object]] = {
    "park": lambda office: office.call(
        taking.park_claim,
        office.desk.assessor,
        CLEAN,
        reason=LONG,
        until_on=date(2030, 1, 1),
        version=None,
    ),
    "return": lambda office: office.give_back(
        CLEAN, deciding.DefectInput(reason="R01", scope="case", text=LONG)
    ),
    "reopen": lambda office: office.reopen(TWO_LINES, reason=LONG),
}


@pytest.mark.parametrize("what", sorted(WRITES))
def test_a_text_too_long_is_refused_and_nothing_changes(office: Office, what: str) -> None:
    office.take(CLEAN)
    office.finished(TWO_LINES)
    before = office.fingerprint()
    assert refused("text_too_long", lambda: WRITES[what](office)) == {"letters": LETTERS_MAX}
    assert office.fingerprint() == before


def test_a_text_is_trimmed_and_may_have_two_thousand_letters() -> None:
    assert kept_text("  " + "ک" * 10 + "\n") == "ک" * 10
    assert kept_text("ک" * LETTERS_MAX) == "ک" * LETTERS_MAX
