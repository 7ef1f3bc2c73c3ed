"""Sums of decisions by band of amount; the reopened ones by an index

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

SUMS = ('mix_sum', 'step_sum', 'wait_sum', 'reason_sum', 'step_sums_until', 'step_changed_day')
UNDONE = ('action', 'day', 'insurer_id', 'centre_id', 'actor_id', 'kind', 'is_undone', 'claim_id', 'round')


def upgrade() -> None:
    where = sa.text('is_undone')
    op.create_index('ix_claim_step_undone', 'claim_step', list(UNDONE), sqlite_where=where, postgresql_where=where)
    _forget_sums()


def downgrade() -> None:
    op.drop_index('ix_claim_step_undone', 'claim_step')
    _forget_sums()


def _forget_sums() -> None:
    """All days are summed anew, in the background."""
    for table in SUMS:
        op.execute(f'DELETE FROM {table}')
