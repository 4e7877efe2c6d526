"""agreements: one picture is no signature under two papers"""

from __future__ import annotations

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(
        "alter table signatures add constraint ex_signatures_picture exclude using gist"
        " (picture_hash with =, agreement_id with <>) where (picture_hash is not null)"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table signatures drop constraint ex_signatures_picture")
