"""webhooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


class Xid8(sa.types.UserDefinedType):
    """PostgreSQL's 64-bit transaction number."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "xid8"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "webhook_reader",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("horizon", Xid8(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_webhook_reader_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_reader")),
    )
    op.create_table(
        "webhook_subscriptions",
        sa.Column("owner_kind", sa.String(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("key_id", sa.UUID(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("kinds", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("former_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("overlap_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_for", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'disabled') = (disabled_for is not null)", name=op.f("ck_webhook_subscriptions_disabled_for")
        ),
        sa.CheckConstraint(
            "case owner_kind when 'employer' then employer_id is not null and key_id is null when 'key' then key_id is not null when 'admin' then employer_id is null and key_id is null else false end",
            name=op.f("ck_webhook_subscriptions_owner"),
        ),
        sa.CheckConstraint(
            "state in ('active', 'disabled', 'ended', 'paused')", name=op.f("ck_webhook_subscriptions_state")
        ),
        sa.CheckConstraint(
            "(former_sealed is null) = (overlap_until is null)", name=op.f("ck_webhook_subscriptions_overlap")
        ),
        sa.CheckConstraint("cardinality(kinds) >= 1", name=op.f("ck_webhook_subscriptions_kinds")),
        sa.CheckConstraint("employer_id is null or region is null", name=op.f("ck_webhook_subscriptions_region")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_webhook_subscriptions_employer_id")),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_webhook_subscriptions_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_subscriptions")),
    )
    op.create_index(
        op.f("ix_webhook_subscriptions_employer_id"), "webhook_subscriptions", ["employer_id"], unique=False
    )
    op.create_index(op.f("ix_webhook_subscriptions_key_id"), "webhook_subscriptions", ["key_id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subscription_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'sending') = (lease_until is not null)", name=op.f("ck_webhook_deliveries_lease")),
        sa.CheckConstraint(
            "(state in ('delivered', 'dead')) = (closed_at is not null)", name=op.f("ck_webhook_deliveries_closed_at")
        ),
        sa.CheckConstraint(
            "state in ('dead', 'delivered', 'failed', 'pending', 'sending')", name=op.f("ck_webhook_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["webhook_subscriptions.id"], name=op.f("fk_webhook_deliveries_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_created_at", "webhook_deliveries", ["created_at"], unique=False)
    op.create_index(
        "ix_webhook_deliveries_due",
        "webhook_deliveries",
        ["subscription_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'failed', 'sending')"),
    )
    op.create_index(
        "ix_webhook_deliveries_log", "webhook_deliveries", ["subscription_id", "occurred_at", "id"], unique=False
    )
    op.create_index("uq_webhook_deliveries_event", "webhook_deliveries", ["subscription_id", "event_id"], unique=True)
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id"), ondelete="cascade"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name=op.f("pk_webhook_attempts")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("webhook_attempts")
    op.drop_index("uq_webhook_deliveries_event", table_name="webhook_deliveries")
    op.drop_index("ix_webhook_deliveries_log", table_name="webhook_deliveries")
    op.drop_index(
        "ix_webhook_deliveries_due",
        table_name="webhook_deliveries",
        postgresql_where=sa.text("state in ('pending', 'failed', 'sending')"),
    )
    op.drop_index("ix_webhook_deliveries_created_at", table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_index(op.f("ix_webhook_subscriptions_key_id"), table_name="webhook_subscriptions")
    op.drop_index(op.f("ix_webhook_subscriptions_employer_id"), table_name="webhook_subscriptions")
    op.drop_table("webhook_subscriptions")
    op.drop_table("webhook_reader")
