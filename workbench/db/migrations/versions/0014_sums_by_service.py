"""Sums of closed days by service and kind of case; a decision keeps the groups of its case

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

SUMS = ('mix_sum', 'step_sum', 'wait_sum', 'reason_sum', 'step_sums_until', 'step_changed_day')
SQUARES = ('cost_squared', 'deduction_squared', 'product')
GROUPS = """
    UPDATE claim_step SET service_groups = claim.service_groups FROM claim
    WHERE claim.insurer_id = claim_step.insurer_id AND claim.id = claim_step.claim_id
        AND claim_step.action IN ('finish', 'return')
"""


def upgrade() -> None:
    op.add_column('claim_step', sa.Column('service_groups', sa.String(), nullable=True))
    # Of an earlier round the groups that the case has now are the best that is known.
    op.execute(GROUPS)
    op.create_table('mix_sum',
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('span_at', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('key', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('mix', sa.String(), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ('size', 'cases', 'weight', 'observed')),
    sa.PrimaryKeyConstraint('insurer_id', 'span', 'span_at', 'unit', 'key', 'kind', 'mix', name=op.f('pk_mix_sum')),
    sqlite_with_rowid=False,
    )
    _forget_sums()
    for name in SQUARES:
        op.add_column('step_sum', sa.Column(name, sa.BigInteger(), nullable=False, server_default='0'))


def downgrade() -> None:
    _forget_sums()
    op.drop_table('mix_sum')
    for name in SQUARES:
        op.drop_column('step_sum', name)
    op.drop_column('claim_step', 'service_groups')


def _forget_sums() -> None:
    """All days are summed anew, in the background."""
    for table in SUMS:
        op.execute(f'DELETE FROM {table}')
