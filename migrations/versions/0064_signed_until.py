"""until when what the firms of a deal have both signed holds"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

PAPER = "select from agreements a where a.subject_noun = 'deal' and a.subject_id = deals.id and a.kind = 'cooperation'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("deals", sa.Column("signed_until", sa.Date(), nullable=True))
    op.execute(
        f"update deals set signed_until = last_day where exists ({PAPER} and a.state = 'signed')"
        f" and not exists ({PAPER} and a.state = 'drawn')"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("deals", "signed_until")
