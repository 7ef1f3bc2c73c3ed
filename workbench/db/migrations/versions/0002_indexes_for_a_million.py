"""Indexes that keep the queue and the batches quick at a million claims

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LISTED = (
    *("due_at", "id", "state", "insurer_id", "kind", "cost_rial", "open_finding_count", "round"),
    *("assignee_id", "lease_until_at", "registered_at", "centre_id", "person_id"),
)
FORMER = ("due_at", "id")
SELDOM_SET = {
    "ix_claim_remittance": ("insurer_id", "remittance_id"),
    "ix_claim_batch": ("insurer_id", "batch_id", "id"),
    "ix_claim_referral": ("insurer_id", "referral_id", "id"),
}


def upgrade() -> None:
    op.drop_index("ix_claim_waiting", "claim")
    op.drop_index("ix_claim_open", "claim")
    _create("ix_claim_waiting", "is_waiting", (*LISTED, "is_waiting"))
    _create("ix_claim_open", "is_open", (*LISTED, "is_open"))
    _create("ix_claim_insurer_open", "is_open", ("insurer_id", *LISTED, "is_open"))
    for name, columns in SELDOM_SET.items():
        op.drop_index(name, "claim")
        _create(name, f"{columns[1]} IS NOT NULL", columns)
    op.create_index("ix_batch_state_sent", "batch", ["state", "sent_at", "id"])
    op.create_index("ix_batch_sent", "batch", ["sent_at", "id"])
    where = sa.text("follows_id IS NOT NULL")
    op.create_index(
        "ix_batch_follows",
        "batch",
        ["insurer_id", "follows_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    for name in ("ix_batch_follows", "ix_batch_sent", "ix_batch_state_sent"):
        op.drop_index(name, "batch")
    for name in ("ix_claim_insurer_open", "ix_claim_open", "ix_claim_waiting"):
        op.drop_index(name, "claim")
    _create("ix_claim_open", "is_open", FORMER)
    _create("ix_claim_waiting", "is_waiting", FORMER)
    for name, columns in SELDOM_SET.items():
        op.drop_index(name, "claim")
        op.create_index(name, "claim", columns)


def _create(name: str, condition: str, columns: tuple[str, ...]) -> None:
    where = sa.text(condition)
    op.create_index(
        name, "claim", list(dict.fromkeys(columns)), sqlite_where=where, postgresql_where=where
    )
