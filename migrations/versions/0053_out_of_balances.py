"""deals out of balances, and through agencies"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

AGREED = (
    "state in ('firms_agreed', 'consents_collecting', 'signed', 'running', 'extended', 'returning', 'settled',"
    " 'closed', 'breached')"
)
CHECKS = {
    "proposed_by": "proposed_by in ('lender', 'borrower', 'broker')",
    "brokered": "(proposed_by = 'broker') = (broker_id is not null)",
    "taken": "taken between 0 and headcount",
    "taken_of": "taken = 0 or surplus_id is not null or shortage_id is not null",
    "taken_when": f"taken = 0 or {AGREED}",
    "taken_whole": "not (state in ('firms_agreed', 'consents_collecting', 'signed'))"
    " or (surplus_id is null and shortage_id is null) or taken = headcount",
    "both_agreed": f"not ({AGREED}) or (lender_agreed_at is not null and borrower_agreed_at is not null)",
}
# Whose a balance is and which side it says never change; so that a deal out of it stays of the firm whose it is.
BALANCES_FIXED = """
create function balances_fixed() returns trigger language plpgsql as $$
begin
    if (new.side, new.employer_id) is distinct from (old.side, old.employer_id) then
        raise exception 'a balance stays of its side and firm' using errcode = '23514', constraint = 'balances_fixed';
    end if;
    return new;
end $$
"""
BALANCES_STAY = """
create trigger balances_stay before update of side, employer_id on balances
    for each row execute function balances_fixed()
"""
GUARD_DEAL = """
create function guard_deal_balances() returns trigger language plpgsql as $$
begin
    if new.surplus_id is not null and not exists (
        select from balances where id = new.surplus_id and employer_id = new.lender_id and side = 'surplus')
    then
        raise exception 'not a surplus of the lender'
            using errcode = '23514', constraint = 'ck_deals_surplus_of_lender';
    end if;
    if new.shortage_id is not null and not exists (
        select from balances where id = new.shortage_id and employer_id = new.borrower_id and side = 'shortage')
    then
        raise exception 'not a shortage of the borrower'
            using errcode = '23514', constraint = 'ck_deals_shortage_of_borrower';
    end if;
    return new;
end $$
"""
DEAL_BALANCES = """
create trigger deal_balances before insert or update of surplus_id, shortage_id, lender_id, borrower_id on deals
    for each row execute function guard_deal_balances()
"""
YES_SO_FAR = """
update deals set
    lender_agreed_at = case when agreed_at is not null or proposed_by = 'lender' then coalesce(agreed_at, created_at) end,
    borrower_agreed_at =
        case when agreed_at is not null or proposed_by = 'borrower' then coalesce(agreed_at, created_at) end
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("deals", sa.Column("surplus_id", sa.UUID(), nullable=True))
    op.add_column("deals", sa.Column("shortage_id", sa.UUID(), nullable=True))
    op.add_column("deals", sa.Column("taken", sa.SmallInteger(), server_default="0", nullable=False))
    op.alter_column("deals", "taken", server_default=None)
    op.add_column("deals", sa.Column("lender_agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deals", sa.Column("borrower_agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(YES_SO_FAR)
    op.create_foreign_key(op.f("fk_deals_surplus_id"), "deals", "balances", ["surplus_id"], ["id"])
    op.create_foreign_key(op.f("fk_deals_shortage_id"), "deals", "balances", ["shortage_id"], ["id"])
    op.create_index(op.f("ix_deals_surplus_id"), "deals", ["surplus_id"], unique=False)
    op.create_index(op.f("ix_deals_shortage_id"), "deals", ["shortage_id"], unique=False)
    op.drop_constraint(op.f("ck_deals_proposed_by"), "deals", type_="check")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_deals_{name}"), "deals", condition)
    op.execute(BALANCES_FIXED)
    op.execute(BALANCES_STAY)
    op.execute(GUARD_DEAL)
    op.execute(DEAL_BALANCES)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger deal_balances on deals")
    op.execute("drop function guard_deal_balances()")
    op.execute("drop trigger balances_stay on balances")
    op.execute("drop function balances_fixed()")
    for name in reversed(CHECKS):
        op.drop_constraint(op.f(f"ck_deals_{name}"), "deals", type_="check")
    op.create_check_constraint(op.f("ck_deals_proposed_by"), "deals", "proposed_by in ('lender', 'borrower')")
    op.drop_index(op.f("ix_deals_shortage_id"), table_name="deals")
    op.drop_index(op.f("ix_deals_surplus_id"), table_name="deals")
    op.drop_constraint(op.f("fk_deals_shortage_id"), "deals", type_="foreignkey")
    op.drop_constraint(op.f("fk_deals_surplus_id"), "deals", type_="foreignkey")
    for name in ("borrower_agreed_at", "lender_agreed_at", "taken", "shortage_id", "surplus_id"):
        op.drop_column("deals", name)
