"""appeals_reports"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
CHECKS = (
    ("reviews", "noun", "noun in ('posting', 'supply', 'employer')"),
    ("reviews", "kind", "kind in ('new', 'edit', 'report', 'recheck', 'duplicate')"),
    (
        "reviews",
        "outcome_known",
        "outcome in ('publish', 'reject', 'keep', 'take_down', 'merge', 'verify', 'restrict', 'suspend')",
    ),
    (
        "supplies",
        "state",
        "state in ('appealed', 'expired', 'final', 'found', 'paused', 'published', 'rejected', 'submitted',"
        " 'taken_down', 'withdrawn')",
    ),
)
BEFORE = (
    ("reviews", "noun", "noun in ('posting', 'supply')"),
    ("reviews", "kind", "kind in ('new', 'edit')"),
    ("reviews", "outcome_known", "outcome in ('publish', 'reject')"),
    (
        "supplies",
        "state",
        "state in ('expired', 'found', 'paused', 'published', 'rejected', 'submitted', 'taken_down', 'withdrawn')",
    ),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "appeals",
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("against", sa.String(), nullable=False),
        sa.Column("against_reason", sa.String(), nullable=True),
        sa.Column("against_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("barred", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("outcome_reason", sa.String(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'filed') = (closed_at is null)", name=op.f("ck_appeals_closed_at")),
        sa.CheckConstraint(
            "(state in ('granted', 'upheld')) = (decided_by is not null)", name=op.f("ck_appeals_decided_by")
        ),
        sa.CheckConstraint("against in ('rejection', 'removal')", name=op.f("ck_appeals_against")),
        sa.CheckConstraint("noun in ('posting', 'supply')", name=op.f("ck_appeals_noun")),
        sa.CheckConstraint("state in ('filed', 'granted', 'upheld')", name=op.f("ck_appeals_state")),
        sa.CheckConstraint(
            "decided_by is null or not (decided_by = any(barred))", name=op.f("ck_appeals_another_person")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_appeals_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index(
        "ix_appeals_due", "appeals", ["due_at", "id"], unique=False, postgresql_where=sa.text("state = 'filed'")
    )
    op.create_index("ix_appeals_subject", "appeals", ["noun", "subject_id", "id"], unique=False)
    op.create_index(
        "uq_appeals_filed", "appeals", ["noun", "subject_id"], unique=True, postgresql_where=sa.text("state = 'filed'")
    )
    op.create_table(
        "reports",
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("reporter_id", sa.UUID(), nullable=True),
        sa.Column("review_id", sa.UUID(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'answered') = (answer is not null)", name=op.f("ck_reports_answer")),
        sa.CheckConstraint("(state = 'answered') = (answered_at is not null)", name=op.f("ck_reports_answered_at")),
        sa.CheckConstraint("answer in ('acted', 'nothing_found', 'gone')", name=op.f("ck_reports_answer_known")),
        sa.CheckConstraint(
            "category in ('fee', 'papers_withheld', 'child_labour', 'safety', 'fake', 'discrimination', 'wage', 'other')",
            name=op.f("ck_reports_category"),
        ),
        sa.CheckConstraint("noun in ('posting', 'supply', 'employer')", name=op.f("ck_reports_noun")),
        sa.CheckConstraint("state in ('answered', 'open')", name=op.f("ck_reports_state")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_reports_employer_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["persons.id"], name=op.f("fk_reports_reporter_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_reports_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "ix_reports_open", "reports", ["noun", "subject_id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "ix_reports_reporter",
        "reports",
        ["reporter_id", "id"],
        unique=False,
        postgresql_where=sa.text("reporter_id is not null"),
    )
    op.create_index("ix_reports_review", "reports", ["review_id"], unique=False)
    op.create_index("uq_reports_source", "reports", ["source"], unique=True, postgresql_where=sa.text("state = 'open'"))
    op.add_column(
        "reviews",
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
    )
    for table, name, condition in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop table reports")
    op.execute("delete from reviews where kind in ('report', 'recheck', 'duplicate') or noun = 'employer'")
    op.execute("update supplies set state = 'taken_down' where state in ('appealed', 'final')")
    for table, name, condition in BEFORE:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_column("reviews", "facts")
    op.drop_index("uq_appeals_filed", table_name="appeals", postgresql_where=sa.text("state = 'filed'"))
    op.drop_index("ix_appeals_subject", table_name="appeals")
    op.drop_index("ix_appeals_due", table_name="appeals", postgresql_where=sa.text("state = 'filed'"))
    op.drop_table("appeals")
