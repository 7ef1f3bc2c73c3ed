"""The moves of a made-up claim, in the order of time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step of a made-up claim: when, after which one, since when the clock runs, and of whom."""

    number: int
    action: str
    at: str
    former: str | None = None
    before: str = "NULL"
    clock: str = "arrive_at"
    round: str = "1"
    undone: str = "0"
    only: str = "1 = 1"


MOVES = (
    Move(
        number=1,
        action="arrive",
        at="arrive_at",
    ),
    Move(
        number=2,
        action="take",
        at="take_at",
        former="arrive",
        before="arrive_at",
    ),
    Move(
        number=3,
        action="return",
        at="end_at",
        former="take",
        before="take_at",
        only="returns > 0",
    ),
    Move(
        number=4,
        action="resubmit",
        at="again_at",
        former="return",
        before="end_at",
        clock="again_at",
        round="2",
        only="returns > 0",
    ),
    Move(
        number=5,
        action="take",
        at="retake_at",
        former="resubmit",
        before="again_at",
        clock="again_at",
        round="2",
        only="returns > 0",
    ),
    Move(
        number=6,
        action="return",
        at="end2_at",
        former="take",
        before="retake_at",
        clock="again_at",
        round="2",
        only="returns = 2",
    ),
    Move(
        number=7,
        action="resubmit",
        at="again2_at",
        former="return",
        before="end2_at",
        clock="again2_at",
        round="3",
        only="returns = 2",
    ),
    Move(
        number=8,
        action="take",
        at="retake2_at",
        former="resubmit",
        before="again2_at",
        clock="again2_at",
        round="3",
        only="returns = 2",
    ),
    Move(
        number=9,
        action="finish",
        at="finish_at",
        former="take",
        before="begun_at",
        clock="clock_at",
        round="1 + returns",
        undone="CASE WHEN is_reopened = 1 AND reopen_at <= :now THEN 1 ELSE 0 END",
    ),
    Move(
        number=10,
        action="reopen",
        at="reopen_at",
        former="finish",
        before="finish_at",
        clock="reopen_at",
        round="2 + returns",
        only="is_reopened = 1",
    ),
    Move(
        number=11,
        action="finish",
        at="refinish_at",
        former="reopen",
        before="reopen_at",
        clock="reopen_at",
        round="2 + returns",
        only="is_reopened = 1",
    ),
    Move(
        number=12,
        action="send_to_finance",
        at="finance_at",
        former="finish",
        before="done_at",
        clock="clock_at",
        round="1 + returns + is_reopened",
    ),
    Move(
        number=13,
        action="archive",
        at="archive_at",
        former="send_to_finance",
        before="finance_at",
        clock="clock_at",
        round="1 + returns + is_reopened",
    ),
)
