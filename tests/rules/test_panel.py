"""Votes about one unit: quorum, majority, unanimity, the chair's casting vote."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.rules.panel import (
    Ballot,
    Choice,
    Majority,
    PanelRule,
    Standing,
    count_votes,
    panel_rule,
)

SMALL, LARGE = ("301", "36", 50_000_000), ("302", "36", 90_000_000)
MARKS = {
    "a": (Choice.APPROVE, None),
    "r": (Choice.REJECT, None),
    "m": (Choice.MODIFY, SMALL),
    "M": (Choice.MODIFY, LARGE),
}


def ballots(votes):
    return [
        Ballot(member_id=number, choice=MARKS[mark][0], changed_to=MARKS[mark][1])
        for number, mark in enumerate(votes, start=1)
    ]


@pytest.mark.parametrize(
    ("votes", "standing", "winner"),
    [
        ("", Standing.WAITING, None),
        ("a", Standing.WAITING, None),
        ("aa", Standing.DECIDED, "a"),
        ("rr", Standing.DECIDED, "r"),
        ("ar", Standing.TIED, None),
        ("ara", Standing.DECIDED, "a"),
        ("arr", Standing.DECIDED, "r"),
        ("arm", Standing.TIED, None),
        ("mm", Standing.DECIDED, "m"),
        ("mM", Standing.TIED, None),
        ("mMM", Standing.DECIDED, "M"),
        ("amm", Standing.DECIDED, "m"),
    ],
)
def test_three_members_majority_at_quorum_two(votes, standing, winner):
    for order in set(permutations(votes)):
        count = count_votes(PanelRule(), ballots(order))
        assert count.standing == standing
        shown = count.winner and (count.winner.choice, count.winner.changed_to)
        assert shown == (MARKS[winner] if winner else None)


@pytest.mark.parametrize(
    ("votes", "standing"),
    [("aa", Standing.WAITING), ("aaa", Standing.DECIDED), ("aar", Standing.TIED)],
)
def test_unanimity_of_all_three(votes, standing):
    rule = PanelRule(quorum=3, majority=Majority.ALL)
    assert count_votes(rule, ballots(votes)).standing == standing


def test_the_chair_ends_a_tie_and_only_a_tie():
    casting = Ballot(member_id=9, choice=Choice.REJECT)
    tied = count_votes(PanelRule(), ballots("ar"), casting=casting)
    assert (tied.standing, tied.winner, tied.by_chair) == (Standing.DECIDED, casting, True)
    decided = count_votes(PanelRule(), ballots("aa"), casting=casting)
    assert (decided.winner.choice, decided.by_chair) == (Choice.APPROVE, False)
    early = count_votes(PanelRule(), ballots("a"), casting=casting)
    assert (early.standing, early.winner) == (Standing.WAITING, None)


def test_a_member_votes_once_and_no_stranger_does():
    twice = [Ballot(member_id=1, choice=Choice.APPROVE)] * 2
    with pytest.raises(ValueError, match="once"):
        count_votes(PanelRule(), twice)
    with pytest.raises(ValueError, match="seats"):
        count_votes(PanelRule(), ballots("aaaa"))


def test_a_modification_says_what_it_changes_to():
    with pytest.raises(ValueError, match="modification"):
        Ballot(member_id=1, choice=Choice.MODIFY)
    with pytest.raises(ValueError, match="modification"):
        Ballot(member_id=1, choice=Choice.APPROVE, changed_to=SMALL)


@pytest.mark.parametrize("quorum", [0, 4])
def test_a_quorum_fits_the_seats(quorum):
    with pytest.raises(ValueError, match="quorum"):
        PanelRule(quorum=quorum)


RULES = (
    PanelRule(seats=1, quorum=1),
    PanelRule(from_rial=500_000_000, quorum=3),
    PanelRule(groups=("implant",)),
    PanelRule(groups=("implant",), from_rial=800_000_000, seats=5, quorum=5),
)


@pytest.mark.parametrize(
    ("group", "amount_rial", "rule"),
    [
        ("bridge", 499_999_999, RULES[0]),
        ("bridge", 500_000_000, RULES[1]),
        ("implant", 500_000_000, RULES[2]),
        ("implant", 799_999_999, RULES[2]),
        ("implant", 800_000_000, RULES[3]),
    ],
)
def test_the_panel_follows_group_and_amount(group, amount_rial, rule):
    assert panel_rule(RULES, group, amount_rial) == rule


def test_without_a_setting_three_members_decide():
    assert panel_rule((), "implant", 1) == PanelRule(seats=3, quorum=2)


@given(votes=st.lists(st.sampled_from("armM"), max_size=5), quorum=st.integers(1, 5))
def test_a_decision_has_more_than_half_behind_it(votes, quorum):
    rule = PanelRule(seats=5, quorum=quorum)
    count = count_votes(rule, ballots(votes))
    assert (count.standing is Standing.WAITING) == (len(votes) < quorum)
    if count.standing is Standing.DECIDED:
        mark = next(m for m in votes if MARKS[m] == (count.winner.choice, count.winner.changed_to))
        assert 2 * votes.count(mark) > len(votes)
    elif count.standing is Standing.TIED:
        assert all(2 * votes.count(mark) <= len(votes) for mark in votes)
