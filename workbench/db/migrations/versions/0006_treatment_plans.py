"""Treatment plans for the commission

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from workbench.db.models.base import UtcDateTime

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('panel_setting',
    sa.Column('groups', sa.JSON(), nullable=False),
    sa.Column('from_rial', sa.BigInteger(), nullable=False),
    sa.Column('seats', sa.BigInteger(), nullable=False),
    sa.Column('quorum', sa.BigInteger(), nullable=False),
    sa.Column('majority', sa.String(), nullable=False),
    sa.Column('recorded_at', UtcDateTime(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_setting'))
    )
    op.create_table('treatment_plan',
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('referral_id', sa.BigInteger(), nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('dentist_id', sa.BigInteger(), nullable=False),
    sa.Column('kinds', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('amount_rial', sa.BigInteger(), nullable=False),
    sa.Column('is_complete', sa.Boolean(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=False),
    sa.Column('start_at', UtcDateTime(), nullable=False),
    sa.Column('at_risk_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('limit_at', UtcDateTime(), nullable=False),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('is_late', sa.Boolean(), nullable=False),
    sa.Column('late_reason', sa.String(), nullable=True),
    sa.Column('result', sa.String(), nullable=True),
    sa.Column('public_text', sa.String(), nullable=True),
    sa.Column('valid_until_on', sa.Date(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint('round >= 1', name=op.f('ck_treatment_plan_round')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_treatment_plan_centre_id_centre')),
    sa.ForeignKeyConstraint(['dentist_id'], ['dentist.id'], name=op.f('fk_treatment_plan_dentist_id_dentist')),
    sa.ForeignKeyConstraint(['insurer_id', 'contract_id'], ['contract.insurer_id', 'contract.id'], name=op.f('fk_treatment_plan_insurer_id_contract_id_contract')),
    sa.ForeignKeyConstraint(['insurer_id', 'referral_id'], ['referral.insurer_id', 'referral.id'], name=op.f('fk_treatment_plan_insurer_id_referral_id_referral')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_treatment_plan_person_id_person')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_treatment_plan')),
    sa.UniqueConstraint('insurer_id', 'number', name=op.f('uq_treatment_plan_insurer_id_number'))
    )
    with op.batch_alter_table('treatment_plan', schema=None) as batch_op:
        batch_op.create_index('ix_treatment_plan_inbox', ['state', 'due_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_treatment_plan_number'), ['number'], unique=False)
        batch_op.create_index('ix_treatment_plan_person', ['person_id'], unique=False)
        batch_op.create_index('ix_treatment_plan_referral', ['insurer_id', 'referral_id'], unique=False)

    op.create_table('plan_defect',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_defect_insurer_id_plan_id_treatment_plan')),
    sa.ForeignKeyConstraint(['reason'], ['reason.code'], name=op.f('fk_plan_defect_reason_reason')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_defect')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'round', 'reason', name=op.f('uq_plan_defect_insurer_id_plan_id_round_reason'))
    )
    op.create_table('plan_image',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('phase', sa.String(), nullable=False),
    sa.Column('teeth', sa.JSON(), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=True),
    sa.Column('round_added', sa.BigInteger(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_image_insurer_id_plan_id_treatment_plan')),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_image.sha256'], name=op.f('fk_plan_image_sha256_evidence_image')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_image')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'number', name=op.f('uq_plan_image_insurer_id_plan_id_number')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'sha256', name=op.f('uq_plan_image_insurer_id_plan_id_sha256'))
    )
    with op.batch_alter_table('plan_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_image_sha256'), ['sha256'], unique=False)

    op.create_table('plan_round',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('submitted_at', UtcDateTime(), nullable=False),
    sa.Column('start_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('limit_at', UtcDateTime(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.Column('closed_by_id', sa.BigInteger(), nullable=True),
    sa.Column('result', sa.String(), nullable=True),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['closed_by_id'], ['app_user.id'], name=op.f('fk_plan_round_closed_by_id_app_user')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_round_insurer_id_plan_id_treatment_plan')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_round')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'number', name=op.f('uq_plan_round_insurer_id_plan_id_number'))
    )
    op.create_table('plan_unit',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('service_group', sa.String(), nullable=False),
    sa.Column('tooth', sa.BigInteger(), nullable=True),
    sa.Column('jaw', sa.String(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('amount_rial', sa.BigInteger(), nullable=False),
    sa.Column('choice', sa.String(), nullable=True),
    sa.Column('approved_code', sa.String(), nullable=True),
    sa.Column('approved_rial', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint('amount_rial >= 0', name=op.f('ck_plan_unit_amount')),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_plan_unit_quantity')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_unit_insurer_id_plan_id_treatment_plan')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_unit')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'number', name=op.f('uq_plan_unit_insurer_id_plan_id_number'))
    )
    op.create_table('plan_vote',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('unit_number', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('choice', sa.String(), nullable=False),
    sa.Column('changed_code', sa.String(), nullable=True),
    sa.Column('changed_rial', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('is_casting', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint("choice IN ('approve', 'modify', 'reject')", name=op.f('ck_plan_vote_choice')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_vote_insurer_id_plan_id_treatment_plan')),
    sa.ForeignKeyConstraint(['member_id'], ['app_user.id'], name=op.f('fk_plan_vote_member_id_app_user')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_vote')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'round', 'unit_number', 'member_id', 'is_casting', name='uq_plan_vote_once')
    )


def downgrade() -> None:
    op.drop_table('plan_vote')
    op.drop_table('plan_unit')
    op.drop_table('plan_round')
    with op.batch_alter_table('plan_image', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_image_sha256'))

    op.drop_table('plan_image')
    op.drop_table('plan_defect')
    with op.batch_alter_table('treatment_plan', schema=None) as batch_op:
        batch_op.drop_index('ix_treatment_plan_referral')
        batch_op.drop_index('ix_treatment_plan_person')
        batch_op.drop_index(batch_op.f('ix_treatment_plan_number'))
        batch_op.drop_index('ix_treatment_plan_inbox')

    op.drop_table('treatment_plan')
    op.drop_table('panel_setting')
