"""owners_of_alerts"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None
KEYS = (
    ("search_hits", "person_id", "persons"),
    ("search_hits", "search_id", "searches"),
    ("alert_stops", "person_id", "persons"),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, column, other in KEYS:
        op.execute(f"delete from {table} t where not exists (select from {other} o where o.id = t.{column})")
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, other, [column], ["id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, column, _ in reversed(KEYS):
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
