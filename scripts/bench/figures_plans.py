"""Treatment plans made inside the database: rounds, units, seats and votes, on the letters made.

A plan is drawn from its number ``n`` into a temporary table ``bench_plan``: its first round, and a
second one where it was returned. A round is due a week after it came.
"""

from scripts.bench.figures_rows import DAY_SECONDS, chance, flag, insert_sql, instant, numbers_sql

SEATS, UNITS_MAX = 3, 3
DUE_SECONDS, LIMIT_SECONDS = 7 * DAY_SECONDS, 12 * DAY_SECONDS
CLOCK = ("submitted_at", "start_at", "due_at", "limit_at")
ROUNDS = "(SELECT 1 AS number UNION ALL SELECT 2) AS r"
UNITS = "(SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3) AS u"
PLACES = "(SELECT 0 AS place UNION ALL SELECT 1 UNION ALL SELECT 2) AS k"
OF_ROUND = "CASE r.number WHEN 1 THEN {0}1_at ELSE {0}2_at END"
CAME, CLOSED = OF_ROUND.format("came"), OF_ROUND.format("closed")
IS_THERE = f"(r.number = 1 OR is_returned = 1) AND {CAME} <= :now"
IS_FINAL = "r.number = 1 + is_returned"
IS_DECIDED = "decided_at <= :now"


def plans_sql(is_sqlite: bool) -> list[str]:
    """Draw ``:plans`` over ``:span`` seconds from ``:start``, and all their rows."""
    return [
        _drawn_sql(is_sqlite),
        _plan_sql(is_sqlite),
        _rounds_sql(is_sqlite),
        _units_sql(),
        _seats_sql(is_sqlite),
        _votes_sql(is_sqlite),
        _casting_sql(is_sqlite),
    ]


def _span(number: int) -> str:
    """How long a round takes: up to nine days, shorter ones more often."""
    part = f"({chance(number)} % 1000)"
    return f"3600 + {part} * {part} * {9 * DAY_SECONDS // 1_000} / 1000"


def _drawn_sql(is_sqlite: bool) -> str:
    """The plans of the letters, which came over the same time."""
    return f"""
        CREATE TEMP TABLE bench_plan AS {numbers_sql("1", ":plans", is_sqlite)},
        came AS (
            SELECT n, :start + n * :span / :plans - {chance(41)} % 3600 AS came1_at,
                CASE WHEN {chance(42)} % 100 < 15 THEN 1 ELSE 0 END AS is_returned,
                {chance(43)} % {UNITS_MAX} + 1 AS units, {_span(44)} AS span1, {_span(45)} AS span2,
                {chance(46)} % 10 * {DAY_SECONDS} + 40000 AS mending
            FROM numbers
        ),
        drawn AS (
            SELECT came.*, came1_at + span1 AS closed1_at,
                came1_at + span1 + mending AS came2_at,
                came1_at + span1 + mending + span2 AS closed2_at
            FROM came
        )
        SELECT drawn.*, drawn.n * 4294967296 AS plan_id, l.insurer_id, l.centre_id, l.person_id,
            l.contract_id, l.letter_id,
            CASE is_returned WHEN 1 THEN closed2_at ELSE closed1_at END AS decided_at,
            CASE WHEN is_returned = 1 AND came2_at <= :now THEN 2 ELSE 1 END AS round,
            CASE WHEN is_returned = 1 AND came2_at <= :now THEN came2_at ELSE came1_at END
                AS clock_at
        FROM drawn JOIN bench_letter l ON l.n = drawn.n * :letters / :plans
    """


def _clock(came: str, is_sqlite: bool) -> dict[str, str]:
    moved = (came, came, f"{came} + {DUE_SECONDS}", f"{came} + {LIMIT_SECONDS}")
    return {name: instant(at, is_sqlite) for name, at in zip(CLOCK, moved, strict=True)}


def _plan_sql(is_sqlite: bool) -> str:
    values = {
        "insurer_id": "insurer_id",
        "id": "plan_id",
        "number": "CAST(18000000 + n AS VARCHAR)",
        "referral_id": "letter_id",
        "contract_id": "contract_id",
        "person_id": "person_id",
        "centre_id": "centre_id",
        "dentist_id": "1",
        "kinds": "'implant'",
        "state": f"""CASE WHEN {IS_DECIDED} THEN 'decided'
            WHEN round = 1 AND is_returned = 1 AND closed1_at <= :now THEN 'returned'
            ELSE 'submitted' END""",
        "round": "round",
        "amount_rial": "units * 60000000",
        "is_complete": flag("1", is_sqlite),
        **_clock("clock_at", is_sqlite),
        "at_risk_at": instant(f"clock_at + {DUE_SECONDS - DAY_SECONDS}", is_sqlite),
        "decided_at": f"CASE WHEN {IS_DECIDED} THEN {instant('decided_at', is_sqlite)} END",
        "is_late": flag(
            f"CASE WHEN {IS_DECIDED} AND decided_at > clock_at + {DUE_SECONDS} THEN 1 ELSE 0 END",
            is_sqlite,
        ),
        "result": f"CASE WHEN {IS_DECIDED} THEN 'approved' END",
        "version": "1",
        "votes": f"CASE WHEN {IS_DECIDED} THEN {SEATS} ELSE n % {SEATS} END",
    }
    return insert_sql("treatment_plan", values, "FROM bench_plan WHERE came1_at <= :now ORDER BY n")


def _rounds_sql(is_sqlite: bool) -> str:
    values = {
        "insurer_id": "insurer_id",
        "id": "plan_id + r.number",
        "plan_id": "plan_id",
        "number": "r.number",
        **_clock(f"({CAME})", is_sqlite),
        "explanation": "''",
        "closed_at": f"CASE WHEN {CLOSED} <= :now THEN {instant(CLOSED, is_sqlite)} END",
        "result": f"""CASE WHEN {CLOSED} <= :now THEN
            CASE WHEN {IS_FINAL} THEN 'decided' ELSE 'returned' END END""",
    }
    source = f"FROM bench_plan CROSS JOIN {ROUNDS} WHERE {IS_THERE} ORDER BY n"
    return insert_sql("plan_round", values, source)


_OF_UNIT = f"n * {UNITS_MAX} + u.number"
CHOICE = f"""CASE WHEN {chance(47, _OF_UNIT)} % 100 < 70 THEN 'approve'
    WHEN {chance(47, _OF_UNIT)} % 100 < 85 THEN 'modify' ELSE 'reject' END"""
"""What is decided about a unit."""


def _units_sql() -> str:
    amount = f"({chance(48, _OF_UNIT)} % 90 + 40) * 1000000"
    modified = f"{IS_DECIDED} AND ({CHOICE}) = 'modify' AND n % 7 > 0"
    values = {
        "insurer_id": "insurer_id",
        "id": "plan_id + u.number",
        "plan_id": "plan_id",
        "number": "u.number",
        "code": "v.code",
        "service_group": "v.service_group",
        "quantity": "1",
        "amount_rial": amount,
        "choice": f"CASE WHEN {IS_DECIDED} THEN {CHOICE} END",
        "approved_rial": f"CASE WHEN {modified} THEN {amount} / 4 * 3 END",
    }
    place = f"{chance(49, _OF_UNIT)} % (SELECT count(*) FROM bench_unit)"
    source = f"""
        FROM bench_plan CROSS JOIN {UNITS} JOIN bench_unit v ON v.place = {place}
        WHERE u.number <= units AND came1_at <= :now ORDER BY n
    """
    return insert_sql("plan_unit", values, source)


VOTED = f"""
    FROM bench_plan CROSS JOIN {ROUNDS} CROSS JOIN {PLACES}
    JOIN bench_member m ON m.place = (n * 7 + k.place * 5) % (SELECT count(*) FROM bench_member)
"""
"""Rounds of plans with the three members of their panels."""
HAS_VOTED = f"""{IS_THERE} AND k.place < CASE WHEN {IS_FINAL} AND {IS_DECIDED} THEN {SEATS}
    ELSE n % {SEATS} END"""
IS_REPLACED = "n % 40 = 0 AND k.place = 2"


def _seats_sql(is_sqlite: bool) -> str:
    """Of those who voted; some were replaced by the chair after that."""
    came = instant(f"({CAME})", is_sqlite)
    values = {
        "insurer_id": "insurer_id",
        "id": "plan_id + r.number * 8 + k.place",
        "plan_id": "plan_id",
        "round": "r.number",
        "member_id": "m.id",
        **dict.fromkeys(("taken_at", "held_until_at"), came),
        "due_at": instant(f"({CAME}) + {DUE_SECONDS}", is_sqlite),
        "has_voted": flag("1", is_sqlite),
        "is_open": flag(f"CASE WHEN {CLOSED} > :now THEN 1 ELSE 0 END", is_sqlite),
        "ended_at": f"CASE WHEN {IS_REPLACED} THEN {came} END",
        "ended_by_id": f"CASE WHEN {IS_REPLACED} THEN (SELECT min(id) FROM bench_member) END",
    }
    return insert_sql("plan_seat", values, f"{VOTED} WHERE {HAS_VOTED} ORDER BY n")


def _vote(voted: str, choice: str, is_casting: str, number: str, is_sqlite: bool) -> dict[str, str]:
    return {
        "insurer_id": "insurer_id",
        "id": f"plan_id + r.number * 64 + u.number * 8 + {number}",
        "plan_id": "plan_id",
        "round": "r.number",
        "unit_number": "u.number",
        "member_id": voted,
        "choice": choice,
        "reason": "''",
        "is_casting": flag(is_casting, is_sqlite),
        "at": instant(f"({CAME}) + 1800", is_sqlite),
    }


def _votes_sql(is_sqlite: bool) -> str:
    """Five of six say what is decided."""
    drawn = chance(50, f"({_OF_UNIT}) * {SEATS} + k.place")
    choice = f"CASE {drawn} % 12 WHEN 0 THEN 'reject' WHEN 1 THEN 'approve' ELSE {CHOICE} END"
    source = f"{VOTED} CROSS JOIN {UNITS} WHERE {HAS_VOTED} AND u.number <= units ORDER BY n"
    return insert_sql("plan_vote", _vote("m.id", choice, "0", "k.place", is_sqlite), source)


def _casting_sql(is_sqlite: bool) -> str:
    """The chair's word about the first unit of some decided plans."""
    chair = "(SELECT max(id) FROM bench_member)"
    source = f"""
        FROM bench_plan CROSS JOIN {ROUNDS} CROSS JOIN {UNITS}
        WHERE {IS_FINAL} AND {IS_DECIDED} AND u.number = 1 AND n % 50 = 0
    """
    return insert_sql("plan_vote", _vote(chair, CHOICE, "1", "7", is_sqlite), source)
