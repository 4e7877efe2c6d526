"""follow-ups of people who are lent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

OF_LENT = "select t.id from followup_tasks t join followup_plans p on p.id = t.plan_id where p.lent_id is not null"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.alter_column("followup_plans", "posting_id", existing_type=sa.Uuid(), nullable=True)
    op.add_column("followup_plans", sa.Column("lent_id", sa.Uuid(), nullable=True))
    op.add_column("followup_plans", sa.Column("refused_by_lender_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_followup_plans_lent_id"), "followup_plans", "lent", ["lent_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_followup_plans_about_one"), "followup_plans", "(posting_id is null) <> (lent_id is null)"
    )
    op.create_check_constraint(
        op.f("ck_followup_plans_lent_whom"), "followup_plans", "lent_id is null or worker_id is not null"
    )
    op.create_check_constraint(
        op.f("ck_followup_plans_lent_by"), "followup_plans", "lent_id is not null or refused_by_lender_at is null"
    )
    _once("posting_id", "worker_id", "lent_id")
    op.create_unique_constraint("uq_followup_plans_lent", "followup_plans", ["lent_id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in ("followup_issues", "needs", "followup_attempts"):
        op.execute(f"delete from {table} where task_id in ({OF_LENT})")
    op.execute(f"delete from followup_tasks where id in ({OF_LENT})")
    op.execute("delete from followup_plans where lent_id is not null")
    op.drop_constraint("uq_followup_plans_lent", "followup_plans", type_="unique")
    _once("posting_id", "worker_id")
    op.drop_constraint(op.f("ck_followup_plans_lent_by"), "followup_plans", type_="check")
    op.drop_constraint(op.f("ck_followup_plans_lent_whom"), "followup_plans", type_="check")
    op.drop_constraint(op.f("ck_followup_plans_about_one"), "followup_plans", type_="check")
    op.drop_constraint(op.f("fk_followup_plans_lent_id"), "followup_plans", type_="foreignkey")
    op.drop_column("followup_plans", "refused_by_lender_at")
    op.drop_column("followup_plans", "lent_id")
    op.alter_column("followup_plans", "posting_id", existing_type=sa.Uuid(), nullable=False)


def _once(*columns: str) -> None:
    op.drop_constraint("uq_followup_plans_story", "followup_plans", type_="unique")
    op.create_unique_constraint(
        "uq_followup_plans_story", "followup_plans", list(columns), postgresql_nulls_not_distinct=True
    )
