"""duplicates_rechecks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
STATES = (
    "'appealed', 'draft', 'expired', 'filled', 'final', 'paused', 'published', 'rejected', 'submitted', 'taken_down',"
    " 'withdrawn'"
)
# What stands already is asked about like the rest, a week from now at the earliest.
ALREADY_SHOWN = """
insert into due_work (id, kind, subject_id, occurrence, due_at, created_at)
select gen_random_uuid(), 'posting.stale', id, 'notice',
       greatest(coalesce(published_at, created_at) + interval '23 days', business_now() + interval '7 days'),
       business_now()
from postings where state in ('published', 'filled', 'paused') and not private
  and valid_until > coalesce(published_at, created_at) + interval '30 days'
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("employers", sa.Column("papers_renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("postings", sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("postings", sa.Column("merged_into", sa.UUID(), nullable=True))
    op.add_column("postings", sa.Column("copied_from", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_postings_copied_from"), "postings", "postings", ["copied_from"], ["id"])
    op.create_foreign_key(op.f("fk_postings_merged_into"), "postings", "postings", ["merged_into"], ["id"])
    op.drop_constraint(op.f("ck_postings_state"), "postings")
    op.create_check_constraint(op.f("ck_postings_state"), "postings", f"state in ({STATES}, 'merged')")
    op.create_check_constraint(
        op.f("ck_postings_merged_into"), "postings", "(state = 'merged') = (merged_into is not null)"
    )
    op.execute(ALREADY_SHOWN)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from due_work where kind in ('posting.stale', 'duplicates.check')")
    op.drop_constraint(op.f("ck_postings_merged_into"), "postings")
    op.execute("update postings set state = 'withdrawn' where state = 'merged'")
    op.drop_constraint(op.f("ck_postings_state"), "postings")
    op.create_check_constraint(op.f("ck_postings_state"), "postings", f"state in ({STATES})")
    op.drop_constraint(op.f("fk_postings_merged_into"), "postings", type_="foreignkey")
    op.drop_constraint(op.f("fk_postings_copied_from"), "postings", type_="foreignkey")
    op.drop_column("postings", "copied_from")
    op.drop_column("postings", "merged_into")
    op.drop_column("postings", "refreshed_at")
    op.drop_column("employers", "papers_renewed_at")
