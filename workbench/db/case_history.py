"""What was done to the patient before, as far as it can repeat what a case bills (B8)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from workbench.db.models import Claim
from workbench.db.queries import tooth_history as queries
from workbench.persian.jalali import add_months
from workbench.rules import facts
from workbench.rules.parameters import Parameters


def load_history(
    connection: Connection, claim: Claim, lines: Sequence[facts.Line], parameters: Parameters
) -> tuple[facts.EarlierTreatment, ...]:
    """The approved treatments of ended claims that an interval of the case's lines may reach.

    Of other insurers' claims only day, code and place. One statement, and one for the images of
    what was found; none where no line's group has an interval.
    """
    groups, codes, months = _reach(lines, parameters)
    if not groups:
        return ()
    days = [line.service_on for line in lines]
    asked = {
        "person_id": claim.person_id,
        "insurer_id": claim.insurer_id,
        "claim_id": claim.id,
        "from_on": add_months(min(days), -months),
        "until_on": max(days),
        "groups": sorted(groups),
        "codes": sorted(codes),
    }
    rows = connection.execute(queries.EARLIER, asked).all()
    near = [row for row in rows if row.insurer_id != claim.insurer_id or _is_near(row, lines)]
    images = _images(connection, claim, near)
    return tuple(_treatment(row, claim, images) for row in near)


def _reach(lines: Iterable[facts.Line], parameters: Parameters) -> tuple[set[str], set[str], int]:
    """The groups that repeat one of the lines, the lines' codes, and the longest interval."""
    groups: set[str] = set()
    codes: set[str] = set()
    months = 0
    for line in lines:
        service = line.assessed_service or line.service
        for interval in parameters.retreatment_intervals:
            if service and service.group in interval.groups:
                groups |= set(interval.groups)
                codes.add(service.code)
                months = max(months, interval.months)
    return groups, codes, months


def _is_near(row: Row[Any], lines: Iterable[facts.Line]) -> bool:
    """Same tooth as a line, or one of the two names none: the intervals say what that means."""
    return row.tooth is None or any(line.tooth in (None, row.tooth) for line in lines)


def _images(
    connection: Connection, claim: Claim, rows: Iterable[Row[Any]]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """Numbers of the images that show a found treatment, by its claim and line number."""
    own = [row for row in rows if row.insurer_id == claim.insurer_id]
    if not own:
        return {}
    asked = {"insurer_id": claim.insurer_id, "claim_ids": sorted({row.claim_id for row in own})}
    images = connection.execute(queries.IMAGES, asked).all()
    return {
        (row.claim_id, row.line): tuple(
            image.number
            for image in images
            if image.claim_id == row.claim_id
            and (row.line in image.lines or (row.tooth is not None and row.tooth in image.teeth))
        )
        for row in own
    }


def _treatment(
    row: Row[Any], claim: Claim, images: dict[tuple[int, int], tuple[int, ...]]
) -> facts.EarlierTreatment:
    on: date = row.service_on
    if row.insurer_id != claim.insurer_id:
        return facts.EarlierTreatment(on=on, code=row.code, tooth=row.tooth, jaw=row.jaw)
    return facts.EarlierTreatment(
        on=on,
        code=row.code,
        tooth=row.tooth,
        jaw=row.jaw,
        surfaces=row.surfaces,
        group=row.service_group,
        title=row.title,
        centre=row.centre,
        claim_number=row.claim_number,
        images=images[row.claim_id, row.line],
    )
