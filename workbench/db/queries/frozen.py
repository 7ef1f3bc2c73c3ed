"""The frozen documents of ended rounds as they were written, by ranges of their keys."""

from dataclasses import dataclass

from sqlalchemy import Select, Text, cast, select

from workbench.db.models import ClaimRound


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
    """The rounds of one insurer from one id to another, both included."""

    insurer_id: int
    first_id: int
    last_id: int


def range_end(insurer_id: int, after_id: int, size: int) -> Select[int]:
    """The id that ends the next ``size`` rounds; nothing if there are fewer."""
    return (
        select(ClaimRound.id)
        .where(ClaimRound.insurer_id == insurer_id, ClaimRound.id > after_id)
        .order_by(ClaimRound.id)
        .offset(size - 1)
        .limit(1)
    )


def documents(keys: KeyRange) -> Select[int, int, int, str]:
    """Insurer, claim, round and the text of the document; of a text only the database knows how
    it is written: ``rules.document.DocumentReader``."""
    return select(
        ClaimRound.insurer_id,
        ClaimRound.claim_id,
        ClaimRound.number,
        cast(ClaimRound.document, Text),
    ).where(
        ClaimRound.insurer_id == keys.insurer_id,
        ClaimRound.id.between(keys.first_id, keys.last_id),
        ClaimRound.document_hash.is_not(None),
    )
