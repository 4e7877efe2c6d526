"""calls by person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

CHANNELS = "channel in ('app', 'kiosk', 'phone', 'visit', 'counter')"
OLD = "channel in ('app', 'phone', 'visit', 'counter')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("followup_tasks", sa.Column("call_market", sa.String(), nullable=True))
    op.add_column("followup_tasks", sa.Column("handled_by", sa.UUID(), nullable=True))
    op.execute("update followup_tasks set call_market = coalesce(venue_id::text, city_code) where call_on is not null")
    op.execute(
        "update followup_tasks t set handled_by = (select a.staff_id from followup_attempts a where a.task_id = t.id"
        " and a.staff_id is not null order by a.number desc limit 1)"
        " where exists (select from followup_attempts a where a.task_id = t.id and a.staff_id is not null)"
    )
    op.create_foreign_key(op.f("fk_followup_tasks_handled_by"), "followup_tasks", "staff", ["handled_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_followup_tasks_call_market"), "followup_tasks", "(call_on is null) = (call_market is null)"
    )
    op.drop_constraint(op.f("ck_followup_tasks_channel"), "followup_tasks", type_="check")
    op.create_check_constraint(op.f("ck_followup_tasks_channel"), "followup_tasks", CHANNELS)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_followup_tasks_channel"), "followup_tasks", type_="check")
    op.execute("update followup_tasks set channel = 'app' where channel = 'kiosk'")
    op.create_check_constraint(op.f("ck_followup_tasks_channel"), "followup_tasks", OLD)
    op.drop_constraint(op.f("ck_followup_tasks_call_market"), "followup_tasks", type_="check")
    op.drop_constraint(op.f("fk_followup_tasks_handled_by"), "followup_tasks", type_="foreignkey")
    op.drop_column("followup_tasks", "handled_by")
    op.drop_column("followup_tasks", "call_market")
