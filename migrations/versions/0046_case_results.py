"""case results"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("cases", sa.Column("resulted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update cases set resulted_at = updated_at where state = 'result'")
    op.create_check_constraint(op.f("ck_cases_resulted_at"), "cases", "state <> 'result' or resulted_at is not null")
    op.execute(  # each is looked at once, and waits for its own day from then
        "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'case.result_over',"
        " id, business_now(), business_now() from cases where state = 'result' on conflict do nothing"
    )
    op.execute(
        "update messages set template = 'case.mediated_' || (params ->> 'result') where template = 'case.mediated'"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(
        "update messages set template = 'case.mediated' where template in ('case.mediated_partly',"
        " 'case.mediated_no_agreement', 'case.mediated_not_reached', 'case.mediated_refused')"
    )
    op.execute("delete from due_work where kind = 'case.result_over'")
    op.drop_constraint(op.f("ck_cases_resulted_at"), "cases", type_="check")
    op.drop_column("cases", "resulted_at")
