"""ground"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
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
        "api_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('active', 'revoked')", name=op.f("ck_api_keys_state")),
        sa.CheckConstraint(
            "employer_id is null or not scopes @> '[\"sms:receive\"]'", name=op.f("ck_api_keys_sms_for_no_employer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", "subject", "window_start", name=op.f("pk_counters")),
    )
    op.create_table(
        "due_work",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("occurrence", sa.String(), server_default="", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outside", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state in ('done','cancelled')) = (done_at is not null)", name=op.f("ck_due_work_done_at")),
        sa.CheckConstraint("state in ('pending','leased','done','cancelled','dead')", name=op.f("ck_due_work_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_work")),
    )
    op.create_index(
        "ix_due_work_due",
        "due_work",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('pending','leased')"),
    )
    op.create_index(
        "ix_due_work_dead", "due_work", ["due_at", "id"], unique=False, postgresql_where=sa.text("state = 'dead'")
    )
    op.create_index(
        "uq_due_work_live",
        "due_work",
        ["kind", "subject_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("state in ('pending','leased')"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("process_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("process_id", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("actor", "endpoint", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "persons",
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_hash", sa.LargeBinary(), nullable=True),
        sa.Column("id_kind", sa.String(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_date_basis", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("merged_into", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'merged') = (merged_into is not null)", name=op.f("ck_persons_merged_into")),
        sa.CheckConstraint("sex is null or sex in ('female', 'male')", name=op.f("ck_persons_sex")),
        sa.CheckConstraint("state in ('active', 'merged')", name=op.f("ck_persons_state")),
        sa.ForeignKeyConstraint(["merged_into"], ["persons.id"], name=op.f("fk_persons_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("ix_persons_phone_hash", "persons", ["phone_hash"], unique=False)
    op.create_index(
        "uq_persons_id_number_hash",
        "persons",
        ["id_number_hash"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "reference_rows",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("kind"), "="),
            (sa.column("code"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_reference_rows_validity",
        ),
        sa.CheckConstraint("valid_to is null or valid_to > valid_from", name=op.f("ck_reference_rows_valid_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_rows")),
    )
    op.create_index("ix_reference_rows_kind_code", "reference_rows", ["kind", "code"], unique=False)
    op.create_table(
        "policy_proposals",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(approved is null) = (decided_by is null)", name=op.f("ck_policy_proposals_decided")),
        sa.CheckConstraint(
            "approved is not true or decided_by <> proposed_by", name=op.f("ck_policy_proposals_two_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_proposals")),
    )
    op.create_table(
        "replies",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("taken_for", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_replies_gateway_id")),
    )
    op.create_table(
        "staff",
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("regions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("venue_id", sa.UUID(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('officer', 'admin')", name=op.f("ck_staff_role")),
        sa.CheckConstraint("state in ('active', 'closed')", name=op.f("ck_staff_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "test_clock",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shift", sa.Interval(), server_default=sa.text("interval '0'"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_test_clock_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_clock")),
    )
    op.create_table(
        "test_messages",
        sa.Column("seq", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_test_messages")),
    )
    op.create_index(op.f("ix_test_messages_recipient_hash"), "test_messages", ["recipient_hash"], unique=False)
    op.create_table(
        "transitions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("entity_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("changes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("on_behalf_of", sa.UUID(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index("ix_transitions_txid", "transitions", ["txid"], unique=False)
    op.create_index("uq_transitions_entity_version", "transitions", ["noun", "entity_id", "version"], unique=True)
    op.create_table(
        "venues",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("operator_kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("sent_datum", sa.String(), nullable=True),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facilities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hotline", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('gig_market', 'labour_market', 'gig_station', 'service_window', 'online_market')",
            name=op.f("ck_venues_kind"),
        ),
        sa.CheckConstraint("state in ('closed', 'open')", name=op.f("ck_venues_state")),
        sa.CheckConstraint("(lon is null) = (lat is null)", name=op.f("ck_venues_point")),
        sa.CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name=op.f("ck_venues_point_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
    )
    op.create_table(
        "devices",
        sa.Column("venue_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("credential_hash", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('enrolled', 'revoked')", name=op.f("ck_devices_state")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_devices_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("credential_hash", name=op.f("uq_devices_credential_hash")),
    )
    op.create_table(
        "challenges",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("device_id", sa.UUID(), nullable=True),
        sa.Column("wanted_role", sa.String(), nullable=True),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(phone_hash is null) = (phone_sealed is null)", name=op.f("ck_challenges_phone")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_challenges_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_challenges_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_challenges_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("ticket_hash", name=op.f("uq_challenges_ticket_hash")),
    )
    op.create_index(op.f("ix_challenges_device_id"), "challenges", ["device_id"], unique=False)
    op.create_index(op.f("ix_challenges_phone_hash"), "challenges", ["phone_hash"], unique=False)
    op.create_table(
        "consents",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        "uq_consents_live",
        "consents",
        ["person_id", "scope"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.UUID(), nullable=True),
        sa.Column("asks", sa.String(), nullable=True),
        sa.Column("tag", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dedupe", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_inbox", "messages", ["person_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_messages_open_question",
        "messages",
        ["person_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("asks is not null and answered_at is null"),
    )
    op.create_index("uq_messages_dedupe", "messages", ["person_id", "dedupe"], unique=True)
    op.create_table(
        "unmaskings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("actor_kind", sa.String(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_unmaskings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmaskings")),
    )
    op.create_index(op.f("ix_unmaskings_actor_id"), "unmaskings", ["actor_id"], unique=False)
    op.create_index(op.f("ix_unmaskings_person_id"), "unmaskings", ["person_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("work_id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "result in ('sending', 'sent', 'failed', 'no_address', 'quiet_hours', 'over_budget')",
            name=op.f("ck_deliveries_result"),
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_deliveries_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_message_id"), "deliveries", ["message_id"], unique=False)
    op.create_index(op.f("ix_deliveries_work_id"), "deliveries", ["work_id"], unique=False)
    op.create_index("uq_deliveries_attempt", "deliveries", ["work_id", "channel", "attempt"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("employer_id", sa.UUID(), nullable=True),
        sa.Column("device_id", sa.UUID(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("fresh_factor_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=True),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.CheckConstraint("role in ('worker', 'member', 'officer', 'admin')", name=op.f("ck_sessions_role")),
        sa.CheckConstraint("(person_id is null) <> (staff_id is null)", name=op.f("ck_sessions_one_subject")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_sessions_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sessions_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sessions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_index(op.f("ix_sessions_staff_id"), "sessions", ["staff_id"], unique=False)
    op.create_index(
        "uq_sessions_one_per_device",
        "sessions",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("device_id is not null and closed_at is null"),
    )
    op.create_table(
        "tokens",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('access', 'refresh')", name=op.f("ck_tokens_kind")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_tokens_session_id"), ondelete="cascade"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tokens")),
    )
    op.create_index(op.f("ix_tokens_session_id"), "tokens", ["session_id"], unique=False)
    # the one business clock: the rehearsal's row when there is one, the database's time otherwise
    op.execute(
        "create function business_now() returns timestamptz language sql volatile as"
        " $$ select coalesce((select coalesce(frozen_at, clock_timestamp() + shift) from test_clock),"
        " clock_timestamp()) $$"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop function business_now()")
    op.drop_index(op.f("ix_tokens_session_id"), table_name="tokens")
    op.drop_table("tokens")
    op.drop_index(
        "uq_sessions_one_per_device",
        table_name="sessions",
        postgresql_where=sa.text("device_id is not null and closed_at is null"),
    )
    op.drop_index(op.f("ix_sessions_staff_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_person_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("uq_deliveries_attempt", table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_work_id"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_message_id"), table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_unmaskings_person_id"), table_name="unmaskings")
    op.drop_index(op.f("ix_unmaskings_actor_id"), table_name="unmaskings")
    op.drop_table("unmaskings")
    op.drop_index("uq_messages_dedupe", table_name="messages")
    op.drop_index(
        "ix_messages_open_question",
        table_name="messages",
        postgresql_where=sa.text("asks is not null and answered_at is null"),
    )
    op.drop_index("ix_messages_inbox", table_name="messages")
    op.drop_table("messages")
    op.drop_index("uq_consents_live", table_name="consents", postgresql_where=sa.text("withdrawn_at is null"))
    op.drop_table("consents")
    op.drop_index(op.f("ix_challenges_phone_hash"), table_name="challenges")
    op.drop_index(op.f("ix_challenges_device_id"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_table("devices")
    op.drop_table("venues")
    op.drop_index("uq_transitions_entity_version", table_name="transitions")
    op.drop_index("ix_transitions_txid", table_name="transitions")
    op.drop_table("transitions")
    op.drop_index(op.f("ix_test_messages_recipient_hash"), table_name="test_messages")
    op.drop_table("test_messages")
    op.drop_table("test_clock")
    op.drop_table("staff")
    op.drop_table("replies")
    op.drop_index("ix_reference_rows_kind_code", table_name="reference_rows")
    op.drop_table("policy_proposals")
    op.drop_table("reference_rows")
    op.drop_index("uq_persons_id_number_hash", table_name="persons", postgresql_where=sa.text("state = 'active'"))
    op.drop_index("ix_persons_phone_hash", table_name="persons")
    op.drop_table("persons")
    op.drop_index("ix_idempotency_keys_created_at", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("heartbeats")
    op.drop_index("uq_due_work_live", table_name="due_work", postgresql_where=sa.text("state in ('pending','leased')"))
    op.drop_index("ix_due_work_dead", table_name="due_work", postgresql_where=sa.text("state = 'dead'"))
    op.drop_index("ix_due_work_due", table_name="due_work", postgresql_where=sa.text("state in ('pending','leased')"))
    op.drop_table("due_work")
    op.drop_table("counters")
    op.drop_table("api_keys")
