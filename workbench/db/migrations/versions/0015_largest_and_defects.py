"""The largest of what was taken away by an index; sums of defects, of services' reasons and of reviews by day

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

SUMS = ('mix_sum', 'step_sum', 'wait_sum', 'reason_sum', 'step_sums_until', 'step_changed_day')
TAKEN = ('tariff_reject', 'technical_deduction', 'ceiling_reject')
FOUND_BY = ('day', 'insurer_id', 'centre_id', 'actor_id', 'kind', 'is_undone')
KEY = ('insurer_id', 'scope', 'key', 'span', 'span_at')


def upgrade() -> None:
    for name in TAKEN:
        column = f'{name}_rial'
        where = sa.text(f'{column} > 0')
        op.create_index(f'ix_claim_step_{name}', 'claim_step', [column, *FOUND_BY], sqlite_where=where, postgresql_where=where)
    _forget_sums()
    op.drop_index('ix_step_sum_key', 'step_sum')
    op.create_index('ix_step_sum_key', 'step_sum', [*KEY, 'action', 'kind', 'round', 'steps', 'holding', 'on_time'])


def downgrade() -> None:
    for name in TAKEN:
        op.drop_index(f'ix_claim_step_{name}', 'claim_step')
    _forget_sums()
    op.drop_index('ix_step_sum_key', 'step_sum')
    op.create_index('ix_step_sum_key', 'step_sum', list(KEY))


def _forget_sums() -> None:
    """All days are summed anew, in the background."""
    for table in SUMS:
        op.execute(f'DELETE FROM {table}')
