"""Panels with seats, internal notes, notices to centres

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from workbench.db.models.base import UtcDateTime

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

FREE = sa.text("state = 'submitted' AND votes = 0")
CHAIRED = sa.text("state = 'submitted' AND needs_chair = true")
OPEN = sa.text("is_open")


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(
        name, table, columns, unique=False, sqlite_where=where, postgresql_where=where
    )


def upgrade() -> None:
    op.add_column('centre', sa.Column('mobile', sa.String(), server_default='', nullable=False))
    op.add_column('centre', sa.Column('email', sa.String(), server_default='', nullable=False))
    op.create_table('notice',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.BigInteger(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('next_try_at', UtcDateTime(), nullable=False),
    sa.Column('sent_at', UtcDateTime(), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name=op.f('ck_notice_state')),
    sa.ForeignKeyConstraint(['centre_id'], ['centre.id'], name=op.f('fk_notice_centre_id_centre')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_notice_insurer_id_plan_id_treatment_plan')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_notice')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'round', 'event', name='uq_notice_once')
    )
    op.create_index('ix_notice_due', 'notice', ['state', 'next_try_at', 'id'], unique=False)

    op.create_table('plan_note',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['app_user.id'], name=op.f('fk_plan_note_author_id_app_user')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_note_insurer_id_plan_id_treatment_plan')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_note'))
    )
    op.create_index('ix_plan_round_closed', 'plan_round', ['closed_at', 'result', 'due_at', 'insurer_id'], unique=False)
    op.create_index('ix_plan_note_plan', 'plan_note', ['insurer_id', 'plan_id', 'at'], unique=False)

    op.create_table('plan_seat',
    sa.Column('plan_id', sa.BigInteger(), nullable=False),
    sa.Column('round', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.BigInteger(), nullable=False),
    sa.Column('taken_at', UtcDateTime(), nullable=False),
    sa.Column('held_until_at', UtcDateTime(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('has_voted', sa.Boolean(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
    sa.Column('ended_reason', sa.String(), nullable=True),
    sa.Column('insurer_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['ended_by_id'], ['app_user.id'], name=op.f('fk_plan_seat_ended_by_id_app_user')),
    sa.ForeignKeyConstraint(['insurer_id', 'plan_id'], ['treatment_plan.insurer_id', 'treatment_plan.id'], name=op.f('fk_plan_seat_insurer_id_plan_id_treatment_plan')),
    sa.ForeignKeyConstraint(['member_id'], ['app_user.id'], name=op.f('fk_plan_seat_member_id_app_user')),
    sa.PrimaryKeyConstraint('insurer_id', 'id', name=op.f('pk_plan_seat')),
    sa.UniqueConstraint('insurer_id', 'plan_id', 'round', 'member_id', name='uq_plan_seat_once')
    )
    _partial('ix_plan_seat_mine', 'plan_seat', ['member_id', 'has_voted', 'due_at', 'plan_id', 'held_until_at', 'insurer_id', 'is_open'], OPEN)
    _partial('ix_plan_seat_live', 'plan_seat', ['insurer_id', 'plan_id', 'held_until_at', 'is_open'], OPEN)

    op.add_column('treatment_plan', sa.Column('panel_seats', sa.BigInteger(), server_default='3', nullable=False))
    op.add_column('treatment_plan', sa.Column('panel_quorum', sa.BigInteger(), server_default='2', nullable=False))
    op.add_column('treatment_plan', sa.Column('panel_majority', sa.String(), server_default='more_than_half', nullable=False))
    op.add_column('treatment_plan', sa.Column('votes', sa.BigInteger(), server_default='0', nullable=False))
    op.add_column('treatment_plan', sa.Column('needs_chair', sa.Boolean(), server_default=sa.false(), nullable=False))
    _partial('ix_treatment_plan_free', 'treatment_plan', ['state', 'votes', 'due_at', 'id', 'insurer_id'], FREE)
    _partial('ix_treatment_plan_insurer_free', 'treatment_plan', ['insurer_id', 'state', 'votes', 'due_at', 'id'], FREE)
    _partial('ix_treatment_plan_chair', 'treatment_plan', ['state', 'needs_chair', 'due_at', 'id', 'insurer_id'], CHAIRED)
    op.drop_index('ix_treatment_plan_inbox', table_name='treatment_plan')
    op.create_index('ix_treatment_plan_inbox', 'treatment_plan', ['state', 'due_at', 'id', 'insurer_id', 'limit_at'], unique=False)
    op.create_index('ix_treatment_plan_insurer', 'treatment_plan', ['insurer_id', 'state', 'due_at', 'id', 'limit_at'], unique=False)
    op.drop_index('ix_treatment_plan_person', table_name='treatment_plan')
    op.create_index('ix_treatment_plan_person', 'treatment_plan', ['person_id', 'due_at', 'id', 'insurer_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_plan_round_closed', table_name='plan_round')
    op.drop_index('ix_treatment_plan_person', table_name='treatment_plan')
    op.create_index('ix_treatment_plan_person', 'treatment_plan', ['person_id'], unique=False)
    op.drop_index('ix_treatment_plan_insurer', table_name='treatment_plan')
    op.drop_index('ix_treatment_plan_inbox', table_name='treatment_plan')
    op.create_index('ix_treatment_plan_inbox', 'treatment_plan', ['state', 'due_at', 'id'], unique=False)
    op.drop_index('ix_treatment_plan_chair', table_name='treatment_plan')
    op.drop_index('ix_treatment_plan_insurer_free', table_name='treatment_plan')
    op.drop_index('ix_treatment_plan_free', table_name='treatment_plan')
    op.drop_column('treatment_plan', 'needs_chair')
    op.drop_column('treatment_plan', 'votes')
    op.drop_column('treatment_plan', 'panel_majority')
    op.drop_column('treatment_plan', 'panel_quorum')
    op.drop_column('treatment_plan', 'panel_seats')

    op.drop_index('ix_plan_seat_live', table_name='plan_seat')
    op.drop_index('ix_plan_seat_mine', table_name='plan_seat')

    op.drop_table('plan_seat')
    op.drop_index('ix_plan_note_plan', table_name='plan_note')

    op.drop_table('plan_note')
    op.drop_index('ix_notice_due', table_name='notice')

    op.drop_table('notice')
    op.drop_column('centre', 'email')
    op.drop_column('centre', 'mobile')
