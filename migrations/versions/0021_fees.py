"""fees"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "fee_disclosures",
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("announced_by", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity in ('agency', 'platform')", name=op.f("ck_fee_disclosures_capacity")),
        sa.CheckConstraint("jsonb_array_length(items) <= 40", name=op.f("ck_fee_disclosures_items")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_fee_disclosures_number")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_fee_disclosures_employer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_disclosures")),
    )
    op.create_index(
        "ix_fee_disclosures_day", "fee_disclosures", ["employer_id", "capacity", "valid_from", "number"], unique=False
    )
    op.create_index("uq_fee_disclosures_number", "fee_disclosures", ["employer_id", "capacity", "number"], unique=True)
    op.create_table(
        "fee_remarks",
        sa.Column("disclosure_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code is not null or words is null", name=op.f("ck_fee_remarks_words")),
        sa.ForeignKeyConstraint(["disclosure_id"], ["fee_disclosures.id"], name=op.f("fk_fee_remarks_disclosure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_remarks")),
    )
    op.create_index(op.f("ix_fee_remarks_disclosure_id"), "fee_remarks", ["disclosure_id"], unique=False)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(op.f("ix_fee_remarks_disclosure_id"), table_name="fee_remarks")
    op.drop_table("fee_remarks")
    op.drop_index("uq_fee_disclosures_number", table_name="fee_disclosures")
    op.drop_index("ix_fee_disclosures_day", table_name="fee_disclosures")
    op.drop_table("fee_disclosures")
