"""States and transitions: every state × action × role, against a table written by hand."""

import pytest

from workbench.errors import Refused
from workbench.rules import workflow
from workbench.rules.workflow import (
    BATCH_TRANSITIONS,
    CLAIM_TRANSITIONS,
    BatchState,
    ClaimState,
    Role,
    apply,
    roles_for,
)

CLAIM = """
state            action           to               who                reason
ready_to_send    receive          accepted         reception,admin    -
accepted         take             under_review     assessor,lead      -
accepted         void             void             lead               reason
under_review     take             under_review     assessor,lead      -
under_review     assess           under_review     assessor,lead      -
under_review     park             parked           assessor,lead      reason
under_review     release          under_review     assessor,lead      -
under_review     pass_on          under_review     assessor,lead      -
under_review     return           returned         assessor,lead      reason
under_review     finish           finished         assessor,lead      -
parked           take             under_review     assessor,lead      -
returned         resubmit         accepted         reception,admin    -
returned         void             void             lead               reason
finished         reopen           under_review     lead               reason
finished         send_to_finance  sent_to_finance  lead,finance       -
sent_to_finance  archive          archived         finance            -
"""

BATCH = """
state            action           to               who                reason
ready_to_send    receive          accepted         reception,admin    -
accepted         start_review     under_review     -                  -
accepted         split            accepted         lead               -
accepted         send_to_finance  sent_to_finance  lead               -
under_review     split            under_review     lead               -
under_review     send_to_finance  sent_to_finance  lead               -
sent_to_finance  archive          archived         finance            -
"""


def _rows(text: str) -> dict[tuple[str, str], tuple[str, set[str], bool]]:
    """(state, action) → where it leads, who may, and whether it needs a reason."""
    rows = [line.split() for line in text.strip().splitlines()[1:]]
    return {
        (state, action): (to, set(who.split(",")) - {"-"}, reason == "reason")
        for state, action, to, who, reason in rows
    }


TABLES = {
    "claim": (CLAIM_TRANSITIONS, _rows(CLAIM), [str(state) for state in ClaimState]),
    "batch": (BATCH_TRANSITIONS, _rows(BATCH), [str(state) for state in BatchState]),
}
EVERY = [
    pytest.param(name, state, action, id=f"{name}-{state}-{action}")
    for name, (_table, expected, states) in TABLES.items()
    for state in states
    for action in sorted({action for _state, action in expected})
]


@pytest.mark.parametrize("name, state, action", EVERY)
def test_every_action_in_every_state_does_what_the_table_says(
    name: str, state: str, action: str
) -> None:
    table, expected, _states = TABLES[name]
    if (state, action) not in expected:
        with pytest.raises(Refused) as caught:
            apply(table, state, action, reason="چون")
        assert (caught.value.code, caught.value.facts) == (
            "wrong_state",
            {"state": state, "action": action},
        )
        return
    to, _who, needs_reason = expected[state, action]
    assert apply(table, state, action, reason="چون") == to
    for empty in ("", "  \n"):
        if needs_reason:
            with pytest.raises(Refused) as caught:
                apply(table, state, action, reason=empty)
            assert caught.value.code == "reason_needed"
        else:
            assert apply(table, state, action, reason=empty) == to


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name, state, action", EVERY)
def test_every_role_has_the_actions_of_the_table_in_every_state(
    name: str, state: str, action: str, role: Role
) -> None:
    table, expected, _states = TABLES[name]
    step = table.get((state, action))
    may = step is not None and role in step.roles
    assert may == (role in expected.get((state, action), ("", set(), False))[1])


@pytest.mark.parametrize("name", sorted(TABLES))
def test_who_may_do_an_action_anywhere_is_the_sum_of_its_states(name: str) -> None:
    table, expected, _states = TABLES[name]
    for action in {action for _state, action in expected}:
        who = set().union(*(roles for (_s, a), (_to, roles, _r) in expected.items() if a == action))
        assert roles_for(table, action) == who
    assert roles_for(table, "no such action") == frozenset()


def test_no_state_of_a_claim_is_unreachable_and_two_are_ends() -> None:
    reached = {step.to for step in CLAIM_TRANSITIONS.values()} | {ClaimState.READY_TO_SEND}
    assert reached == set(ClaimState)
    left = {state for state, _action in CLAIM_TRANSITIONS}
    assert set(ClaimState) - left == {ClaimState.ARCHIVED, ClaimState.VOID}


def test_after_sent_to_finance_a_claim_is_only_archived() -> None:
    assert {a for s, a in CLAIM_TRANSITIONS if s == ClaimState.SENT_TO_FINANCE} == {"archive"}


def test_open_and_waiting_states_are_those_with_work_left() -> None:
    assert {"accepted", "under_review"} == workflow.WAITING_STATES
    assert {"accepted", "under_review", "parked", "returned"} == workflow.OPEN_STATES
