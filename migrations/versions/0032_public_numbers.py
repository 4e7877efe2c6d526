"""public_numbers"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
TABLES = ("postings", "supplies")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("create sequence public_numbers as bigint start 100001")
    for table in TABLES:  # what is there gets its number here, in no order
        op.execute(f"alter table {table} add column number bigint not null default nextval('public_numbers')")
        op.create_unique_constraint(op.f(f"uq_{table}_number"), table, ["number"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(TABLES):
        op.drop_column(table, "number")
    op.execute("drop sequence public_numbers")
