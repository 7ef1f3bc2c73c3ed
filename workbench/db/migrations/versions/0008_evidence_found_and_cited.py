"""Evidence found by its likeness, cited by decisions; editable tables of the rules

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from workbench.db.models.base import UtcDateTime

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('image_features',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('features', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_image.sha256'], name=op.f('fk_image_features_sha256_evidence_image')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_image_features'))
    )
    op.create_table('image_fingerprint',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('codes', sa.LargeBinary(), nullable=False),
    sa.Column('brightness', sa.BigInteger(), nullable=False),
    sa.Column('contrast', sa.BigInteger(), nullable=False),
    sa.Column('sharpness', sa.BigInteger(), nullable=False),
    sa.Column('colour', sa.BigInteger(), nullable=False),
    sa.Column('read_at', UtcDateTime(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_image.sha256'], name=op.f('fk_image_fingerprint_sha256_evidence_image')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_image_fingerprint')),
    sa.UniqueConstraint('sha256', name=op.f('uq_image_fingerprint_sha256'))
    )
    op.create_table('image_job',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=False),
    sa.Column('held_until_at', UtcDateTime(), nullable=True),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('error', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['sha256'], ['evidence_image.sha256'], name=op.f('fk_image_job_sha256_evidence_image')),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_image_job'))
    )
    op.create_index('ix_image_job_due', 'image_job', ['next_try_at', 'sha256'], unique=False)

    op.create_table('rule_table',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('recorded_at', UtcDateTime(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['app_user.id'], name=op.f('fk_rule_table_recorded_by_id_app_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_table'))
    )
    op.create_index('ix_rule_table_name', 'rule_table', ['name', 'id'], unique=False)

    op.create_table('similar_pair',
    sa.Column('later_sha256', sa.String(), nullable=False),
    sa.Column('earlier_sha256', sa.String(), nullable=False),
    sa.Column('distance', sa.BigInteger(), nullable=False),
    sa.Column('change', sa.JSON(), nullable=False),
    sa.Column('found_at', UtcDateTime(), nullable=False),
    sa.Column('decision', sa.String(), nullable=True),
    sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', UtcDateTime(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint("decision IN ('same', 'coincidence')", name=op.f('ck_similar_pair_decision')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['app_user.id'], name=op.f('fk_similar_pair_decided_by_id_app_user')),
    sa.ForeignKeyConstraint(['earlier_sha256'], ['evidence_image.sha256'], name=op.f('fk_similar_pair_earlier_sha256_evidence_image')),
    sa.ForeignKeyConstraint(['later_sha256'], ['evidence_image.sha256'], name=op.f('fk_similar_pair_later_sha256_evidence_image')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_similar_pair')),
    sa.UniqueConstraint('later_sha256', 'earlier_sha256', name='uq_similar_pair_once')
    )
    op.create_index('ix_similar_pair_earlier_sha256', 'similar_pair', ['earlier_sha256'], unique=False)

    op.add_column('claim_line', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))

    op.add_column('defect', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))

    op.add_column('evidence_image', sa.Column('rendition_sha256', sa.String(), nullable=True))
    op.add_column('evidence_image', sa.Column('thumb_sha256', sa.String(), nullable=True))

    op.add_column('line_deduction', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))

    op.add_column('plan_defect', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))

    op.add_column('plan_unit', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))

    op.add_column('plan_vote', sa.Column('cites', sa.JSON(), server_default='[]', nullable=False))


    op.create_index('ix_claim_centre_registered', 'claim', ['centre_id', 'registered_at'], unique=False)
    op.create_index('ix_claim_dentist_registered', 'claim', ['dentist_id', 'registered_at'], unique=False)
    op.create_index('ix_treatment_plan_centre_submitted', 'treatment_plan', ['centre_id', 'submitted_at'], unique=False)
    op.create_index('ix_treatment_plan_dentist_submitted', 'treatment_plan', ['dentist_id', 'submitted_at'], unique=False)

    # What was taken in before is read now as well.
    op.execute(
        'INSERT INTO image_job (sha256, created_at, next_try_at, attempts)'
        ' SELECT sha256, stored_at, stored_at, 0 FROM evidence_image'
    )


def downgrade() -> None:
    op.drop_index('ix_treatment_plan_dentist_submitted', table_name='treatment_plan')
    op.drop_index('ix_treatment_plan_centre_submitted', table_name='treatment_plan')
    op.drop_index('ix_claim_dentist_registered', table_name='claim')
    op.drop_index('ix_claim_centre_registered', table_name='claim')

    op.drop_column('plan_vote', 'cites')

    op.drop_column('plan_unit', 'cites')

    op.drop_column('plan_defect', 'cites')

    op.drop_column('line_deduction', 'cites')

    op.drop_column('evidence_image', 'thumb_sha256')
    op.drop_column('evidence_image', 'rendition_sha256')

    op.drop_column('defect', 'cites')

    op.drop_column('claim_line', 'cites')

    op.drop_index('ix_similar_pair_earlier_sha256', table_name='similar_pair')

    op.drop_table('similar_pair')
    op.drop_index('ix_rule_table_name', table_name='rule_table')

    op.drop_table('rule_table')
    op.drop_index('ix_image_job_due', table_name='image_job')

    op.drop_table('image_job')
    op.drop_table('image_fingerprint')
    op.drop_table('image_features')
