"""Decided cases that are assessed a second time

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from workbench.db.models.base import UtcDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recheck',
    sa.Column('claim_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=False),
    sa.Column('day', sa.BigInteger(), nullable=False),
    sa.Column('first_by_id', sa.BigInteger(), nullable=False),
    sa.Column('band', sa.BigInteger(), nullable=False),
    sa.Column('cost_rial', sa.BigInteger(), nullable=False),
    sa.Column('payable_rial', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('drawn_at', UtcDateTime(), nullable=False),
    sa.Column('drawn_by_id', sa.BigInteger(), nullable=True),
    sa.Column('second_by_id', sa.BigInteger(), nullable=True),
    sa.Column('taken_at', UtcDateTime(), nullable=True),
    sa.Column('work', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('document', sa.JSON(), nullable=True),
    sa.Column('document_hash', sa.String(), nullable=True),
    sa.Column('second_at', UtcDateTime(), nullable=True),
    sa.Column('second_payable_rial', sa.BigInteger(), nullable=True),
    sa.Column('compared', sa.JSON(), nullable=True),
    sa.Column('resolution', sa.String(), nullable=True),
    sa.Column('right_payable_rial', sa.BigInteger(), nullable=True),
    sa.Column('resolved_by_id', sa.BigInteger(), nullable=True),
    sa.Column('resolved_at', UtcDateTime(), nullable=True),
    sa.Column('resolution_note', sa.String(), server_default='', nullable=False),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint("(second_at IS NOT NULL) = (state IN ('agreed','differs','resolved'))", name=op.f('ck_recheck_second')),
    sa.CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name=op.f('ck_recheck_resolved')),
    sa.CheckConstraint("resolution IN ('first','second','neither')", name=op.f('ck_recheck_resolution')),
    sa.CheckConstraint("state IN ('waiting','assessing','agreed','differs','resolved','dropped')", name=op.f('ck_recheck_state')),
    sa.CheckConstraint('second_by_id <> first_by_id', name=op.f('ck_recheck_another')),
    sa.ForeignKeyConstraint(['insurer_id', 'claim_id'], ['claim.insurer_id', 'claim.id'], name=op.f('fk_recheck_insurer_id_claim_id_claim')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_recheck')),
    sa.UniqueConstraint('insurer_id', 'claim_id', 'round', name=op.f('uq_recheck_insurer_id_claim_id_round'))
    )
    op.create_index('ix_recheck_day', 'recheck', ['insurer_id', 'day'], unique=False)
    op.create_index('ix_recheck_second', 'recheck', ['second_by_id', 'state'], unique=False)
    op.create_index('ix_recheck_state', 'recheck', ['state', 'insurer_id', 'decided_at'], unique=False)


def downgrade() -> None:
    op.drop_table('recheck')
