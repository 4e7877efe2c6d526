"""codes_of_answers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("messages", sa.Column("code", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_messages_code"), "messages", "code is null or (asks is not null and code ~ '^[0-9]{4}$')"
    )
    op.add_column("relayed_texts", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    # What was asked before there were codes is asked for no longer by SMS: a bare yes gives no number.
    op.execute(
        "update messages set answered_at = business_now() where asks = 'contact_request.agree' and answered_at is null"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("relayed_texts", "left_at")
    op.drop_constraint(op.f("ck_messages_code"), "messages")
    op.drop_column("messages", "code")
