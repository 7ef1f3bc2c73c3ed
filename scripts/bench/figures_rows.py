"""What claims made inside the database consist of: their steps, and the SQL that draws them.

A claim is drawn from its number ``n`` into a temporary table ``bench_claim``, one column an instant
in whole seconds; from there come its row and one row of ``claim_step`` for each of its moves.
"""

from dataclasses import dataclass
from datetime import date

CENTRES, ASSESSORS = 200, 30
DAY_SECONDS, TEHRAN_SECONDS = 86_400, 12_600
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
PRIME = 2_147_483_647


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
    Move(number=1, action="arrive", at="arrive_at"),
    Move(number=2, action="take", at="take_at", former="arrive", before="arrive_at"),
    Move(
        number=3,
        action="return",
        at="end_at",
        former="take",
        before="take_at",
        only="is_returned = 1",
    ),
    Move(
        number=4,
        action="resubmit",
        at="again_at",
        former="return",
        before="end_at",
        clock="again_at",
        round="2",
        only="is_returned = 1",
    ),
    Move(
        number=5,
        action="take",
        at="retake_at",
        former="resubmit",
        before="again_at",
        clock="again_at",
        round="2",
        only="is_returned = 1",
    ),
    Move(
        number=6,
        action="finish",
        at="finish_at",
        former="take",
        before="begun_at",
        clock="clock_at",
        round="1 + is_returned",
        undone="CASE WHEN is_reopened = 1 AND reopen_at <= :now THEN 1 ELSE 0 END",
    ),
    Move(
        number=7,
        action="reopen",
        at="reopen_at",
        former="finish",
        before="finish_at",
        clock="reopen_at",
        round="2 + is_returned",
        only="is_reopened = 1",
    ),
    Move(
        number=8,
        action="finish",
        at="refinish_at",
        former="reopen",
        before="reopen_at",
        clock="reopen_at",
        round="2 + is_returned",
        only="is_reopened = 1",
    ),
    Move(
        number=9,
        action="send_to_finance",
        at="finance_at",
        former="finish",
        before="done_at",
        clock="clock_at",
        round="1 + is_returned + is_reopened",
    ),
    Move(
        number=10,
        action="archive",
        at="archive_at",
        former="send_to_finance",
        before="finance_at",
        clock="clock_at",
        round="1 + is_returned + is_reopened",
    ),
)


def _chance(number: int) -> str:
    """A whole number below ``PRIME`` that looks drawn, another for each ``number``."""
    return f"((n * {48_271 + 7_919 * number * number} + {104_729 * number}) % {PRIME})"


def _squared(number: int, most: int) -> str:
    """Minutes up to ``most``, short ones more often."""
    part = f"({_chance(number)} % 1000)"
    return f"({part} * {part} * {most} / 1000000)"


def base_sql(is_sqlite: bool) -> str:
    """Draw claims ``:first`` to ``:last`` of ``:claims``; ``:span`` seconds from ``:start``."""
    numbers = (
        "WITH RECURSIVE numbers (n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers"
        " WHERE n < :last)"
        if is_sqlite
        else "WITH numbers (n) AS (SELECT generate_series(CAST(:first AS BIGINT), :last))"
    )
    day = f"(t + {TEHRAN_SECONDS}) / {DAY_SECONDS} + {EPOCH_ORDINAL}"
    return f"""
        CREATE TEMP TABLE bench_claim AS {numbers},
        drawn AS (
            SELECT n, :start + n * :span / :claims + {_chance(1)} % 3600 AS t,
                {_chance(2)} % 10 AS insurer_n, {_squared(3, CENTRES)} AS centre_n,
                {_chance(4)} % {ASSESSORS} AS actor_n,
                CASE WHEN {_chance(5)} % 100 < 30 THEN 'direct' ELSE 'indirect' END AS kind,
                CASE WHEN {_chance(6)} % 100 < 8 THEN 1 ELSE 0 END AS is_returned,
                CASE WHEN {_chance(7)} % 1000 < 5 THEN 1 ELSE 0 END AS is_reopened,
                60 * {_squared(8, 2_880)} AS to_take, 60 * (1 + {_squared(9, 90)}) AS review,
                60 * (600 + {_squared(10, 9_000)}) AS mending,
                60 * {_squared(11, 1_440)} AS to_retake, 60 * {_squared(12, 5_000)} AS to_finance,
                {_chance(13)} % 50000000 + 500000 AS cost_rial, {_chance(14)} % 100 AS share
            FROM numbers
        ),
        came AS (
            SELECT drawn.*, t + CASE WHEN ({day}) % 7 = 5 THEN {DAY_SECONDS} ELSE 0 END
                AS arrive_at FROM drawn
        ),
        taken AS (
            SELECT came.*, arrive_at + to_take AS take_at,
                arrive_at + to_take + review AS end_at,
                arrive_at + to_take + review + mending AS again_at,
                arrive_at + to_take + review + mending + to_retake AS retake_at
            FROM came
        ),
        begun AS (
            SELECT taken.*, CASE WHEN is_returned = 1 THEN again_at ELSE arrive_at END AS clock_at,
                CASE WHEN is_returned = 1 THEN retake_at ELSE take_at END AS begun_at
            FROM taken
        ),
        ended AS (
            SELECT begun.*, begun_at + review AS finish_at,
                begun_at + review + 172800 AS reopen_at,
                begun_at + review + 176400 AS refinish_at,
                begun_at + review + CASE WHEN is_reopened = 1 THEN 176400 ELSE 0 END AS done_at
            FROM begun
        )
        SELECT ended.*, done_at + to_finance AS finance_at,
            done_at + to_finance + 864000 AS archive_at,
            n * 4294967296 AS claim_id, i.id AS insurer_id, c.id AS centre_id, a.id AS actor_id,
            CASE WHEN share < 30 THEN cost_rial / 100 * share ELSE 0 END AS deduction_rial
        FROM ended
        JOIN bench_insurer i ON i.place = CASE WHEN insurer_n < 6 THEN 0 WHEN insurer_n < 9 THEN 1
            ELSE 2 END
        JOIN bench_centre c ON c.place = centre_n
        JOIN bench_actor a ON a.place = actor_n
    """


STATE = """CASE
    WHEN archive_at <= :now THEN 'archived' WHEN finance_at <= :now THEN 'sent_to_finance'
    WHEN done_at <= :now AND (is_reopened = 0 OR refinish_at <= :now) THEN 'finished'
    WHEN begun_at <= :now THEN 'under_review' WHEN is_returned = 1 AND again_at <= :now
    THEN 'accepted' WHEN is_returned = 1 AND end_at <= :now THEN 'returned'
    WHEN take_at <= :now THEN 'under_review' ELSE 'accepted' END"""


def _instant(expression: str, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"strftime('%Y-%m-%d %H\\:%M\\:%S.000000', {expression}, 'unixepoch')"
    return f"to_timestamp({expression})"


def _flag(expression: str, is_sqlite: bool) -> str:
    return f"({expression})" if is_sqlite else f"CAST(({expression}) AS INTEGER) <> 0"


def claims_sql(is_sqlite: bool) -> str:
    """The rows of the drawn claims that came by ``:now``."""
    state = f"({STATE})"
    is_open = f"CASE WHEN {state} IN ('accepted','under_review','returned') THEN 1 ELSE 0 END"
    is_waiting = f"CASE WHEN {state} = 'accepted' THEN 1 ELSE 0 END"
    started = _instant("clock_at", is_sqlite)
    values = {
        "number": "'B-' || n",
        "kind": "kind",
        "state": state,
        "is_open": _flag(is_open, is_sqlite),
        "is_waiting": _flag(is_waiting, is_sqlite),
        "round": "1 + is_returned",
        **dict.fromkeys(("contract_id", "membership_id", "person_id", "account_id"), "1"),
        "batch_id": "CASE WHEN kind = 'direct' THEN NULL ELSE 1 END",
        "cover_code": "'dental'",
        "centre_id": "centre_id",
        "dentist_id": "1",
        "case_on": "'2025-01-01'" if is_sqlite else "DATE '2025-01-01'",
        "registered_at": started,
        "accepted_at": started,
        "due_at": _instant(f"clock_at + {2 * DAY_SECONDS}", is_sqlite),
        "assignee_id": "actor_id",
        "has_prescription": "0" if is_sqlite else "false",
        **dict.fromkeys(("image_count", "open_finding_count", "requested_payable_rial"), "0"),
        "line_count": "4",
        "service_groups": GROUPS,
        "cost_rial": "cost_rial",
        "version": "5",
        "insurer_id": "insurer_id",
        "id": "claim_id",
    }
    names, made = ", ".join(values), ", ".join(values.values())
    return (
        f"INSERT INTO claim ({names}) SELECT {made} FROM bench_claim"
        " WHERE arrive_at <= :now ORDER BY n"
    )


GROUPS = "CASE n % 4 WHEN 0 THEN 'endo' WHEN 1 THEN 'resto' ELSE 'endo resto' END"
AMOUNTS = {
    "cost_rial": "cost_rial",
    "tariff_reject_rial": "0",
    "technical_deduction_rial": "deduction_rial",
    "patient_share_rial": "cost_rial / 10",
    "technical_approval_rial": "cost_rial - deduction_rial - cost_rial / 10",
    "ceiling_reject_rial": "0",
    "payable_rial": "cost_rial - deduction_rial - cost_rial / 10",
}


def steps_sql(move: Move, is_sqlite: bool) -> str:
    """The rows of one move of the drawn claims, as far as it was made by ``:now``."""
    is_finish = move.action == "finish"
    is_decided = move.action in ("finish", "return")
    passed = f"({move.at} - {move.clock})"
    late = f"CASE WHEN {passed} <= {2 * DAY_SECONDS} THEN 1 ELSE 0 END"
    values = {
        "insurer_id": "insurer_id",
        "id": f"claim_id + {move.number}",
        "claim_id": "claim_id",
        "action": f"'{move.action}'",
        "at": _instant(move.at, is_sqlite),
        "day": "d.day",
        "month": "d.month",
        "centre_id": "centre_id",
        "actor_id": "NULL" if move.action == "arrive" else "actor_id",
        "kind": "kind",
        "round": move.round,
        "former": f"'{move.former}'" if move.former else "NULL",
        "waited_minutes": f"({move.at} - {move.before}) / 60" if move.former else "NULL",
        "round_minutes": f"{passed} / 60" if is_decided else "NULL",
        "clock_at": _instant(move.clock, is_sqlite),
        "is_on_time": _flag(late, is_sqlite) if is_decided else "NULL",
        "is_undone": _flag(move.undone, is_sqlite),
        **{name: made if is_finish else "NULL" for name, made in AMOUNTS.items()},
        "service_groups": GROUPS if is_decided else "NULL",
    }
    names, made = ", ".join(values), ", ".join(values.values())
    day = f"({move.at} + {TEHRAN_SECONDS}) / {DAY_SECONDS} + {EPOCH_ORDINAL}"
    return (
        f"INSERT INTO claim_step ({names}) SELECT {made} FROM bench_claim"
        f" JOIN bench_day d ON d.day = {day}"
        f" WHERE {move.only} AND {move.at} <= :now ORDER BY {move.at}"
    )
