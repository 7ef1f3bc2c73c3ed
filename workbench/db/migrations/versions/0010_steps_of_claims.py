"""Steps of claims, made from the trail as it stands

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session
from workbench.db.models import ClaimStep
from workbench.db.models.base import UtcDateTime
from workbench.db.step_rows import expected_steps

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim_step',
    sa.Column('claim_id', sa.BigInteger(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('day', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('former', sa.String(), nullable=True),
    sa.Column('waited_minutes', sa.BigInteger(), nullable=True),
    sa.Column('round_minutes', sa.BigInteger(), nullable=True),
    sa.Column('clock_at', UtcDateTime(), nullable=False),
    sa.Column('is_on_time', sa.Boolean(), nullable=True),
    sa.Column('is_undone', sa.Boolean(), nullable=False),
    sa.Column('cost_rial', sa.BigInteger(), nullable=True),
    sa.Column('tariff_reject_rial', sa.BigInteger(), nullable=True),
    sa.Column('technical_deduction_rial', sa.BigInteger(), nullable=True),
    sa.Column('patient_share_rial', sa.BigInteger(), nullable=True),
    sa.Column('technical_approval_rial', sa.BigInteger(), nullable=True),
    sa.Column('ceiling_reject_rial', sa.BigInteger(), nullable=True),
    sa.Column('payable_rial', sa.BigInteger(), nullable=True),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint('waited_minutes >= 0', name=op.f('ck_claim_step_waited_minutes')),
    sa.ForeignKeyConstraint(['insurer_id', 'claim_id'], ['claim.insurer_id', 'claim.id'], name=op.f('fk_claim_step_insurer_id_claim_id_claim')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_claim_step'))
    )
    op.create_index('ix_claim_step_claim', 'claim_step', ['insurer_id', 'claim_id', 'id'], unique=False)
    op.create_index('ix_claim_step_counted', 'claim_step', ['action', 'day', 'insurer_id', 'centre_id', 'actor_id', 'kind', 'former', 'round', 'is_undone', 'is_on_time', 'waited_minutes', 'round_minutes'], unique=False)
    with Session(op.get_bind(), join_transaction_mode="create_savepoint") as session:
        for rows in expected_steps(session):
            if rows:
                session.execute(sa.insert(ClaimStep), rows)
        session.commit()


def downgrade() -> None:
    op.drop_table('claim_step')
