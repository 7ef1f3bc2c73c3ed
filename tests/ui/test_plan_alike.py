"""The plan's viewer: badges of images that look like others, and the other image beside."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from workbench.i18n import use_language
from workbench.pages.commission.plan_alike import _box
from workbench.pages.commission.plan_data import compared, viewer_data
from workbench.rules.facts import SimilarImage
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import SAME, alike
from workbench.services.claims.view import Image, OtherImage
from workbench.services.commission.similar import PlanSimilar


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("fa")


def image(number: int, round_added: int = 1) -> Image:
    return Image(
        number=number, kind="panoramic", phase="before", teeth=(), lines=(), taken_on=None,
        round_added=round_added, width=20, height=10,
    )  # fmt: skip


def found(decision: str | None = None, number: int = 2) -> Finding:
    known: Any = SimilarImage(
        pair=7, distance=79, changes=("mirrored",), is_later=True, is_same_patient=False,
        sent_on=date(2026, 1, 5), decision=decision, claim_number="<9>", plan_number=None, image=1,
    )  # fmt: skip
    return alike(number, known)


def other(finding: Finding) -> OtherImage:
    return OtherImage(
        number=1_000, insurer_id=3, claim_id=4, claim_number="<9>", plan_number=None, pair=7,
        side="earlier", image=1, kind="panoramic", phase="before", teeth=(), taken_on=None,
        width=20, height=10, finding=finding.key,
    )  # fmt: skip


def shown(similar: PlanSimilar, plan_round: int = 1) -> dict[str, Any]:
    view: Any = SimpleNamespace(
        number="5", round=plan_round, images=(image(1), image(2, plan_round)), units=(), rounds=(),
        place=SimpleNamespace(insurer_id=3, plan_id=8), pack=SimpleNamespace(missing=()),
        panel=SimpleNamespace(members=(), casting=()),
    )  # fmt: skip
    return viewer_data(view, similar)


def of_number(data: dict[str, Any], number: int) -> dict[str, Any]:
    (one,) = [each for each in data["images"] if each["number"] == number]
    return one


@pytest.mark.parametrize(
    ("decision", "tag", "kind"), [(None, "similar", "dup"), (SAME, "used twice", "flag")]
)
def test_the_badge_says_what_is_known_of_the_image(
    decision: str | None, tag: str, kind: str
) -> None:
    data = shown(PlanSimilar(findings=(found(decision),)), plan_round=2)
    assert (of_number(data, 2)["tag"], of_number(data, 2)["tagKind"]) == (tag, kind)
    assert of_number(data, 1)["tag"] is None


def test_without_a_finding_only_what_is_new_is_marked() -> None:
    data = shown(PlanSimilar(), plan_round=2)
    assert [of_number(data, number)["tag"] for number in (1, 2)] == [None, "new"]


def test_the_other_image_comes_by_its_pair_and_opens_nothing_by_itself() -> None:
    finding = found()
    data = shown(PlanSimilar(findings=(finding,), others=(other(finding),)))
    beside = of_number(data, 1_000)
    assert beside["url"] == "/evidence/pair/7/earlier/view"
    assert beside["thumb"] == "/evidence/pair/7/earlier/thumb"
    assert beside["group"] == data["groups"][-1] == "Similar image"
    assert beside["shownNumber"] == 1
    assert 1_000 not in data["panes"]


def test_both_images_can_be_asked_for_only_where_the_other_is_shown() -> None:
    finding = found()
    both = PlanSimilar(findings=(finding,), others=(other(finding),))
    assert compared(finding, both) == (1_000, 2)
    assert 'data-compare="1000,2"' in _box(finding, both)
    alone = PlanSimilar(findings=(finding,))
    assert compared(finding, alone) is None
    assert "data-compare" not in _box(finding, alone)


def test_what_comes_from_outside_is_escaped() -> None:
    finding = found()
    assert "&lt;9&gt;" in _box(finding, PlanSimilar(findings=(finding,)))
    assert "<9>" not in _box(finding, PlanSimilar(findings=(finding,)))
