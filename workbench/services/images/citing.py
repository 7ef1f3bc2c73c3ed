"""Frames that are attached to what was deducted already."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.errors import Refused
from workbench.rules.facts import Cite
from workbench.services.access import Actor
from workbench.services.claims.assessing import Place, write_case
from workbench.services.claims.facts import Assessment
from workbench.services.claims.line_rows import add_line_cites, deduction_row, line_row
from workbench.services.images.cites import cited, cites_of, claim_cites


def cite_deduction(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    line_id: int,
    index: int | None,
    cites: Sequence[Cite],
    now: datetime,
) -> Assessment:
    """Let a deduction rest on further frames; those it has stay.

    ``index`` is its place among the typed and accepted ones of the line; None stands for the
    line's own cut, re-code or rejection. Refused: ``deduction_not_found``, ``cite_nothing``,
    ``cite_wrong`` (a frame that is none, or too many with those it has).
    """

    def work(claim: Claim) -> dict[str, Any]:
        row = line_row(session, claim, line_id)
        if not cites:
            raise Refused("cite_nothing")
        if index is None:
            add_line_cites(session, claim, row, cites)
            return {"line": row.number, **cited(cites)}
        deduction = deduction_row(session, claim, row, index)
        deduction.cites = claim_cites(session, claim, (*cites_of(deduction.cites), *cites))
        return {"line": row.number, "reason": deduction.reason, **cited(cites)}

    return write_case(session, actor, place, "cite_deduction", work, now)
