"""who_decided_and_when"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
OFFICERS = (
    ("reviews", "claimed_by"),
    ("reviews", "decided_by"),
    ("appeals", "decided_by"),
    ("holds", "placed_by"),
    ("holds", "decided_by"),
    ("policy_proposals", "proposed_by"),
    ("policy_proposals", "decided_by"),
)
AGREED_HOW = "agreed_how in ('in_app', 'by_code', 'at_counter', 'by_phone', 'by_sms', 'foreman_present', 'on_paper')"
CLOSED = {  # state of what is over, and so closed; what is appealed may be either
    "postings": "state in ('expired', 'final', 'merged', 'taken_down', 'withdrawn')",
    "supplies": "state in ('expired', 'final', 'found', 'taken_down', 'withdrawn')",
}
LIVE = "state in ('sent', 'invited', 'waitlisted', 'offered')"
CHECKS = (
    *(
        (table, "closed_at", f"state = 'appealed' or ({over}) = (closed_at is not null)")
        for table, over in CLOSED.items()
    ),
    ("applications", "closed_at", f"({LIVE}) = (closed_at is null)"),
    ("policy_proposals", "decided_at", "(approved is null) = (decided_at is null)"),
    ("recommendations", "by_kind", "by_kind in ('officer', 'admin', 'member', 'application')"),
    ("feed_seats", "whole", "open_seats >= 0 and open_shifts >= 0"),
    *((table, "agreed_how_known", AGREED_HOW) for table in ("supply_intakes", "demand_intakes", "brokerages")),
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, over in (*CLOSED.items(), ("applications", f"not ({LIVE})")):
        op.execute(f"update {table} set closed_at = updated_at where {over} and closed_at is null")
        spared = " and state <> 'appealed'" if table in CLOSED else ""
        op.execute(f"update {table} set closed_at = null where not ({over}) and closed_at is not null{spared}")
    for table, name, check in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, check)
    for table, column in OFFICERS:
        op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, "staff", [column], ["id"])


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table, column in reversed(OFFICERS):
        op.drop_constraint(op.f(f"fk_{table}_{column}"), table, type_="foreignkey")
    for table, name, _ in reversed(CHECKS):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
