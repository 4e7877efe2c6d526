"""intakes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "brokerages",
        sa.Column("agency_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_how", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state in ('asked', 'active')) = (closed_at is null)", name=op.f("ck_brokerages_closed_at")
        ),
        sa.CheckConstraint(
            "state <> 'active' or (agreed_at is not null and wording is not null)", name=op.f("ck_brokerages_agreed")
        ),
        sa.CheckConstraint(
            "state in ('active', 'asked', 'declined', 'ended', 'lapsed', 'left')", name=op.f("ck_brokerages_state")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["employers.id"], name=op.f("fk_brokerages_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_brokerages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brokerages")),
    )
    op.create_index(op.f("ix_brokerages_person_id"), "brokerages", ["person_id"], unique=False)
    op.create_index(
        "uq_brokerages_live",
        "brokerages",
        ["agency_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'active')"),
    )
    op.create_table(
        "demand_intakes",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("made_person", sa.Boolean(), nullable=False),
        sa.Column("made_employer", sa.Boolean(), nullable=False),
        sa.Column("taken", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("code_mac", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_tries", sa.SmallInteger(), nullable=False),
        sa.Column("agreed_how", sa.String(), nullable=True),
        sa.Column("confirm_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'asked') = (closed_at is null)", name=op.f("ck_demand_intakes_closed_at")),
        sa.CheckConstraint(
            "(state = 'confirmed') = (agreed_how is not null)", name=op.f("ck_demand_intakes_agreed_how")
        ),
        sa.CheckConstraint(
            "state in ('asked', 'confirmed', 'declined', 'lapsed', 'withdrawn')", name=op.f("ck_demand_intakes_state")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_demand_intakes_employer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_demand_intakes_person_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_demand_intakes_posting_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_demand_intakes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_intakes")),
        sa.UniqueConstraint("posting_id", name=op.f("uq_demand_intakes_posting_id")),
    )
    op.create_index("ix_demand_intakes_city", "demand_intakes", ["city_code", "id"], unique=False)
    op.create_index(op.f("ix_demand_intakes_employer_id"), "demand_intakes", ["employer_id"], unique=False)
    op.create_index(op.f("ix_demand_intakes_person_id"), "demand_intakes", ["person_id"], unique=False)
    op.create_table(
        "supply_intakes",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("supply_id", sa.UUID(), nullable=True),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("agency_id", sa.UUID(), nullable=True),
        sa.Column("member_person_id", sa.UUID(), nullable=True),
        sa.Column("made_person", sa.Boolean(), nullable=False),
        sa.Column("wish", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("wording", sa.String(), nullable=True),
        sa.Column("agreed_how", sa.String(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("level_code", sa.String(), nullable=False),
        sa.Column("escalations", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state in ('asked', 'held', 'open', 'recommended')) = (closed_at is null)",
            name=op.f("ck_supply_intakes_closed_at"),
        ),
        sa.CheckConstraint(
            "state not in ('open', 'recommended') or supply_id is not null", name=op.f("ck_supply_intakes_supply")
        ),
        sa.CheckConstraint(
            "state in ('asked', 'closed', 'declined', 'held', 'lapsed', 'open', 'recommended', 'revoked')",
            name=op.f("ck_supply_intakes_state"),
        ),
        sa.CheckConstraint(
            "state not in ('held', 'open', 'recommended') or (agreed_at is not null and agreed_how is not null and wording is not null)",
            name=op.f("ck_supply_intakes_agreed"),
        ),
        sa.CheckConstraint("(agency_id is null) = (member_person_id is null)", name=op.f("ck_supply_intakes_member")),
        sa.CheckConstraint("(staff_id is null) <> (agency_id is null)", name=op.f("ck_supply_intakes_one_hand")),
        sa.ForeignKeyConstraint(["agency_id"], ["employers.id"], name=op.f("fk_supply_intakes_agency_id")),
        sa.ForeignKeyConstraint(["member_person_id"], ["persons.id"], name=op.f("fk_supply_intakes_member_person_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_supply_intakes_person_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_supply_intakes_staff_id")),
        sa.ForeignKeyConstraint(["supply_id"], ["supplies.id"], name=op.f("fk_supply_intakes_supply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_intakes")),
    )
    op.create_index("ix_supply_intakes_agency", "supply_intakes", ["agency_id", "id"], unique=False)
    op.create_index(op.f("ix_supply_intakes_person_id"), "supply_intakes", ["person_id"], unique=False)
    op.create_index(
        "ix_supply_intakes_tasks",
        "supply_intakes",
        ["level_code", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("uq_supply_intakes_supply", "supply_intakes", ["supply_id"], unique=True)
    op.create_table(
        "recommendations",
        sa.Column("intake_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=False),
        sa.Column("posting_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("by_kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["intake_id"], ["supply_intakes.id"], name=op.f("fk_recommendations_intake_id")),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_recommendations_posting_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_recommendations_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendations")),
    )
    op.create_index(op.f("ix_recommendations_posting_id"), "recommendations", ["posting_id"], unique=False)
    op.create_index(op.f("ix_recommendations_worker_id"), "recommendations", ["worker_id"], unique=False)
    op.create_index("uq_recommendations_posting", "recommendations", ["intake_id", "posting_id"], unique=True)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("uq_recommendations_posting", table_name="recommendations")
    op.drop_index(op.f("ix_recommendations_worker_id"), table_name="recommendations")
    op.drop_index(op.f("ix_recommendations_posting_id"), table_name="recommendations")
    op.drop_table("recommendations")
    op.drop_index("uq_supply_intakes_supply", table_name="supply_intakes")
    op.drop_index("ix_supply_intakes_tasks", table_name="supply_intakes", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_supply_intakes_person_id"), table_name="supply_intakes")
    op.drop_index("ix_supply_intakes_agency", table_name="supply_intakes")
    op.drop_table("supply_intakes")
    op.drop_index(op.f("ix_demand_intakes_person_id"), table_name="demand_intakes")
    op.drop_index(op.f("ix_demand_intakes_employer_id"), table_name="demand_intakes")
    op.drop_index("ix_demand_intakes_city", table_name="demand_intakes")
    op.drop_table("demand_intakes")
    op.drop_index(
        "uq_brokerages_live", table_name="brokerages", postgresql_where=sa.text("state in ('asked', 'active')")
    )
    op.drop_index(op.f("ix_brokerages_person_id"), table_name="brokerages")
    op.drop_table("brokerages")
