"""listings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "listings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("work_mode", sa.String(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("pay_unit", sa.String(), nullable=True),
        sa.Column("pay_fen", sa.BigInteger(), nullable=True),
        sa.Column("pay_hour_fen", sa.BigInteger(), nullable=True),
        sa.Column("pay_day_fen", sa.BigInteger(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("first_minute", sa.SmallInteger(), nullable=True),
        sa.Column("last_minute", sa.SmallInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group_key", sa.BigInteger(), nullable=False),
        sa.Column("tokens", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_listings_point")),
        sa.CheckConstraint("side in ('demand', 'supply')", name=op.f("ck_listings_side")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    # the words of a row are asked for through their index: kept beside it, the row itself stays short
    op.execute("alter table listings alter column tokens set storage external")
    op.execute("alter table listings set (toast_tuple_target = 256)")
    op.create_index("ix_listings_group", "listings", ["group_key"], unique=False)
    op.create_index("ix_listings_owner", "listings", ["owner_id"], unique=False)
    op.create_index("ix_listings_tokens", "listings", ["tokens"], unique=False, postgresql_using="gin")
    # what is public already gets its listings from the timers, a few hundred at a time
    op.execute(
        "insert into due_work (id, kind, subject_id, due_at, created_at) select gen_random_uuid(), 'listings.rebuild',"
        " '00000000-0000-0000-0000-000000000000', now(), now() where exists (select from postings)"
        " or exists (select from supplies)"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from due_work where kind = 'listings.rebuild'")
    op.drop_index("ix_listings_tokens", table_name="listings", postgresql_using="gin")
    op.drop_index("ix_listings_owner", table_name="listings")
    op.drop_index("ix_listings_group", table_name="listings")
    op.drop_table("listings")
