"""contact_requests"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "contact_choices",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("asks_taken", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["workers.id"], name=op.f("fk_contact_choices_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_choices")),
    )
    op.create_table(
        "contact_requests",
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("member_person_id", sa.UUID(), nullable=True),
        sa.Column("supply_id", sa.UUID(), nullable=True),
        sa.Column("posting_id", sa.UUID(), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("employer_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(asked_by = 'employer') = (supply_id is not null)", name=op.f("ck_contact_requests_supply")
        ),
        sa.CheckConstraint(
            "(asked_by = 'worker') = (posting_id is not null)", name=op.f("ck_contact_requests_posting")
        ),
        sa.CheckConstraint(
            "(state in ('asked', 'accepted', 'agreed')) = (closed_at is null)",
            name=op.f("ck_contact_requests_closed_at"),
        ),
        sa.CheckConstraint("asked_by in ('worker', 'employer')", name=op.f("ck_contact_requests_asked_by")),
        sa.CheckConstraint("note is null or state = 'asked'", name=op.f("ck_contact_requests_note")),
        sa.CheckConstraint(
            "purpose in ('work_details', 'time_and_place', 'pay', 'skills', 'other')",
            name=op.f("ck_contact_requests_purpose"),
        ),
        sa.CheckConstraint(
            "state <> 'agreed' or (worker_agreed_at is not null and employer_agreed_at is not null)",
            name=op.f("ck_contact_requests_agreed"),
        ),
        sa.CheckConstraint(
            "state in ('accepted', 'agreed', 'asked', 'declined', 'ended', 'lapsed', 'withdrawn')",
            name=op.f("ck_contact_requests_state"),
        ),
        sa.CheckConstraint(
            "state not in ('accepted', 'agreed') or ends_at is not null", name=op.f("ck_contact_requests_ends_at")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_contact_requests_employer_id")),
        sa.ForeignKeyConstraint(
            ["member_person_id"], ["persons.id"], name=op.f("fk_contact_requests_member_person_id")
        ),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_contact_requests_posting_id")),
        sa.ForeignKeyConstraint(["supply_id"], ["supplies.id"], name=op.f("fk_contact_requests_supply_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_contact_requests_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_requests")),
    )
    op.create_index("ix_contact_requests_employer", "contact_requests", ["employer_id", "id"], unique=False)
    op.create_index("ix_contact_requests_member", "contact_requests", ["member_person_id", "created_at"], unique=False)
    op.create_index("ix_contact_requests_worker", "contact_requests", ["worker_id", "id"], unique=False)
    op.create_index(
        "uq_contact_requests_posting",
        "contact_requests",
        ["posting_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'accepted', 'agreed')"),
    )
    op.create_index(
        "uq_contact_requests_supply",
        "contact_requests",
        ["supply_id", "employer_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'accepted', 'agreed')"),
    )
    op.create_table(
        "relayed_texts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("from_side", sa.String(), nullable=False),
        sa.Column("characters", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_side in ('worker', 'employer')", name=op.f("ck_relayed_texts_from_side")),
        sa.ForeignKeyConstraint(["request_id"], ["contact_requests.id"], name=op.f("fk_relayed_texts_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relayed_texts")),
    )
    op.create_index(op.f("ix_relayed_texts_request_id"), "relayed_texts", ["request_id"], unique=False)
    op.create_table(
        "relays",
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'released') = (released_at is not null)", name=op.f("ck_relays_released_at")),
        sa.CheckConstraint("asked_by in ('worker', 'employer')", name=op.f("ck_relays_asked_by")),
        sa.CheckConstraint("state in ('bound', 'released')", name=op.f("ck_relays_state")),
        sa.ForeignKeyConstraint(["request_id"], ["contact_requests.id"], name=op.f("fk_relays_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relays")),
    )
    op.create_index(op.f("ix_relays_request_id"), "relays", ["request_id"], unique=False)
    op.create_index(
        "uq_relays_live", "relays", ["request_id"], unique=True, postgresql_where=sa.text("state = 'bound'")
    )
    op.create_table(
        "relay_ends",
        sa.Column("relay_id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side in ('worker', 'employer')", name=op.f("ck_relay_ends_side")),
        sa.ForeignKeyConstraint(["relay_id"], ["relays.id"], name=op.f("fk_relay_ends_relay_id")),
        sa.PrimaryKeyConstraint("relay_id", "side", name=op.f("pk_relay_ends")),
    )
    op.create_index(
        "uq_relay_ends_live",
        "relay_ends",
        ["number", "phone_hash"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_table(
        "relayed_calls",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.Column("relay_id", sa.UUID(), nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=False),
        sa.Column("from_side", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_side in ('worker', 'employer')", name=op.f("ck_relayed_calls_from_side")),
        sa.CheckConstraint("outcome = 'answered' or seconds = 0", name=op.f("ck_relayed_calls_unanswered")),
        sa.CheckConstraint(
            "outcome in ('answered', 'missed', 'busy', 'failed')", name=op.f("ck_relayed_calls_outcome")
        ),
        sa.CheckConstraint("seconds between 0 and 86400", name=op.f("ck_relayed_calls_seconds")),
        sa.ForeignKeyConstraint(["relay_id"], ["relays.id"], name=op.f("fk_relayed_calls_relay_id")),
        sa.ForeignKeyConstraint(["request_id"], ["contact_requests.id"], name=op.f("fk_relayed_calls_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relayed_calls")),
        sa.UniqueConstraint("gateway_id", name=op.f("uq_relayed_calls_gateway_id")),
    )
    op.create_index(op.f("ix_relayed_calls_relay_id"), "relayed_calls", ["relay_id"], unique=False)
    op.create_index(op.f("ix_relayed_calls_request_id"), "relayed_calls", ["request_id"], unique=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(op.f("ix_relayed_calls_request_id"), table_name="relayed_calls")
    op.drop_index(op.f("ix_relayed_calls_relay_id"), table_name="relayed_calls")
    op.drop_table("relayed_calls")
    op.drop_index("uq_relay_ends_live", table_name="relay_ends", postgresql_where=sa.text("released_at is null"))
    op.drop_table("relay_ends")
    op.drop_index("uq_relays_live", table_name="relays", postgresql_where=sa.text("state = 'bound'"))
    op.drop_index(op.f("ix_relays_request_id"), table_name="relays")
    op.drop_table("relays")
    op.drop_index(op.f("ix_relayed_texts_request_id"), table_name="relayed_texts")
    op.drop_table("relayed_texts")
    op.drop_index(
        "uq_contact_requests_supply",
        table_name="contact_requests",
        postgresql_where=sa.text("state in ('asked', 'accepted', 'agreed')"),
    )
    op.drop_index(
        "uq_contact_requests_posting",
        table_name="contact_requests",
        postgresql_where=sa.text("state in ('asked', 'accepted', 'agreed')"),
    )
    op.drop_index("ix_contact_requests_worker", table_name="contact_requests")
    op.drop_index("ix_contact_requests_member", table_name="contact_requests")
    op.drop_index("ix_contact_requests_employer", table_name="contact_requests")
    op.drop_table("contact_requests")
    op.drop_table("contact_choices")
