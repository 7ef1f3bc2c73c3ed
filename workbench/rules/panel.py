"""The commission's panel: how the votes about one planned unit become a decision.

Defaults (ILL, issue 4): three members, decided by the majority of the cast votes from two votes on;
a tie goes to the chair. Settings differ by group of services and by amount.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """What a member says about a unit."""

    APPROVE = "approve"
    MODIFY = "modify"
    REJECT = "reject"


class Majority(StrEnum):
    """How many of the cast votes have to agree."""

    MORE_THAN_HALF = "more_than_half"
    ALL = "all"


class Standing(StrEnum):
    """Where the votes about a unit stand."""

    WAITING = "waiting"
    TIED = "tied"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRule:
    """The panel for units of ``groups`` (none: any) that cost ``from_rial`` or more."""

    groups: tuple[str, ...] = ()
    from_rial: int = 0
    seats: int = 3
    quorum: int = 2
    majority: Majority = Majority.MORE_THAN_HALF

    def __post_init__(self) -> None:
        if not 1 <= self.quorum <= self.seats:
            raise ValueError("a quorum is at least one member and at most all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One member's word about a unit. ``changed_to``: code, place and amount he would approve."""

    member_id: int
    choice: Choice
    changed_to: tuple[str, str, int] | None = None

    def __post_init__(self) -> None:
        if (self.choice is Choice.MODIFY) != (self.changed_to is not None):
            raise ValueError("a modification, and nothing else, says what it changes to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The result about a unit; ``winner`` is a ballot of those who won, None until decided."""

    standing: Standing
    winner: Ballot | None = None
    by_chair: bool = False


def panel_rule(rules: Iterable[PanelRule], group: str, amount_rial: int) -> PanelRule:
    """The panel of a unit: one that names its group wins, then the one of the highest amount."""
    fitting = [
        rule
        for rule in rules
        if amount_rial >= rule.from_rial and (not rule.groups or group in rule.groups)
    ]
    if not fitting:
        return PanelRule()
    return max(fitting, key=lambda rule: (bool(rule.groups), rule.from_rial))


def count_votes(
    rule: PanelRule, ballots: Sequence[Ballot], *, casting: Ballot | None = None
) -> Count:
    """Where the votes about a unit stand; ``casting`` is the chair's word and ends a tie.

    Two votes of one member, or more votes than seats: ``ValueError``.
    """
    if len({ballot.member_id for ballot in ballots}) < len(ballots):
        raise ValueError("a member votes once")
    if len(ballots) > rule.seats:
        raise ValueError("more votes than seats")
    if len(ballots) < rule.quorum:
        return Count(standing=Standing.WAITING)
    most, votes = Counter(_option(ballot) for ballot in ballots).most_common(1)[0]
    needed = len(ballots) if rule.majority is Majority.ALL else len(ballots) // 2 + 1
    if votes >= needed:
        winner = next(ballot for ballot in ballots if _option(ballot) == most)
        return Count(standing=Standing.DECIDED, winner=winner)
    if casting is not None:
        return Count(standing=Standing.DECIDED, winner=casting, by_chair=True)
    return Count(standing=Standing.TIED)


def _option(ballot: Ballot) -> tuple[Choice, tuple[str, str, int] | None]:
    """Two modifications are the same vote only if they change to the same."""
    return ballot.choice, ballot.changed_to
