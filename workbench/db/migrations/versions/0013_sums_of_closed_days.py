"""Sums of the steps of closed days

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

SUMS = (
    *("steps", "holding", "on_time", "cost_rial", "tariff_reject_rial"),
    *("technical_deduction_rial", "patient_share_rial", "technical_approval_rial"),
    *("ceiling_reject_rial", "payable_rial"),
)
COUNTED = (
    *('action', 'day', 'insurer_id', 'kind', 'former', 'round'),
    *('is_undone', 'is_on_time', 'waited_minutes', 'round_minutes'),
)


def upgrade() -> None:
    op.create_table('step_sum',
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('span_at', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('round', sa.BigInteger(), autoincrement=False, nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
    sa.PrimaryKeyConstraint('insurer_id', 'scope', 'span', 'span_at', 'action', 'key', 'kind', 'round', name=op.f('pk_step_sum')),
    sqlite_with_rowid=False,
    )
    op.create_index('ix_step_sum_key', 'step_sum', ['insurer_id', 'scope', 'key', 'span', 'span_at'], unique=False)
    op.create_table('reason_sum',
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('span_at', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('amount_rial', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('insurer_id', 'scope', 'span', 'span_at', 'key', 'kind', 'reason', name=op.f('pk_reason_sum')),
    sqlite_with_rowid=False,
    )
    op.create_index('ix_reason_sum_key', 'reason_sum', ['insurer_id', 'scope', 'key', 'span', 'span_at'], unique=False)
    op.create_table('wait_sum',
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('span_at', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('former', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('is_later', sa.Boolean(), nullable=False),
    sa.Column('hours', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('steps', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('insurer_id', 'scope', 'key', 'span', 'span_at', 'kind', 'former', 'action', 'is_later', 'hours', name=op.f('pk_wait_sum')),
    sqlite_with_rowid=False,
    )
    op.create_table('step_sums_until',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('day', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_step_sums_until'))
    )
    op.create_table('step_changed_day',
    sa.Column('day', sa.BigInteger(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_step_changed_day'))
    )
    op.create_index('ix_step_changed_day_day', 'step_changed_day', ['day'], unique=False)
    op.create_index('ix_claim_step_actor', 'claim_step', ['actor_id', *COUNTED], unique=False)
    op.create_index('ix_claim_step_centre', 'claim_step', ['centre_id', *COUNTED, 'actor_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_claim_step_centre', 'claim_step')
    op.drop_index('ix_claim_step_actor', 'claim_step')
    op.drop_table('step_changed_day')
    op.drop_table('step_sums_until')
    op.drop_table('wait_sum')
    op.drop_table('reason_sum')
    op.drop_table('step_sum')
