"""The frozen documents of ended rounds as they were written: all of them, or decided cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, Text, cast, select

from workbench.db.models import Centre, Claim, ClaimRound, ClaimStep, Contract, TariffSet
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.steps import FINISH


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


def decided(counted: Counted) -> Select[int, int, int]:
    """Insurer, claim and round of the finishes that hold, in the order of their keys."""
    statement = select(ClaimStep.insurer_id, ClaimStep.claim_id, ClaimStep.round)
    chosen = limited(statement.where(ClaimStep.is_undone.is_(False)), counted, (FINISH,))
    return chosen.order_by(ClaimStep.insurer_id, ClaimStep.claim_id)


def decided_documents(insurer_id: int, claim_ids: Sequence[int]) -> Rows:
    """The text of the documents of decided claims, with what their prices hang on and whose they
    are."""
    return (
        select(
            *(Claim.id, Claim.number, Claim.person_id, Claim.centre_id, ClaimRound.closed_at),
            ClaimRound.number.label("round"),
            cast(ClaimRound.document, Text).label("text"),
            Centre.name.label("centre_name"),
            Centre.code.label("centre_code"),
            Centre.is_contracted,
            TariffSet.code.label("tariff_set"),
        )
        .join(
            ClaimRound,
            (ClaimRound.insurer_id == Claim.insurer_id)
            & (ClaimRound.claim_id == Claim.id)
            & (ClaimRound.number == Claim.round),
        )
        .join(
            Contract,
            (Contract.insurer_id == Claim.insurer_id) & (Contract.id == Claim.contract_id),
        )
        .join(TariffSet, TariffSet.id == Contract.tariff_set_id)
        .join(Centre, Centre.id == Claim.centre_id)
        .where(
            Claim.insurer_id == insurer_id,
            Claim.id.in_(claim_ids),
            ClaimRound.document_hash.is_not(None),
        )
    )
