"""lines carry a mac"""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # older lines say that they have none; whoever writes one without from now on is refused
    op.execute("update transitions set mac = '' where mac is null")
    op.alter_column("transitions", "mac", nullable=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.alter_column("transitions", "mac", nullable=True)
    op.execute("update transitions set mac = null where mac = ''")
