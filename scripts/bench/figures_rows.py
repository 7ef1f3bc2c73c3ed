"""What claims made inside the database consist of: their steps, and the SQL that draws them.

A claim is drawn from its number ``n`` into a temporary table ``bench_claim``, one column an instant
in whole seconds; from there come its row and one row of ``claim_step`` for each of its moves.
"""

from datetime import date

from scripts.bench.figures_moves import Move

CENTRES, ASSESSORS = 200, 30
DAY_SECONDS, TEHRAN_SECONDS = 86_400, 12_600
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
PRIME = 2_147_483_647


def chance(number: int, of: str = "n") -> str:
    """A whole number below ``PRIME`` that looks drawn from ``of``, another for each ``number``."""
    return f"((({of}) * {48_271 + 7_919 * number * number} + {104_729 * number}) % {PRIME})"


def squared(number: int, most: int, of: str = "n") -> str:
    """Whole numbers below ``most``, small ones more often."""
    part = f"({chance(number, of)} % 1000)"
    return f"({part} * {part} * {most} / 1000000)"


def numbers_sql(first: str, last: str, is_sqlite: bool) -> str:
    """``WITH`` and a table ``numbers`` of one column ``n``."""
    if is_sqlite:
        return (
            f"WITH RECURSIVE numbers (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < {last})"
        )
    return f"WITH numbers (n) AS (SELECT generate_series(CAST({first} AS BIGINT), {last}))"


def base_sql(is_sqlite: bool) -> str:
    """Draw claims ``:first`` to ``:last`` of ``:claims``; ``:span`` seconds from ``:start``."""
    day = f"(t + {TEHRAN_SECONDS}) / {DAY_SECONDS} + {EPOCH_ORDINAL}"
    return f"""
        CREATE TEMP TABLE bench_claim AS {numbers_sql(":first", ":last", is_sqlite)},
        drawn AS (
            SELECT n, :start + n * :span / :claims + {chance(1)} % 3600 AS t,
                {chance(2)} % 10 AS insurer_n, {squared(3, CENTRES)} AS centre_n,
                {chance(4)} % {ASSESSORS} AS actor_n,
                CASE WHEN {chance(5)} % 100 < 30 THEN 'direct' ELSE 'indirect' END AS kind,
                CASE WHEN {chance(6)} % 1000 < 12 THEN 2 WHEN {chance(6)} % 1000 < 80 THEN 1 ELSE 0
                    END AS returns,
                CASE WHEN {chance(7)} % 1000 < 5 THEN 1 ELSE 0 END AS is_reopened,
                60 * {squared(8, 2_880)} AS to_take, 60 * (1 + {squared(9, 90)}) AS review,
                60 * (600 + {squared(10, 9_000)}) AS mending,
                60 * {squared(11, 1_440)} AS to_retake, 60 * {squared(12, 5_000)} AS to_finance,
                {chance(13)} % 50000000 + 500000 AS cost_rial, {chance(14)} % 100 AS share
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
        returned AS (
            SELECT taken.*, retake_at + review AS end2_at,
                retake_at + review + mending AS again2_at,
                retake_at + review + mending + to_retake AS retake2_at
            FROM taken
        ),
        begun AS (
            SELECT returned.*,
                CASE returns WHEN 2 THEN again2_at WHEN 1 THEN again_at ELSE arrive_at
                    END AS clock_at,
                CASE returns WHEN 2 THEN retake2_at WHEN 1 THEN retake_at ELSE take_at
                    END AS begun_at
            FROM returned
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
            CASE WHEN share < 30 THEN cost_rial / 100 * share ELSE 0 END AS deduction_rial,
            CASE n % 5 WHEN 0 THEN cost_rial / 20 ELSE 0 END AS tariff_rial,
            CASE n % 49 WHEN 0 THEN cost_rial / 4 ELSE 0 END AS ceiling_rial
        FROM ended
        JOIN bench_insurer i ON i.place = CASE WHEN insurer_n < 6 THEN 0 WHEN insurer_n < 9 THEN 1
            ELSE 2 END
        JOIN bench_centre c ON c.place = centre_n
        JOIN bench_actor a ON a.place = actor_n
    """


STATE = """CASE
    WHEN archive_at <= :now THEN 'archived' WHEN finance_at <= :now THEN 'sent_to_finance'
    WHEN done_at <= :now OR (finish_at <= :now AND reopen_at > :now) THEN 'finished'
    WHEN begun_at <= :now THEN 'under_review' WHEN returns = 2 AND again2_at <= :now
    THEN 'accepted' WHEN returns = 2 AND end2_at <= :now THEN 'returned'
    WHEN returns > 0 AND retake_at <= :now THEN 'under_review' WHEN returns > 0 AND again_at <= :now
    THEN 'accepted' WHEN returns > 0 AND end_at <= :now THEN 'returned'
    WHEN take_at <= :now THEN 'under_review' ELSE 'accepted' END"""


def instant(expression: str, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"strftime('%Y-%m-%d %H\\:%M\\:%S.000000', {expression}, 'unixepoch')"
    return f"to_timestamp({expression})"


def flag(expression: str, is_sqlite: bool) -> str:
    return f"({expression})" if is_sqlite else f"CAST(({expression}) AS INTEGER) <> 0"


def claims_sql(is_sqlite: bool) -> str:
    """The rows of the drawn claims that came by ``:now``."""
    state = f"({STATE})"
    is_open = f"CASE WHEN {state} IN ('accepted','under_review','returned') THEN 1 ELSE 0 END"
    is_waiting = f"CASE WHEN {state} = 'accepted' THEN 1 ELSE 0 END"
    started = instant("clock_at", is_sqlite)
    values = {
        "number": "'B-' || n",
        "kind": "kind",
        "state": state,
        "is_open": flag(is_open, is_sqlite),
        "is_waiting": flag(is_waiting, is_sqlite),
        "round": "1 + returns",
        **dict.fromkeys(("contract_id", "membership_id", "person_id", "account_id"), "1"),
        "batch_id": "CASE WHEN kind = 'direct' THEN NULL ELSE 1 END",
        "cover_code": "'dental'",
        "centre_id": "centre_id",
        "dentist_id": "1",
        "case_on": "'2025-01-01'" if is_sqlite else "DATE '2025-01-01'",
        "registered_at": started,
        "accepted_at": started,
        "due_at": instant(f"clock_at + {2 * DAY_SECONDS}", is_sqlite),
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
    return insert_sql("claim", values, "FROM bench_claim WHERE arrive_at <= :now ORDER BY n")


def insert_sql(table: str, values: dict[str, str], source: str) -> str:
    """Rows of a table, each column by the expression that makes it."""
    return f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} {source}"


GROUPS = "CASE n % 4 WHEN 0 THEN 'endo' WHEN 1 THEN 'resto' ELSE 'endo resto' END"
AMOUNTS = {
    "cost_rial": "cost_rial",
    "tariff_reject_rial": "tariff_rial",
    "technical_deduction_rial": "deduction_rial",
    "patient_share_rial": "cost_rial / 10",
    "technical_approval_rial": "cost_rial - tariff_rial - deduction_rial - cost_rial / 10",
    "ceiling_reject_rial": "ceiling_rial",
    "payable_rial": "cost_rial - tariff_rial - deduction_rial - cost_rial / 10 - ceiling_rial",
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
        "at": instant(move.at, is_sqlite),
        "day": "d.day",
        "month": "d.month",
        "centre_id": "centre_id",
        "actor_id": "NULL" if move.action == "arrive" else "actor_id",
        "kind": "kind",
        "round": move.round,
        "former": f"'{move.former}'" if move.former else "NULL",
        "waited_minutes": f"({move.at} - {move.before}) / 60" if move.former else "NULL",
        "round_minutes": f"{passed} / 60" if is_decided else "NULL",
        "clock_at": instant(move.clock, is_sqlite),
        "is_on_time": flag(late, is_sqlite) if is_decided else "NULL",
        "is_undone": flag(move.undone, is_sqlite),
        **{name: made if is_finish else "NULL" for name, made in AMOUNTS.items()},
        "service_groups": GROUPS if is_decided else "NULL",
    }
    day = f"({move.at} + {TEHRAN_SECONDS}) / {DAY_SECONDS} + {EPOCH_ORDINAL}"
    source = (
        f"FROM bench_claim JOIN bench_day d ON d.day = {day}"
        f" WHERE {move.only} AND {move.at} <= :now ORDER BY {move.at}"
    )
    return insert_sql("claim_step", values, source)
