"""The entries of a letter are found with their kind and rials, by the index alone

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NAME, TABLE = 'ix_ceiling_entry_reservation', 'ceiling_entry'
KEY = ['insurer_id', 'reservation_id']


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, [*KEY, 'kind', 'amount_rial'])


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, KEY)
