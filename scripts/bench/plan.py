"""What becomes of the claims over four years: the oldest are archived, the newest wait."""

import random
from dataclasses import dataclass

from workbench.rules.workflow import BatchState, ClaimState

OPEN_STATES = (
    (ClaimState.ACCEPTED, 60),
    (ClaimState.UNDER_REVIEW, 20),
    (ClaimState.PARKED, 8),
    (ClaimState.RETURNED, 12),
)
VOID_SHARE = 0.03
OPEN_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Fate:
    """From which part of the time on, and what the batches and claims of then are."""

    since: float
    batch: BatchState
    claim: ClaimState | None


FATES = (
    Fate(0.0, BatchState.ARCHIVED, ClaimState.ARCHIVED),
    Fate(0.90, BatchState.SENT_TO_FINANCE, ClaimState.SENT_TO_FINANCE),
    Fate(0.93, BatchState.UNDER_REVIEW, ClaimState.FINISHED),
    Fate(0.945, BatchState.UNDER_REVIEW, None),
    Fate(0.995, BatchState.READY_TO_SEND, ClaimState.READY_TO_SEND),
)


def fate_at(part: float) -> Fate:
    """What became of what was sent then; ``part`` of the whole time, 0 to 1."""
    return next(fate for fate in reversed(FATES) if part >= fate.since)


def state_of(fate: Fate, chance: random.Random) -> ClaimState:
    """One claim's state; ``None`` stands for the newest, most of them open."""
    if fate.claim is None:
        if chance.random() > OPEN_SHARE:
            return ClaimState.FINISHED
        states, weights = zip(*OPEN_STATES, strict=True)
        return ClaimState(chance.choices(states, weights)[0])
    if fate.claim is ClaimState.ARCHIVED and chance.random() < VOID_SHARE:
        return ClaimState.VOID
    return fate.claim
