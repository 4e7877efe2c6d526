"""channels_of_messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None
BEFORE = "result in ('sending', 'sent', 'failed', 'no_address', 'quiet_hours', 'over_budget')"
AFTER = "result in ('sending', 'sent', 'failed', 'refused', 'no_address', 'quiet_hours', 'over_budget')"
OF_CITIES = "employer_id is null or not scopes @> '[\"wechat:bind\"]'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "channel_bindings",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_mac", sa.LargeBinary(), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_tries", sa.SmallInteger(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(address_sealed is null) = (address_hash is null)", name=op.f("ck_channel_bindings_address")
        ),
        sa.CheckConstraint("state <> 'bound' or address_hash is not null", name=op.f("ck_channel_bindings_bound")),
        sa.CheckConstraint("state <> 'removed' or address_hash is null", name=op.f("ck_channel_bindings_removed")),
        sa.CheckConstraint("(state = 'waiting') = (code_mac is not null)", name=op.f("ck_channel_bindings_code")),
        sa.CheckConstraint("(code_mac is null) = (code_until is null)", name=op.f("ck_channel_bindings_code_until")),
        sa.CheckConstraint("channel in ('email', 'wechat')", name=op.f("ck_channel_bindings_channel")),
        sa.CheckConstraint("state in ('bound', 'removed', 'waiting')", name=op.f("ck_channel_bindings_state")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_channel_bindings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_bindings")),
    )
    for name, columns, unique, where in (
        ("uq_channel_bindings_bound", ["person_id", "channel"], True, "state = 'bound'"),
        ("uq_channel_bindings_waiting", ["person_id", "channel"], True, "state = 'waiting'"),
        ("uq_channel_bindings_code", ["code_mac"], True, "state = 'waiting'"),
        ("ix_channel_bindings_address", ["address_hash"], False, "address_hash is not null"),
        ("ix_channel_bindings_code_until", ["code_until"], False, "state = 'waiting'"),
    ):
        op.create_index(name, "channel_bindings", columns, unique=unique, postgresql_where=sa.text(where))
    op.create_table(
        "message_preferences",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(quiet_from is null) = (quiet_until is null)", name=op.f("ck_message_preferences_quiet")),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_message_preferences_quiet_empty")),
        sa.CheckConstraint("language in ('zh-CN', 'en')", name=op.f("ck_message_preferences_language")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_message_preferences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_preferences")),
        sa.UniqueConstraint("person_id", name=op.f("uq_message_preferences_person_id")),
    )
    op.drop_constraint(op.f("ck_deliveries_result"), "deliveries", type_="check")
    op.create_check_constraint(op.f("ck_deliveries_result"), "deliveries", AFTER)
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
    op.create_check_constraint(op.f("ck_api_keys_wechat_for_no_employer"), "api_keys", OF_CITIES)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_api_keys_wechat_for_no_employer"), "api_keys", type_="check")
    op.drop_index("ix_deliveries_at", table_name="deliveries")
    op.execute("update deliveries set result = 'failed' where result = 'refused'")
    op.drop_constraint(op.f("ck_deliveries_result"), "deliveries", type_="check")
    op.create_check_constraint(op.f("ck_deliveries_result"), "deliveries", BEFORE)
    op.drop_table("message_preferences")
    op.drop_table("channel_bindings")
