"""evidence"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "evidence_entries",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("side in ('worker', 'employer')", name=op.f("ck_evidence_entries_side")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_evidence_entries_engagement_id")),
        sa.PrimaryKeyConstraint("engagement_id", "side", "seq", name=op.f("pk_evidence_entries")),
    )
    op.create_index("uq_evidence_entries_source", "evidence_entries", ["engagement_id", "side", "source"], unique=True)
    op.create_table(
        "evidence_openings",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_evidence_openings_engagement_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_evidence_openings_person_id")),
        sa.PrimaryKeyConstraint("engagement_id", "side", "seq", "field", name=op.f("pk_evidence_openings")),
    )
    op.create_index(op.f("ix_evidence_openings_person_id"), "evidence_openings", ["person_id"])
    op.create_table(
        "evidence_packs",
        sa.Column("engagement_id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side in ('worker', 'employer')", name=op.f("ck_evidence_packs_side")),
        sa.ForeignKeyConstraint(["engagement_id"], ["engagements.id"], name=op.f("fk_evidence_packs_engagement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_packs")),
    )
    op.create_index("uq_evidence_packs_count", "evidence_packs", ["engagement_id", "side", "count"], unique=True)
    # each line of the log carries a MAC from now on, under a key that the database does not hold
    op.add_column("transitions", sa.Column("mac", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("transitions", "mac")
    op.drop_table("evidence_packs")
    op.drop_table("evidence_openings")
    op.drop_table("evidence_entries")
