"""Claims as lists show them: queue, desk and search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.queries.listed import listed, named_keys
from workbench.i18n import language
from workbench.persian.identifiers import mask_national_code
from workbench.persian.rial import number as grouped
from workbench.rules.workflow import OPEN_STATES
from workbench.services.access import Actor
from workbench.services.rechecks.blindness import blind_claims


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedClaim:
    """A claim as lists show it: amounts in rials, the national code masked."""

    insurer_id: int
    claim_id: int
    number: str
    kind: str
    state: str
    round: int
    due_at: datetime | None
    registered_at: datetime
    finished_at: datetime | None
    person_name: str
    masked_national_code: str
    centre_name: str
    insurer_name: str
    service_groups: tuple[str, ...]
    line_count: int
    image_count: int
    open_finding_count: int
    cost_rial: int
    technical_deduction_rial: int | None
    payable_rial: int | None
    assignee_id: int | None
    assignee_name: str | None
    lease_until_at: datetime | None
    park_reason: str | None
    park_until_on: date | None

    def is_held(self, now: datetime) -> bool:
        """Whether someone holds it now, parked ones included."""
        if self.state not in OPEN_STATES or self.assignee_id is None:
            return False
        return self.lease_until_at is None or self.lease_until_at > now


def listed_claim(row: Row[Any]) -> ListedClaim:
    """A row of ``queries.listed``."""
    values = dict(row._mapping)
    name = f"{values.pop('first_name')} {values.pop('last_name')}"
    return ListedClaim(
        claim_id=values.pop("id"),
        person_name=name,
        masked_national_code=mask_national_code(values.pop("national_code")),
        service_groups=tuple(filter(None, values.pop("service_groups").split(","))),
        **values,
    )


def hide_decisions(
    session: Session, actor: Actor, claims: Iterable[ListedClaim]
) -> list[ListedClaim]:
    """The same, without what was decided about those that the actor assesses a second time."""
    found = list(claims)
    if all(each.payable_rial is None for each in found):
        return found
    blind = blind_claims(session, actor.user_id)
    return [
        replace(each, technical_deduction_rial=None, payable_rial=None)
        if (each.insurer_id, each.claim_id) in blind
        else each
        for each in found
    ]


def insurers_of(actor: Actor) -> tuple[int, ...] | None:
    """The actor's insurers for a query; None: all."""
    return None if actor.insurer_ids is None else tuple(sorted(actor.insurer_ids))


def capped_text(total: int, is_capped: bool) -> str:
    """A count in the present language, with a plus sign when there are more."""
    shown = grouped(total, language())
    return f"{shown}+" if is_capped else shown


def claims_of(session: Session, keys: Sequence[tuple[int, int]]) -> list[ListedClaim]:
    """Known claims (insurer, claim), in the order given; at most a page of them."""
    if not keys:
        return []
    found = session.execute(listed(named_keys(keys))).all()
    by_key = {(row.insurer_id, row.id): listed_claim(row) for row in found}
    return [by_key[key] for key in keys if key in by_key]
