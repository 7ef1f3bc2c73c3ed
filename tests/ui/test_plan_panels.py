"""The commission's panels: what a vote's form says before it is refused, and how plans are told."""

from collections.abc import Iterator

import pytest

from workbench.i18n import use_language
from workbench.pages.commission.inbox_panels import planned
from workbench.pages.commission.plan_panels import vote_trouble
from workbench.rules.panel import Choice, Standing
from workbench.rules.plan_text import Unit
from workbench.services.commission.listed import ListedPlan
from workbench.services.commission.view import PlannedUnit
from workbench.services.commission.votes import UnitVote

PLACE = Unit(group="implant", tooth=36)
UNIT = PlannedUnit(
    number=2,
    code="610",
    title="",
    place=PLACE,
    amount_rial=1_000_000,
    choice=None,
    approved_title="",
    approved_rial=None,
    reason="",
    standing=Standing.WAITING,
    codes=(),
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("fa")


@pytest.mark.parametrize(
    ("vote", "said"),
    [
        (UnitVote(unit_number=2, choice=Choice.APPROVE), ""),
        (UnitVote(unit_number=2, choice=Choice.REJECT, reason=" "), "needs a reason"),
        (UnitVote(unit_number=2, choice=Choice.REJECT, reason="no bone"), ""),
        (UnitVote(unit_number=2, choice=Choice.MODIFY, changed_rial=1_000_000), ""),
        (UnitVote(unit_number=2, choice=Choice.MODIFY, changed_rial=1_000_001), "not above"),
        (UnitVote(unit_number=2, choice=Choice.MODIFY, changed_rial=0), "not above"),
        (UnitVote(unit_number=2, choice=Choice.MODIFY, changed_rial=-1), "not above"),
    ],
)
def test_the_form_says_beside_a_unit_what_will_be_refused(vote: UnitVote, said: str) -> None:
    text = vote_trouble(UNIT, vote)
    assert bool(text) == bool(said) and said in text
    assert not text or "Planned service 2" in text


def test_a_number_of_units_never_follows_a_dot_that_looks_like_a_zero() -> None:
    """A middle dot before «۲ واحد» is read as «۲۰ واحد»."""
    use_language("fa")
    values = dict.fromkeys(ListedPlan.__dataclass_fields__)
    values["units"] = (PLACE, Unit(group="implant", tooth=34))
    text = planned(ListedPlan(**values))  # type: ignore[arg-type]
    assert text.endswith("، ۲ واحد") and "·" not in text
