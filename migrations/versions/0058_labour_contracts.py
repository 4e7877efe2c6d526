"""agreements: the full-time labour contract"""

from __future__ import annotations

from alembic import op

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None

BEFORE = "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note')"
NOW = "kind in ('cooperation', 'lending_consent', 'part_time', 'written_agreement', 'service_note', 'labour_contract')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _only(NOW)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _only(BEFORE)


def _only(kinds: str) -> None:
    for table in ("agreements", "triages"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, kinds)
