"""One hashed and sealed event for each bulk-filled claim, as the trail would have it."""

from typing import TYPE_CHECKING, Any

from scripts.bench.rows import Rows, json_text, stored
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import ClaimState
from workbench.services.audit import chain_hash, content_hash

if TYPE_CHECKING:
    from scripts.bench.claims import Bulk

ACTIONS = {ClaimState.RETURNED: "claim.return", ClaimState.VOID: "claim.void"}


class Trail:
    """Writes events and their seals; the chain goes on where the sealer left it."""

    def __init__(self, rows: Rows, position: int = 0, link: str = "") -> None:
        self._rows, self._position, self._link = rows, position, link

    def record(self, claim: "Bulk", money: CaseMoney | None) -> None:
        """The claim's event: of its finish with the money, else of what it is."""
        facts: dict[str, Any] = {
            "claim": claim.number,
            "round": 1,
            "state": str(claim.state),
            "version": 5,
        }
        action = ACTIONS.get(claim.state, "claim.register")
        if money is not None:
            action = "claim.finish"
            facts |= {
                "cost_rial": money.cost_rial,
                "deduction_rial": money.technical_deduction_rial,
                "ceiling_reject_rial": money.ceiling_reject_rial,
                "payable_rial": money.payable_rial,
            }
        at = claim.ended_at or claim.registered_at
        values: dict[str, Any] = {
            "id": self._rows.new_id(),
            "insurer_id": claim.sent.insurer_id,
            "stream": f"claim:{claim.sent.insurer_id}-{claim.claim_id}",
            "sequence": 1,
            "at": at,
            "actor_id": claim.ended_by_id,
            "action": action,
            "facts": facts,
        }
        content = content_hash(values)
        self._rows.add(
            "audit_event",
            **{**values, "at": stored(at), "facts": json_text(facts)},
            content_hash=content,
        )
        self._position += 1
        self._link = chain_hash(self._link, content)
        self._rows.add(
            "audit_seal",
            position=self._position,
            event_id=values["id"],
            sealed_at=stored(self._rows.now),
            chain_hash=self._link,
        )
