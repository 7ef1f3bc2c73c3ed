"""Changes of prices and rules that one proposes and another publishes

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from workbench.db.models.base import UtcDateTime

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catalogue_change',
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('items', sa.JSON(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('proposed_at', UtcDateTime(), nullable=False),
    sa.Column('proposed_by_id', sa.BigInteger(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.Column('published_by_id', sa.BigInteger(), nullable=True),
    sa.Column('withdrawn_at', UtcDateTime(), nullable=True),
    sa.Column('withdrawn_by_id', sa.BigInteger(), nullable=True),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint("state IN ('draft','published','withdrawn')", name=op.f('ck_catalogue_change_state')),
    sa.CheckConstraint('published_by_id <> proposed_by_id', name=op.f('ck_catalogue_change_by_two')),
    sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f('ck_catalogue_change_published')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['app_user.id'], name=op.f('fk_catalogue_change_proposed_by_id_app_user')),
    sa.ForeignKeyConstraint(['published_by_id'], ['app_user.id'], name=op.f('fk_catalogue_change_published_by_id_app_user')),
    sa.ForeignKeyConstraint(['withdrawn_by_id'], ['app_user.id'], name=op.f('fk_catalogue_change_withdrawn_by_id_app_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_change'))
    )
    op.create_index('ix_catalogue_change_state', 'catalogue_change', ['state', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('catalogue_change')
