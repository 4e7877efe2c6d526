"""agreements: the full-time labour contract; evidence of people who are lent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

BEFORE = "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note')"
NOW = "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note', 'labour_contract')"


ABOUT_ONE = "(engagement_id is null) <> (lent_id is null)"
SIDE = "case when lent_id is null then side in ('worker', 'employer') else side in ('worker', 'lender', 'borrower') end"
# What names a row of each table within its chain; the first had a primary key of engagement_id with it.
WITHIN = {
    "evidence_entries": ("seq", ["side", "seq"]),
    "evidence_openings": ("field", ["side", "seq", "field"]),
    "evidence_packs": ("count", ["side", "count"]),
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _only(NOW)
    op.drop_constraint(op.f("pk_evidence_entries"), "evidence_entries", type_="primary")
    op.drop_constraint(op.f("pk_evidence_openings"), "evidence_openings", type_="primary")
    op.drop_index("uq_evidence_packs_count", "evidence_packs")
    op.drop_index("uq_evidence_entries_source", "evidence_entries")
    for table, (name, columns) in WITHIN.items():
        op.alter_column(table, "engagement_id", nullable=True)
        op.add_column(table, sa.Column("lent_id", sa.UUID(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_lent_id"), table, "lent", ["lent_id"], ["id"])
        op.create_check_constraint(op.f(f"ck_{table}_about_one"), table, ABOUT_ONE)
        _unique(f"uq_{table}_{name}", table, columns)
        op.create_index(f"ix_{table}_lent", table, ["lent_id"], postgresql_where=sa.text("lent_id is not null"))
    _unique("uq_evidence_entries_source", "evidence_entries", ["side", "source"])
    for table in ("evidence_entries", "evidence_packs"):
        op.drop_constraint(op.f(f"ck_{table}_side"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_side"), table, SIDE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in ("evidence_packs", "evidence_openings", "evidence_entries"):
        op.execute(f"delete from {table} where lent_id is not null")
    op.drop_index("uq_evidence_entries_source", "evidence_entries")
    for table, (name, _) in WITHIN.items():
        op.drop_index(f"uq_{table}_{name}", table)
        op.drop_index(f"ix_{table}_lent", table)
        op.drop_constraint(op.f(f"ck_{table}_about_one"), table, type_="check")
        if table != "evidence_openings":
            op.drop_constraint(op.f(f"ck_{table}_side"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_side"), table, "side in ('worker', 'employer')")
        op.drop_column(table, "lent_id")
        op.alter_column(table, "engagement_id", nullable=False)
    op.create_primary_key(op.f("pk_evidence_entries"), "evidence_entries", ["engagement_id", "side", "seq"])
    op.create_primary_key(op.f("pk_evidence_openings"), "evidence_openings", ["engagement_id", "side", "seq", "field"])
    op.create_index("uq_evidence_packs_count", "evidence_packs", ["engagement_id", "side", "count"], unique=True)
    op.create_index("uq_evidence_entries_source", "evidence_entries", ["engagement_id", "side", "source"], unique=True)
    _only(BEFORE)


def _unique(name: str, table: str, columns: list[str]) -> None:
    """Within one chain: of a seat, or of somebody who is lent."""
    listed = ", ".join(("engagement_id", "lent_id", *columns))
    op.execute(f"create unique index {name} on {table} ({listed}) nulls not distinct")


def _only(kinds: str) -> None:
    for table in ("agreements", "triages"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, kinds)
