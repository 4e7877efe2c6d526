"""searches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("listings", sa.Column("filled", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute("alter table listings reset (toast_tuple_target)")
    op.execute("alter table listings alter column tokens set storage extended")
    # what stands there gets its column, and its owner's name, from the timers
    op.execute(
        "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'listings.rebuild',"
        " '00000000-0000-0000-0000-000000000000', now(), now() where exists (select from listings)"
        " on conflict do nothing"
    )
    op.create_table(
        "listing_owners",
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("sound", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_listing_owners")),
    )
    for column in ("folded", "sound", "initials"):
        op.create_index(
            f"ix_listing_owners_{column}",
            "listing_owners",
            [column],
            unique=False,
            postgresql_ops={column: "text_pattern_ops"},
        )
    op.create_table(
        "alert_stops",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_alert_stops")),
    )
    op.create_table(
        "search_hits",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("group_key", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.UUID(), nullable=False),
        sa.Column("search_id", sa.UUID(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "group_key", name=op.f("pk_search_hits")),
    )
    op.create_index("ix_search_hits_found", "search_hits", ["found_at"], unique=False)
    op.create_index("uq_search_hits_listing", "search_hits", ["person_id", "listing_id"], unique=True)
    op.create_table(
        "searches",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("filter", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("anchors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("alerts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("personalised", sa.Boolean(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_searches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index("ix_searches_anchors", "searches", ["anchors"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_searches_person",
        "searches",
        ["person_id", "id"],
        unique=False,
        postgresql_where=sa.text("removed_at is null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_searches_person", table_name="searches", postgresql_where=sa.text("removed_at is null"))
    op.drop_index("ix_searches_anchors", table_name="searches", postgresql_using="gin")
    op.drop_table("searches")
    op.drop_index("uq_search_hits_listing", table_name="search_hits")
    op.drop_index("ix_search_hits_found", table_name="search_hits")
    op.drop_table("search_hits")
    op.drop_table("alert_stops")
    op.drop_table("listing_owners")
    op.drop_column("listings", "filled")
