"""States and transitions of claim, batch and referral, as tables; roles are checked here.

Source: domain README §3. ``apply`` is the only way from one state to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import Refused


class Role(StrEnum):
    """What a user may be; one user can be several."""

    RECEPTION = "reception"
    ASSESSOR = "assessor"
    LEAD = "lead"
    COMMISSION = "commission"
    CHAIR = "chair"
    MANAGER = "manager"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"


class ClaimState(StrEnum):
    """State of a claim, direct or indirect."""

    READY_TO_SEND = "ready_to_send"
    ACCEPTED = "accepted"
    UNDER_REVIEW = "under_review"
    PARKED = "parked"
    RETURNED = "returned"
    FINISHED = "finished"
    SENT_TO_FINANCE = "sent_to_finance"
    ARCHIVED = "archived"
    VOID = "void"


class ReferralState(StrEnum):
    """Stored state of a referral; expiry is derived from dates until the job records it."""

    REQUESTED = "requested"
    ISSUED = "issued"
    AMENDED = "amended"
    IN_USE = "in_use"
    SETTLED = "settled"
    EXPIRED = "expired"
    INVALID = "invalid"
    CANCELLED = "cancelled"


class BatchState(StrEnum):
    """State of a batch (``ready_to_send`` here: sent by the centre, paper not yet received)."""

    READY_TO_SEND = "ready_to_send"
    ACCEPTED = "accepted"
    UNDER_REVIEW = "under_review"
    SENT_TO_FINANCE = "sent_to_finance"
    ARCHIVED = "archived"


class PlanState(StrEnum):
    """State of a treatment plan at the commission."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECIDED = "decided"


UNUSED_REFERRALS = (ReferralState.ISSUED, ReferralState.AMENDED)
WAITING_STATES = frozenset({ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW})
ENDED_STATES = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)
OPEN_STATES = WAITING_STATES | {ClaimState.PARKED, ClaimState.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where an action leads, who may do it, and whether it needs a reason.

    ``roles`` empty: the system does it (import, a batch's own step), never a user directly.
    """

    to: str
    roles: frozenset[Role] = frozenset()
    needs_reason: bool = False


def _step(to: str, *roles: Role, reason: bool = False) -> Transition:
    return Transition(to=to, roles=frozenset(roles), needs_reason=reason)


_C = ClaimState
CLAIM_TRANSITIONS: Mapping[tuple[str, str], Transition] = {
    (_C.READY_TO_SEND, "receive"): _step(_C.ACCEPTED, Role.RECEPTION, Role.ADMIN),
    (_C.ACCEPTED, "take"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.UNDER_REVIEW, "take"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.PARKED, "take"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.UNDER_REVIEW, "assess"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.UNDER_REVIEW, "park"): _step(_C.PARKED, Role.ASSESSOR, Role.LEAD, reason=True),
    (_C.UNDER_REVIEW, "release"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.UNDER_REVIEW, "pass_on"): _step(_C.UNDER_REVIEW, Role.ASSESSOR, Role.LEAD),
    (_C.UNDER_REVIEW, "return"): _step(_C.RETURNED, Role.ASSESSOR, Role.LEAD, reason=True),
    (_C.UNDER_REVIEW, "finish"): _step(_C.FINISHED, Role.ASSESSOR, Role.LEAD),
    (_C.RETURNED, "resubmit"): _step(_C.ACCEPTED, Role.RECEPTION, Role.ADMIN),
    (_C.RETURNED, "void"): _step(_C.VOID, Role.LEAD, reason=True),
    (_C.ACCEPTED, "void"): _step(_C.VOID, Role.LEAD, reason=True),
    (_C.FINISHED, "reopen"): _step(_C.UNDER_REVIEW, Role.LEAD, reason=True),
    (_C.FINISHED, "send_to_finance"): _step(_C.SENT_TO_FINANCE, Role.LEAD, Role.FINANCE),
    (_C.SENT_TO_FINANCE, "archive"): _step(_C.ARCHIVED, Role.FINANCE),
}

_B = BatchState
BATCH_TRANSITIONS: Mapping[tuple[str, str], Transition] = {
    (_B.READY_TO_SEND, "receive"): _step(_B.ACCEPTED, Role.RECEPTION, Role.ADMIN),
    (_B.ACCEPTED, "start_review"): _step(_B.UNDER_REVIEW),
    (_B.ACCEPTED, "split"): _step(_B.ACCEPTED, Role.LEAD),
    (_B.UNDER_REVIEW, "split"): _step(_B.UNDER_REVIEW, Role.LEAD),
    (_B.ACCEPTED, "send_to_finance"): _step(_B.SENT_TO_FINANCE, Role.LEAD),
    (_B.UNDER_REVIEW, "send_to_finance"): _step(_B.SENT_TO_FINANCE, Role.LEAD),
    (_B.SENT_TO_FINANCE, "archive"): _step(_B.ARCHIVED, Role.FINANCE),
}

_L = ReferralState
_DESK = (Role.RECEPTION, Role.LEAD)
REFERRAL_TRANSITIONS: Mapping[tuple[str, str], Transition] = {
    (_L.REQUESTED, "approve"): _step(_L.ISSUED, Role.LEAD, Role.MANAGER),
    (_L.REQUESTED, "decline"): _step(_L.CANCELLED, Role.LEAD, Role.MANAGER, reason=True),
    (_L.REQUESTED, "cancel"): _step(_L.CANCELLED, *_DESK, reason=True),
    (_L.REQUESTED, "invalidate"): _step(_L.INVALID),
    (_L.ISSUED, "amend"): _step(_L.AMENDED, *_DESK),
    (_L.AMENDED, "amend"): _step(_L.AMENDED, *_DESK),
    (_L.IN_USE, "amend"): _step(_L.IN_USE, *_DESK),
    (_L.ISSUED, "use"): _step(_L.IN_USE),
    (_L.AMENDED, "use"): _step(_L.IN_USE),
    (_L.IN_USE, "use"): _step(_L.IN_USE),
    (_L.ISSUED, "cancel"): _step(_L.CANCELLED, *_DESK, reason=True),
    (_L.AMENDED, "cancel"): _step(_L.CANCELLED, *_DESK, reason=True),
    (_L.ISSUED, "expire"): _step(_L.EXPIRED),
    (_L.AMENDED, "expire"): _step(_L.EXPIRED),
    (_L.ISSUED, "invalidate"): _step(_L.INVALID),
    (_L.AMENDED, "invalidate"): _step(_L.INVALID),
    (_L.IN_USE, "invalidate"): _step(_L.INVALID),
    (_L.IN_USE, "settle"): _step(_L.SETTLED),
}


_P = PlanState
PLAN_TRANSITIONS: Mapping[tuple[str, str], Transition] = {
    (_P.SUBMITTED, "vote"): _step(_P.SUBMITTED, Role.COMMISSION, Role.CHAIR),
    (_P.SUBMITTED, "decide"): _step(_P.DECIDED, Role.CHAIR),
    (_P.SUBMITTED, "replace"): _step(_P.SUBMITTED, Role.CHAIR, reason=True),
    (_P.SUBMITTED, "return"): _step(_P.RETURNED, Role.COMMISSION, Role.CHAIR),
    (_P.RETURNED, "resubmit"): _step(_P.SUBMITTED, Role.RECEPTION, Role.ADMIN),
}


def apply(
    table: Mapping[tuple[str, str], Transition], state: str, action: str, *, reason: str = ""
) -> str:
    """The state after ``action``; refuses a wrong state or a missing reason."""
    transition = table.get((state, action))
    if transition is None:
        raise Refused("wrong_state", state=state, action=action)
    if transition.needs_reason and not reason.strip():
        raise Refused("reason_needed", action=action)
    return transition.to


def roles_for(table: Mapping[tuple[str, str], Transition], action: str) -> frozenset[Role]:
    """All roles that may do ``action`` in some state."""
    return frozenset(
        role for (_, name), step in table.items() if name == action for role in step.roles
    )
