"""Referral letters made inside the database, with the rows of the ledger that their figures read.

A letter is drawn from its number ``n`` into a temporary table ``bench_letter``; what became of it
until now follows from its instants.
"""

from scripts.bench.figures_rows import (
    DAY_SECONDS,
    TEHRAN_SECONDS,
    chance,
    insert_sql,
    instant,
    numbers_sql,
    squared,
)

CONTRACTS, PEOPLE = 20, 1_000
ASKED_DAYS, SETTLED_DAYS, JOB_SECONDS = 3, 90, 36 * 3_600
"""A letter asked for waits so long, one in use is settled so late; the job of expiry comes after
the last valid day."""

STATE = f"""CASE
    WHEN is_asked = 1 AND t + {ASKED_DAYS * DAY_SECONDS} > :now THEN 'requested'
    WHEN is_declined = 1 THEN 'invalid'
    WHEN is_used = 1 AND use_at + {SETTLED_DAYS * DAY_SECONDS} <= :now THEN 'settled'
    WHEN is_used = 1 THEN 'in_use'
    WHEN is_cancelled = 1 AND t + {ASKED_DAYS * DAY_SECONDS} <= :now THEN 'cancelled'
    WHEN over_at + {JOB_SECONDS} <= :now THEN 'expired'
    WHEN n % 9 = 0 THEN 'amended' ELSE 'issued' END"""


def letters_sql(is_sqlite: bool) -> list[str]:
    """Draw ``:letters`` over ``:span`` seconds from ``:start``; their rows, reserves and entries.

    ``bench_letter`` stays, for the plans that stand on them.
    """
    return [
        _drawn_sql(is_sqlite),
        f"CREATE TEMP TABLE bench_letter AS SELECT l.*, {STATE} AS state FROM bench_drawn l",
        _letter_sql(is_sqlite),
        _reservation_sql(),
        *_entries_sql(is_sqlite),
        HELD,
    ]


HELD = """
    UPDATE ceiling_account SET reserved_rial = (
        SELECT coalesce(sum(r.reserved_left_rial), 0) FROM ceiling_reservation r
        WHERE r.insurer_id = ceiling_account.insurer_id AND r.account_id = ceiling_account.id)
"""


def _drawn_sql(is_sqlite: bool) -> str:
    midnight = f"({{}} + {TEHRAN_SECONDS}) / {DAY_SECONDS} * {DAY_SECONDS} - {TEHRAN_SECONDS}"
    return f"""
        CREATE TEMP TABLE bench_drawn AS {numbers_sql("1", ":letters", is_sqlite)},
        came AS (
            SELECT n, :start + n * :span / :letters AS t, {chance(31)} % 10 AS insurer_n,
                {squared(32, 200)} AS centre_n, {chance(33)} % {PEOPLE} + 1 AS person_id,
                ({chance(34)} % 900 + 100) * 100000 AS amount_rial,
                30 + {chance(35)} % 32 AS valid_days,
                CASE WHEN {chance(36)} % 100 < 75 THEN 1 ELSE 0 END AS is_wanted,
                CASE WHEN {chance(37)} % 100 < 4 THEN 1 ELSE 0 END AS is_asked,
                CASE WHEN {chance(37)} % 200 < 3 THEN 1 ELSE 0 END AS is_declined,
                CASE WHEN {chance(38)} % 100 < 3 THEN 1 ELSE 0 END AS is_cancelled
            FROM numbers
        ),
        ended AS (
            SELECT came.*, {midnight.format("t")} + (valid_days + 1) * {DAY_SECONDS} AS over_at,
                t + 3600 + {squared(39, 1_000)} * (valid_days - 1) * {DAY_SECONDS // 1_000}
                    AS use_at
            FROM came
        )
        SELECT ended.*, n * 4294967296 AS letter_id, i.id AS insurer_id, c.id AS centre_id,
            person_id % {CONTRACTS} + 1 AS contract_id,
            CASE WHEN is_wanted = 1 AND is_declined = 0 AND use_at <= :now
                AND (is_asked = 0 OR t + {ASKED_DAYS * DAY_SECONDS} <= :now) THEN 1 ELSE 0 END
                AS is_used
        FROM ended
        JOIN bench_insurer i ON i.place = CASE WHEN insurer_n < 6 THEN 0 WHEN insurer_n < 9 THEN 1
            ELSE 2 END
        JOIN bench_centre c ON c.place = centre_n
    """


def _day(expression: str, is_sqlite: bool) -> str:
    """The day in Tehran of an instant."""
    moved = f"{expression} + {TEHRAN_SECONDS}"
    if is_sqlite:
        return f"date({moved}, 'unixepoch')"
    return f"CAST(to_timestamp({moved}) AS DATE)"


def _letter_sql(is_sqlite: bool) -> str:
    values = {
        "insurer_id": "insurer_id",
        "id": "letter_id",
        "number": "CAST(700000000 + n AS VARCHAR)",
        "contract_id": "contract_id",
        "cover_code": "'dental'",
        "account_id": "contract_id",
        "reservation_id": "letter_id",
        "person_id": "person_id",
        "centre_id": "centre_id",
        "issued_by": "'centre'",
        "issued_on": _day("t", is_sqlite),
        "last_valid_on": _day(f"over_at - {DAY_SECONDS}", is_sqlite),
        "amount_rial": "amount_rial",
        "state": "state",
        "first_service_at": f"CASE is_used WHEN 1 THEN {instant('use_at', is_sqlite)} END",
        "requested_by_id": "CASE is_asked WHEN 1 THEN (SELECT min(id) FROM bench_actor) END",
        "version": "1",
    }
    return insert_sql("referral", values, "FROM bench_letter ORDER BY n")


LEFT = """CASE WHEN state IN ('issued', 'amended') THEN amount_rial
    WHEN state = 'in_use' THEN amount_rial / 3 ELSE 0 END"""
"""What the letter still holds of its ceiling."""


def _reservation_sql() -> str:
    values = {
        "insurer_id": "insurer_id",
        "id": "letter_id",
        "account_id": "contract_id",
        "reserved_left_rial": LEFT,
    }
    return insert_sql("ceiling_reservation", values, "FROM bench_letter ORDER BY n")


def _entries_sql(is_sqlite: bool) -> list[str]:
    """What was reserved, then given back: at the expiry, or as it was used or cancelled."""
    kinds = (
        (1, "reserve", "t", "amount_rial", 1, "state <> 'requested' AND is_declined = 0"),
        (2, "expire", "over_at + 3600", "amount_rial", -1, "state = 'expired'"),
        (
            *(3, "release", f"CASE WHEN is_used = 1 THEN use_at ELSE t + {DAY_SECONDS} END"),
            *(f"(amount_rial - {LEFT})", -1, "state IN ('in_use', 'settled', 'cancelled')"),
        ),
    )
    return [
        insert_sql(
            "ceiling_entry",
            {
                "insurer_id": "insurer_id",
                "id": f"letter_id + {number}",
                "account_id": "contract_id",
                "reservation_id": "letter_id",
                "kind": f"'{kind}'",
                "amount_rial": amount,
                "limit_change_rial": "0",
                "reserved_change_rial": f"{sign} * {amount}",
                "used_change_rial": "0",
                "referral_id": "letter_id",
                "at": instant(at, is_sqlite),
                "idempotency_key": f"'{kind}\\:' || letter_id",
            },
            f"FROM bench_letter WHERE {only} ORDER BY n",
        )
        for number, kind, at, amount, sign, only in kinds
    ]
