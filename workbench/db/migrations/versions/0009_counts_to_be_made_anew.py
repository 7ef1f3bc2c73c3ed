"""Claims whose open findings are to be counted anew; pairs that nobody answered

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim_recount',
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('claim_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['insurer_id', 'claim_id'], ['claim.insurer_id', 'claim.id'], name=op.f('fk_claim_recount_insurer_id_claim_id_claim')),
    sa.PrimaryKeyConstraint('insurer_id', 'claim_id', name=op.f('pk_claim_recount'))
    )
    op.create_index('ix_similar_pair_unanswered', 'similar_pair', ['id'], unique=False, sqlite_where=sa.text('decision IS NULL'), postgresql_where=sa.text('decision IS NULL'))


def downgrade() -> None:
    op.drop_index('ix_similar_pair_unanswered', table_name='similar_pair')

    op.drop_table('claim_recount')
