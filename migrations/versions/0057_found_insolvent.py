"""deals: insolvency is established by an officer; payments said are kept; a signed paper holds until the next one is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

LIVE = "state in ('drawn', 'signed')"
SAID = "lender_insolvency = 'said' or borrower_insolvency = 'said'"
UNSIGNED = "kind = 'lending_consent' and document_sealed is not null and signed_at is null and closed_at is not null"
SUBJECT = sa.text("coalesce(worker_id, subject_id)")
CHECKS = {
    "lender_insolvency": "lender_insolvency in ('said', 'confirmed', 'denied')",
    "borrower_insolvency": "borrower_insolvency in ('said', 'confirmed', 'denied')",
    "insolvency": "state = 'breached' or num_nonnulls(lender_insolvency, borrower_insolvency) = 0",
}
COLUMNS = ("lender_insolvency", "borrower_insolvency", "insolvency_note")
# What was believed at once until now had these effects already.
KNOWN = """
update deals set lender_insolvency = case when end_reason = 'lender_insolvent' then 'confirmed' end,
    borrower_insolvency = case when end_reason = 'borrower_insolvent' then 'confirmed' end
where state = 'breached' and end_reason in ('lender_insolvent', 'borrower_insolvent')
"""
PAID = """
update settlement_legs set payments = jsonb_build_array(
    jsonb_build_object('amount_fen', paid_fen, 'paid_on', paid_on, 'at', paid_said_at))
where paid_fen > 0
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in COLUMNS:
        op.add_column("deals", sa.Column(name, sa.String(), nullable=True))
    op.execute(KNOWN)
    for name, said in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_deals_{name}"), "deals", said)
    op.create_index("ix_deals_insolvency", "deals", ["id"], unique=False, postgresql_where=sa.text(SAID))
    op.add_column(
        "settlement_legs",
        sa.Column(
            "payments", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'::jsonb")
        ),
    )
    op.execute(PAID)
    op.alter_column("settlement_legs", "payments", server_default=None)
    op.create_check_constraint(
        op.f("ck_settlement_legs_payments"), "settlement_legs", "jsonb_array_length(payments) <= 100"
    )
    op.drop_index("uq_agreements_live", table_name="agreements", postgresql_where=sa.text(LIVE))
    op.create_index(
        "uq_agreements_live", "agreements", ["kind", "subject_id", SUBJECT, "state"], unique=True,
        postgresql_where=sa.text(LIVE),
    )  # fmt: skip
    op.create_index("ix_agreements_unsigned", "agreements", ["closed_at"], postgresql_where=sa.text(UNSIGNED))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_agreements_unsigned", table_name="agreements", postgresql_where=sa.text(UNSIGNED))
    op.drop_index("uq_agreements_live", table_name="agreements", postgresql_where=sa.text(LIVE))
    op.create_index(
        "uq_agreements_live", "agreements", ["kind", "subject_id", SUBJECT], unique=True,
        postgresql_where=sa.text(LIVE),
    )  # fmt: skip
    op.drop_constraint(op.f("ck_settlement_legs_payments"), "settlement_legs")
    op.drop_column("settlement_legs", "payments")
    op.drop_index("ix_deals_insolvency", table_name="deals", postgresql_where=sa.text(SAID))
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_deals_{name}"), "deals")
    for name in COLUMNS:
        op.drop_column("deals", name)
