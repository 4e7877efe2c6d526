"""holds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
CHECKS = (
    (
        "employers",
        "state",
        "state in ('applied', 'held', 'refused', 'restricted', 'suspended', 'verified')",
    ),
    ("employers", "held_from", "(state = 'held') = (held_from is not null)"),
    ("postings", "paused_by", "paused_by is null or state = 'paused'"),
    ("postings", "paused_by_known", "paused_by in ('employer', 'restriction', 'hold')"),
    ("postings", "paused_before", "(paused_by is not distinct from 'hold') = (paused_before is not null)"),
    ("supplies", "paused_by_known", "paused_by in ('person', 'rest', 'hold')"),
    ("supplies", "paused_before", "(paused_by is not distinct from 'hold') = (paused_before is not null)"),
)
BEFORE = (
    ("employers", "state", "state in ('applied', 'refused', 'restricted', 'suspended', 'verified')"),
    ("supplies", "paused_by_known", "paused_by in ('person', 'rest')"),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "holds",
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("placed_by", sa.UUID(), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("outcome_reason", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'open') = (closed_at is null)", name=op.f("ck_holds_closed_at")),
        sa.CheckConstraint(
            "(state in ('confirmed', 'lifted')) = (decided_by is not null)", name=op.f("ck_holds_decided_by")
        ),
        sa.CheckConstraint("noun in ('posting', 'supply', 'employer')", name=op.f("ck_holds_noun")),
        sa.CheckConstraint("state in ('confirmed', 'ended', 'lifted', 'open')", name=op.f("ck_holds_state")),
        sa.CheckConstraint("decided_by <> placed_by", name=op.f("ck_holds_second_person")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_holds_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_due", "holds", ["decide_by", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_holds_employer", "holds", ["employer_id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "uq_holds_open", "holds", ["noun", "subject_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.add_column("employers", sa.Column("held_from", sa.String(), nullable=True))
    op.add_column("postings", sa.Column("paused_by", sa.String(), nullable=True))
    op.add_column("postings", sa.Column("paused_before", sa.String(), nullable=True))
    op.add_column("supplies", sa.Column("paused_before", sa.String(), nullable=True))
    for table, name, condition in CHECKS:
        op.execute(f"alter table {table} drop constraint if exists ck_{table}_{name}")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("update supplies set paused_by = 'person', paused_before = null where paused_by = 'hold'")
    op.execute("update employers set state = held_from, held_from = null where state = 'held'")
    for table, name, _ in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    for table, name, condition in BEFORE:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_column("supplies", "paused_before")
    op.drop_column("postings", "paused_before")
    op.drop_column("postings", "paused_by")
    op.drop_column("employers", "held_from")
    op.drop_index("uq_holds_open", table_name="holds", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_holds_employer", table_name="holds", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_holds_due", table_name="holds", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("holds")
