"""reviews"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
# What waits already has its row in the queue, and its first line in the log.
ALREADY_WAITING = """
with waiting as (
    select 'posting' as noun, id, version, employer_id, city_code,
           coalesce(review_due_at, business_now()) as due_at
    from postings where state = 'submitted'
    union all
    select 'supply', id, version, null, city_code, business_now() from supplies where state = 'submitted'),
opened as (
    insert into reviews (id, noun, subject_id, subject_version, employer_id, city_code, kind, priority, due_at,
                         entered_by, reasons, overrules, checked, state, version, created_at, updated_at)
    select gen_random_uuid(), noun, id, version, employer_id, city_code, 'new', 3, due_at,
           coalesce((select array_agg(distinct actor_id) from transitions t
                     where t.noun = waiting.noun and t.entity_id = waiting.id and t.actor_id is not null
                       and t.actor_kind in ('officer', 'admin')
                       and t.action in ('create', 'edit', 'submit', 'revise', 'reopen')), '{}'),
           '[]', '[]', '[]', 'waiting', 1, business_now(), business_now()
    from waiting returning id, city_code)
insert into transitions (id, noun, entity_id, version, action, to_state, actor_kind, channel, city_code, at)
select gen_random_uuid(), 'review', id, 1, 'open', 'waiting', 'system', 'timer', city_code, business_now() from opened
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "reviews",
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("claimed_by", sa.UUID(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("overrules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checklist_of", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'decided') = (decided_by is not null)", name=op.f("ck_reviews_decided_by")),
        sa.CheckConstraint("(state = 'decided') = (outcome is not null)", name=op.f("ck_reviews_outcome")),
        sa.CheckConstraint(
            "(state in ('decided', 'closed')) = (closed_at is not null)", name=op.f("ck_reviews_closed_at")
        ),
        sa.CheckConstraint("kind in ('new', 'edit')", name=op.f("ck_reviews_kind")),
        sa.CheckConstraint("noun in ('posting', 'supply')", name=op.f("ck_reviews_noun")),
        sa.CheckConstraint("outcome in ('publish', 'reject')", name=op.f("ck_reviews_outcome_known")),
        sa.CheckConstraint("state <> 'claimed' or claimed_by is not null", name=op.f("ck_reviews_claimed")),
        sa.CheckConstraint("state in ('claimed', 'closed', 'decided', 'waiting')", name=op.f("ck_reviews_state")),
        sa.CheckConstraint("(claimed_by is null) = (claimed_until is null)", name=op.f("ck_reviews_claim")),
        sa.CheckConstraint(
            "decided_by is null or not (decided_by = any(entered_by))", name=op.f("ck_reviews_not_own_entry")
        ),
        sa.CheckConstraint("priority between 0 and 3", name=op.f("ck_reviews_priority")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_reviews_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(
        "ix_reviews_closed", "reviews", ["closed_at", "id"], unique=False, postgresql_where=sa.text("state = 'decided'")
    )
    op.create_index(
        "ix_reviews_queue",
        "reviews",
        ["priority", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'claimed')"),
    )
    op.create_index("ix_reviews_subject", "reviews", ["noun", "subject_id", "id"], unique=False)
    op.create_index(
        "uq_reviews_open",
        "reviews",
        ["noun", "subject_id"],
        unique=True,
        postgresql_where=sa.text("state in ('waiting', 'claimed')"),
    )
    op.execute(ALREADY_WAITING)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("uq_reviews_open", table_name="reviews", postgresql_where=sa.text("state in ('waiting', 'claimed')"))
    op.drop_index("ix_reviews_subject", table_name="reviews")
    op.drop_index("ix_reviews_queue", table_name="reviews", postgresql_where=sa.text("state in ('waiting', 'claimed')"))
    op.drop_index("ix_reviews_closed", table_name="reviews", postgresql_where=sa.text("state = 'decided'"))
    op.drop_table("reviews")
