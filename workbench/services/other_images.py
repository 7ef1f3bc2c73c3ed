"""Images of other cases that a finding of this case names, for whoever may see those cases too."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.db.queries import other_images as queries
from workbench.rules.finding import Finding
from workbench.services.access import Actor, has_conflict, may
from workbench.services.case_view import OtherImage

FIRST_NUMBER = 1_000
"""Images of other cases are numbered from here on: no image of the case has such a number."""
IMAGES_MAX = 24


def others_of(
    session: Session, actor: Actor, claim: Claim, findings: Iterable[Finding]
) -> tuple[OtherImage, ...]:
    """The images that the findings name in other cases of the same insurer, numbered from 1,000.

    A case that the actor may not see (his own centre's or treatment's) gives none.
    """
    wanted = _wanted(findings)
    if not wanted or not may(actor, "claim.images"):
        return ()
    numbers = sorted({number for number, _images, _key in wanted})
    rows = session.execute(queries.images_of_numbers(claim.insurer_id, numbers)).all()
    seen = [row for row in rows if not has_conflict(actor, row.Claim)]
    found = [
        (key, row)
        for number, images, key in wanted
        for row in seen
        if row.Claim.number == number and row.Attachment.number in images
    ]
    return tuple(
        OtherImage(
            number=FIRST_NUMBER + place,
            insurer_id=row.Claim.insurer_id,
            claim_id=row.Claim.id,
            claim_number=row.Claim.number,
            image=row.Attachment.number,
            kind=row.Attachment.kind,
            phase=row.Attachment.phase,
            teeth=tuple(row.Attachment.teeth),
            taken_on=row.Attachment.taken_on,
            width=row.width,
            height=row.height,
            finding=key,
        )
        for place, (key, row) in enumerate(found[:IMAGES_MAX])
    )


def _wanted(findings: Iterable[Finding]) -> list[tuple[str, tuple[int, ...], str]]:
    """Case number, image numbers and the finding's key, of each finding that names such images."""
    wanted = []
    for finding in findings:
        number, images = finding.facts.get("earlier_claim"), finding.facts.get("earlier_images")
        if isinstance(number, str) and isinstance(images, tuple) and images:
            wanted.append((number, images, finding.key))
        number, image = finding.facts.get("other_claim"), finding.facts.get("other_image")
        if isinstance(number, str) and isinstance(image, int):
            wanted.append((number, (image,), finding.key))
    return wanted
