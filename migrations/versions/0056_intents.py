"""intents: who has agreed to be considered for lending"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

# Whoever is asked or has agreed is so for a surplus in the open of that very firm.
GUARD = """
create function guard_intents() returns trigger language plpgsql as $$
begin
    if new.state in ('asked', 'agreed') and not exists (
        select from balances where id = new.balance_id and employer_id = new.employer_id and side = 'surplus'
            and state in ('published', 'matched') for share)
    then
        raise exception 'no surplus of the firm in the open'
            using errcode = '23514', constraint = 'ck_intents_surplus';
    end if;
    return new;
end $$
"""
LAWFUL = """
create trigger intents_lawful before insert or update of state, balance_id, employer_id on intents
    for each row execute function guard_intents()
"""
LIVE = "state in ('asked', 'agreed')"
CHECKS = {
    "state": "state in ('asked', 'agreed', 'refused', 'lapsed', 'withdrawn', 'ended')",
    "reachable": f"not ({LIVE}) or (phone_hash is not null and phone_sealed is not null and name_sealed is not null)",
    "agreed": (
        "state <> 'agreed' or (worker_id is not null and home_district_code is not null and radius_m is not null)"
    ),
    "agreed_at": "(state in ('agreed', 'withdrawn', 'ended')) = (agreed_at is not null)",
    "wording": "(agreed_at is null) = (wording is null)",
    "agreed_to": (
        "(agreed_at is null) = (trade is null) and (agreed_at is null) = (first_day is null)"
        " and (agreed_at is null) = (last_day is null)"
    ),
    "span": "last_day >= first_day",
    "home_district_code": "home_district_code ~ '^[0-9]{6}$' and home_district_code !~ '00$'",
    "radius_m": "radius_m between 0 and 500000",
    "days_off": "jsonb_array_length(days_off) <= 366",
    "ended_at": "(state in ('refused', 'lapsed', 'withdrawn', 'ended')) = (ended_at is not null)",
    "end_reason": "(ended_at is null) = (end_reason is null)",
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "intents",
        sa.Column("balance_id", sa.UUID(), nullable=False),
        sa.Column("employer_id", sa.UUID(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wording", sa.String(), nullable=True),
        sa.Column("trade", sa.String(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("home_district_code", sa.String(), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=True),
        sa.Column("accepts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("days_off", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(said, name=op.f(f"ck_intents_{name}")) for name, said in CHECKS.items()),
        sa.ForeignKeyConstraint(["balance_id"], ["balances.id"], name=op.f("fk_intents_balance_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.id"], name=op.f("fk_intents_employer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_intents_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intents")),
    )
    op.create_index(op.f("ix_intents_worker_id"), "intents", ["worker_id"], unique=False)
    op.create_index("ix_intents_phone_hash", "intents", ["phone_hash"], unique=False)
    op.create_index("ix_intents_balance", "intents", ["balance_id", "created_at", "id"], unique=False)
    op.create_index("ix_intents_firm", "intents", ["employer_id", "created_at", "id"], unique=False)
    op.create_index(
        "uq_intents_live", "intents", ["balance_id", "phone_hash"], unique=True, postgresql_where=sa.text(LIVE)
    )
    op.execute(GUARD)
    op.execute(LAWFUL)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger intents_lawful on intents")
    op.execute("drop function guard_intents()")
    op.drop_index("uq_intents_live", table_name="intents", postgresql_where=sa.text(LIVE))
    op.drop_index("ix_intents_firm", table_name="intents")
    op.drop_index("ix_intents_balance", table_name="intents")
    op.drop_index("ix_intents_phone_hash", table_name="intents")
    op.drop_index(op.f("ix_intents_worker_id"), table_name="intents")
    op.drop_table("intents")
