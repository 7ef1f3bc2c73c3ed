"""The lines of made-up claims: four of each ended round, what is deducted from them, and defects.

The lines of a round sum up to its step to the rial, and the reasons of a line to its deduction.
"""

from scripts.bench.figures_rows import chance, insert_sql, squared

LINES = 4
SHARES = (4, 3, 2)
"""Tenths of the cost that the first lines have; the last one has the rest."""
ENDED = "FROM bench_claim b CROSS JOIN claim_step s"
"""The drawn claims with the steps that ended a round of theirs; ``OF_STEP`` joins them."""
OF_STEP = """s.insurer_id = b.insurer_id AND s.claim_id = b.claim_id
    AND s.id BETWEEN b.claim_id AND b.claim_id + 99 AND s.action IN ('finish', 'return')"""


def lines_sql(is_sqlite: bool) -> list[str]:
    """The lines of the drawn claims, their deductions with reasons, the defects of returns."""
    each = " UNION ALL ".join(f"SELECT {n} AS number" for n in range(1, LINES + 1))
    drawn = f"{ENDED} CROSS JOIN ({each}) AS l"
    return [_line_sql(drawn, is_sqlite), *_deductions(drawn), _defects_sql()]


def _share(amount: str) -> str:
    """What a line has of an amount of its case."""
    tenths = " ".join(
        f"WHEN {number} THEN {amount} / 10 * {share}" for number, share in enumerate(SHARES, 1)
    )
    return f"(CASE l.number {tenths} ELSE {amount} - {amount} / 10 * {sum(SHARES)} END)"


DEDUCTED = """(CASE WHEN s.action = 'return' THEN 0 WHEN n % 3 = 0 THEN
    CASE l.number WHEN 1 THEN b.deduction_rial ELSE 0 END ELSE CASE l.number
    WHEN 1 THEN b.deduction_rial / 2 WHEN 2 THEN b.deduction_rial - b.deduction_rial / 2
    ELSE 0 END END)"""
"""Of every third case from its first line alone, else from two."""
SECOND = f"({DEDUCTED} / 3)"
"""The part of a line's deduction that has a reason of its own."""
LINE_ID = "b.claim_id + s.round * 16 + l.number"


def _line_sql(drawn: str, is_sqlite: bool) -> str:
    cost = _share("b.cost_rial")
    amounts = {
        "tariff_reject_rial": _share("b.tariff_rial"),
        "technical_deduction_rial": DEDUCTED,
        "patient_share_rial": _share("(b.cost_rial / 10)"),
    }
    approval = f"{cost} - {' - '.join(amounts.values())}"
    values = {
        "insurer_id": "b.insurer_id",
        "id": LINE_ID,
        "claim_id": "b.claim_id",
        "round": "s.round",
        "number": "l.number",
        "service_on": "'2025-01-01'" if is_sqlite else "DATE '2025-01-01'",
        "code": "v.code",
        "quantity": "1",
        **dict.fromkeys(("unit_price_rial", "cost_rial"), cost),
        **dict.fromkeys(("surfaces", "note", "assessor_note"), "''"),
        **dict.fromkeys(("is_rejected", "is_looked_at"), "0" if is_sqlite else "false"),
        **{
            name: f"CASE s.action WHEN 'finish' THEN {made} END"
            for name, made in (amounts | {"technical_approval_rial": approval}).items()
        },
    }
    place = squared(21, "(SELECT count(*) FROM bench_service)", f"n * {LINES} + l.number")
    return insert_sql(
        "claim_line", values, f"{drawn} JOIN bench_service v ON v.place = {place} WHERE {OF_STEP}"
    )


def _deductions(drawn: str) -> list[str]:
    """The reasons of a line are of two halves of the table, so it never has one twice."""
    half = "((SELECT count(*) FROM bench_deduction) / 2)"
    of_line = f"n * {LINES} + l.number"
    parts = (
        (1, f"({DEDUCTED} - {SECOND})", squared(22, half, of_line)),
        (2, SECOND, f"{half} + {squared(23, half, of_line)}"),
    )
    return [
        insert_sql(
            "line_deduction",
            {
                "insurer_id": "b.insurer_id",
                "id": f"({LINE_ID}) * 4 + {part}",
                "claim_id": "b.claim_id",
                "round": "s.round",
                "line_id": LINE_ID,
                "reason": "r.code",
                "amount_rial": amount,
                "source": "'typed'",
                "text": "''",
                "at": "s.at",
                "actor_id": "b.actor_id",
            },
            f"{drawn} JOIN bench_deduction r ON r.place = {place} WHERE {OF_STEP} AND {amount} > 0",
        )
        for part, amount, place in parts
    ]


def _defects_sql() -> str:
    """One defect of each return, of some two; what was missing once is often missing again."""
    values = {
        "insurer_id": "b.insurer_id",
        "id": "b.claim_id + s.round * 16 + p.part",
        "claim_id": "b.claim_id",
        "round": "s.round",
        "reason": "r.code",
        "scope": "'case'",
        "text": "''",
    }
    half = "((SELECT count(*) FROM bench_defect) / 2)"
    again = f"n + CASE WHEN {chance(24)} % 2 = 0 THEN s.round ELSE 0 END"
    source = f"""
        {ENDED} CROSS JOIN (SELECT 0 AS part UNION ALL SELECT 1) AS p
        JOIN bench_defect r ON r.place = p.part * {half} + {squared(26, half, again)}
        WHERE {OF_STEP} AND s.action = 'return' AND (p.part = 0 OR {chance(25)} % 3 = 0)
    """
    return insert_sql("defect", values, source)
