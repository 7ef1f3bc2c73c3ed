"""The steps beside the trail: written with each move, undone by a reopen, checked by verify."""

from collections.abc import Sequence

from sqlalchemy import select, update

from tests.services.office import CHILD_CODE, CLEAN, DIRECT, Office
from workbench.db.models import ClaimStep
from workbench.db.step_rows import expected_steps
from workbench.services.claims.deciding import DefectInput
from workbench.services.verification.of_steps import step_problems

MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


def steps(office: Office, number: str) -> Sequence[ClaimStep]:
    with office.database.reading() as session:
        return session.scalars(
            select(ClaimStep)
            .where(ClaimStep.claim_id == office.keys[number].claim_id)
            .order_by(ClaimStep.id)
        ).all()


def problems(office: Office) -> list[str]:
    with office.database.reading() as session:
        return [each for each in step_problems(session) if each is not None]


def test_a_finish_leaves_its_step_with_the_seven_amounts(office: Office) -> None:
    office.finished(CLEAN)
    arrive, take, finish = steps(office, CLEAN)
    claim = office.claim(CLEAN)
    assert [step.action for step in (arrive, take, finish)] == ["arrive", "take", "finish"]
    assert (arrive.at, arrive.actor_id is None) == (claim.accepted_at, False)
    assert (finish.former, finish.actor_id) == ("take", office.desk.assessor.user_id)
    assert (finish.is_on_time, finish.is_undone) == (True, False)
    assert (finish.cost_rial, finish.payable_rial) == (claim.cost_rial, claim.payable_rial)
    assert finish.technical_approval_rial == claim.technical_approval_rial
    assert take.cost_rial is None
    assert problems(office) == []


def test_a_direct_claim_arrives_when_it_is_registered(office: Office) -> None:
    (arrive,) = steps(office, DIRECT)
    assert (arrive.action, arrive.at) == ("arrive", office.claim(DIRECT).registered_at)


def test_a_reopened_finish_holds_no_more(office: Office) -> None:
    office.finished(CLEAN)
    office.reopen(CLEAN)
    office.finish(CLEAN, actor=office.desk.lead)
    made = steps(office, CLEAN)
    assert [step.action for step in made][2:] == ["finish", "reopen", "finish"]
    assert [step.is_undone for step in made] == [False, False, True, False, False]
    assert problems(office) == []


def test_a_returned_case_that_comes_again_has_both_rounds(office: Office) -> None:
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, MISSING)
    office.resubmit(CHILD_CODE)
    made = steps(office, CHILD_CODE)
    assert [(step.action, step.round) for step in made] == [
        ("arrive", 1),
        ("take", 1),
        ("return", 1),
        ("resubmit", 2),
    ]
    assert made[2].is_on_time is True
    assert problems(office) == []


def test_the_trail_gives_the_same_steps_again(office: Office) -> None:
    office.finished(CLEAN)
    with office.database.reading() as session:
        made = {rows[0]["claim_id"]: rows for rows in expected_steps(session)}
    kept = steps(office, CLEAN)
    for again, row in zip(made[office.keys[CLEAN].claim_id], kept, strict=True):
        assert {name: getattr(row, name) for name in again} == again


def test_verify_names_what_is_not_in_the_trail(office: Office) -> None:
    office.finished(CLEAN)
    claim_id = office.keys[CLEAN].claim_id
    finish = steps(office, CLEAN)[-1]

    def change(**values: object) -> None:
        office.database.in_tx(
            lambda s: s.execute(update(ClaimStep).where(ClaimStep.id == finish.id).values(**values))
        )

    change(payable_rial=1)
    assert problems(office) == [f"claim {claim_id}, step 3: payable_rial is not that of the trail"]
    change(payable_rial=finish.payable_rial, day=finish.day - 1)
    assert problems(office) == [f"claim {claim_id}, step 3: day is not that of the trail"]
    office.database.in_tx(lambda s: s.delete(s.get(ClaimStep, (finish.insurer_id, finish.id))))
    assert problems(office) == [f"claim {claim_id}: 2 steps, the trail has 3"]
