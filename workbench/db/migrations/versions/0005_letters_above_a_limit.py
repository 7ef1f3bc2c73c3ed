"""Letters above a limit are requested

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contract', sa.Column('letter_limit_rial', sa.BigInteger(), nullable=True))
    # In plain SQL: SQLite would copy the table to add a constraint, and letters hang on each other.
    op.execute(
        'ALTER TABLE referral ADD COLUMN requested_by_id BIGINT '
        'CONSTRAINT fk_referral_requested_by_id_app_user REFERENCES app_user (id)'
    )


def downgrade() -> None:
    with op.batch_alter_table('referral') as table:
        table.drop_column('requested_by_id')
    op.drop_column('contract', 'letter_limit_rial')
