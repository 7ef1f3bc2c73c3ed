"""What a case's earlier rounds say: their results and defects, what changed, what was decided."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine, LineDeduction
from workbench.db.queries import case as queries
from workbench.i18n import language
from workbench.rules.facts import Cite
from workbench.services.claims.rounds import REQUESTED
from workbench.services.claims.view import DefectRow, FormerDecision, LineChange, Round
from workbench.services.images.cites import cites_of


def read_rounds(session: Session, claim: Claim) -> tuple[Round, ...]:
    """All rounds, the first one first."""
    return tuple(
        Round(
            number=row.number,
            opened_at=row.opened_at,
            explanation=row.explanation,
            closed_at=row.closed_at,
            closed_by=row.display_name,
            result=row.result,
        )
        for row in session.execute(queries.rounds(claim))
    )


def read_defects(session: Session, claim: Claim) -> tuple[DefectRow, ...]:
    """The defects of all rounds, in the language of the reader."""
    return tuple(
        DefectRow(
            defect_id=row.Defect.id,
            round=row.Defect.round,
            reason=row.Defect.reason,
            title=row.title_fa if language() == "fa" else row.title_en,
            scope=row.Defect.scope,
            line_number=row.Defect.line_number,
            image_number=row.Defect.image_number,
            text=row.Defect.text,
            is_remedied=row.Defect.is_remedied,
            cites=cites_of(row.Defect.cites),
        )
        for row in session.execute(queries.defects(claim))
    )


def read_former_lines(session: Session, claim: Claim) -> Sequence[ClaimLine]:
    """The lines of the round before this one; none in the first."""
    if claim.round == 1:
        return ()
    return session.scalars(queries.lines_of_round(claim, claim.round - 1)).all()


def line_changes(
    former_rows: Sequence[ClaimLine], rows: Sequence[ClaimLine]
) -> tuple[LineChange, ...]:
    """What this round's lines say that the former round's did not."""
    if not former_rows:
        return ()
    former = {row.number: row for row in former_rows}
    changes = (_line_change(former.get(row.number), row) for row in rows)
    return tuple(change for change in changes if change.changes)


def former_decisions(
    session: Session, claim: Claim, rounds: Sequence[Round], former_rows: Sequence[ClaimLine]
) -> dict[int, FormerDecision]:
    """What the assessor had decided about each line before the case was returned, by its number.

    Empty after a reopening: such a round keeps what was assessed.
    """
    if not former_rows or rounds[-2].result != "returned":
        return {}
    deductions: dict[int, list[LineDeduction]] = {}
    for row in session.scalars(queries.deductions_of_round(claim, claim.round - 1)):
        deductions.setdefault(row.line_id, []).append(row)
    found = {
        row.number: FormerDecision(
            assessed_code=row.assessed_code,
            assessed_quantity=row.assessed_quantity,
            assessed_unit_price_rial=row.assessed_unit_price_rial,
            reject_reason=row.reject_reason if row.is_rejected else None,
            deductions=tuple(
                (each.reason, each.amount_rial) for each in deductions.get(row.id, ())
            ),
            cites=_cites(row, deductions.get(row.id, ())),
        )
        for row in former_rows
    }
    return {number: decision for number, decision in found.items() if decision.is_any}


def _cites(row: ClaimLine, deductions: Sequence[LineDeduction]) -> tuple[tuple[str, Cite], ...]:
    """The frames of a line's decisions, each with its reason."""
    reason = row.reject_reason or row.recode_reason or row.cut_reason or ""
    own = [(reason, cite) for cite in cites_of(row.cites)]
    return (*own, *((each.reason, cite) for each in deductions for cite in cites_of(each.cites)))


def _line_change(before: ClaimLine | None, after: ClaimLine) -> LineChange:
    if before is None:
        return LineChange(number=after.number, changes={"line": (None, after.number)})
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in REQUESTED}
    return LineChange(
        number=after.number,
        changes={name: pair for name, pair in pairs.items() if len({*pair}) > 1},
    )
