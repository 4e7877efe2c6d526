"""settlements: days of lent people, statements of months, two legs of money"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

# What lines add up to; null where one is below zero or is no amount, so that no check holds with it.
SUM = """
create function sum_of_lines(lines jsonb) returns bigint language sql immutable as $$
    select case when bool_or((l ->> 'amount_fen')::bigint < 0 or l ->> 'amount_fen' is null) then -1
        else coalesce(sum((l ->> 'amount_fen')::bigint), 0) end::bigint
    from jsonb_array_elements(lines) as l
$$
"""
# Under a lock of the lending, so that a day is not entered while the person's last day moves.
GUARD_DAYS = """
create function guard_lent_days() returns trigger language plpgsql as $$
declare
    l lent%rowtype;
begin
    if tg_op = 'UPDATE' and (new.lent_id <> old.lent_id or new.day <> old.day or new.deal_id <> old.deal_id) then
        raise exception 'a day does not move' using errcode = '23514', constraint = 'ck_lent_days_moved';
    end if;
    select * into l from lent where id = new.lent_id for key share;
    if l.deal_id <> new.deal_id or l.started_at is null
        or new.day < greatest(l.first_day, (l.started_at at time zone 'Asia/Shanghai')::date)
        or new.day > coalesce(l.left_on, l.last_day)
    then
        raise exception 'not lent on this day' using errcode = '23514', constraint = 'ck_lent_days_lent';
    end if;
    if new.day > (business_now() at time zone 'Asia/Shanghai')::date then
        raise exception 'not yet' using errcode = '23514', constraint = 'ck_lent_days_future';
    end if;
    return new;
end $$
"""
DAYS_LAWFUL = """
create trigger lent_days_lawful before insert or update on lent_days
    for each row execute function guard_lent_days()
"""
AGAIN = """
insert into due_work (id, kind, subject_id, due_at, created_at)
    select gen_random_uuid(), kind, id, business_now(), business_now()
    from deals, unnest(array['settlement.month', 'settlement.missing', 'settlement.settle']) as kind
    where state in ('running', 'extended', 'returning')
    on conflict do nothing
"""


def _entity() -> list[sa.Column[object]]:
    return [
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(SUM)
    op.create_table(
        "lent_days",
        sa.Column("lent_id", sa.UUID(), nullable=False),
        sa.Column("deal_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objection", sa.String(), nullable=True),
        sa.Column("said_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        *_entity(),
        sa.CheckConstraint("state in ('agreed', 'decided', 'entered', 'objected')", name=op.f("ck_lent_days_state")),
        sa.CheckConstraint(
            "kind in ('worked', 'injury', 'no_work', 'sick', 'leave', 'rest')", name=op.f("ck_lent_days_kind")
        ),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_lent_days_minutes")),
        sa.CheckConstraint("(kind = 'worked') = (minutes > 0)", name=op.f("ck_lent_days_worked")),
        sa.CheckConstraint("said_minutes between 0 and 1440", name=op.f("ck_lent_days_said_minutes")),
        sa.CheckConstraint("(objection is null) = (objected_at is null)", name=op.f("ck_lent_days_objection")),
        sa.CheckConstraint("state <> 'objected' or objection is not null", name=op.f("ck_lent_days_objected")),
        sa.CheckConstraint("stands_at > entered_at", name=op.f("ck_lent_days_stands_at")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_lent_days_deal_id")),
        sa.ForeignKeyConstraint(["lent_id"], ["lent.id"], name=op.f("fk_lent_days_lent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lent_days")),
    )
    op.create_index("ix_lent_days_deal", "lent_days", ["deal_id", "day", "lent_id"], unique=False)
    op.create_index("uq_lent_days_day", "lent_days", ["lent_id", "day"], unique=True)
    op.create_table(
        "settlements",
        sa.Column("deal_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("edition", sa.SmallInteger(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("presume_until", sa.Date(), nullable=False),
        sa.Column("wage_fen", sa.BigInteger(), nullable=False),
        sa.Column("own_fen", sa.BigInteger(), nullable=False),
        sa.Column("cost_fen", sa.BigInteger(), nullable=False),
        sa.Column("firm_fen", sa.BigInteger(), nullable=False),
        sa.Column("people", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_entity(),
        sa.CheckConstraint("state in ('corrected', 'stated')", name=op.f("ck_settlements_state")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_settlements_month")),
        sa.CheckConstraint("firm_fen = wage_fen - own_fen + cost_fen", name=op.f("ck_settlements_firm_fen")),
        sa.CheckConstraint("own_fen between 0 and wage_fen and cost_fen >= 0", name=op.f("ck_settlements_amounts")),
        sa.CheckConstraint("edition = 1 + jsonb_array_length(corrections)", name=op.f("ck_settlements_edition")),
        sa.CheckConstraint("(state = 'stated') = (edition = 1)", name=op.f("ck_settlements_corrected")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_settlements_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    op.create_index("uq_settlements_month", "settlements", ["deal_id", "month"], unique=True)
    op.create_table(
        "settlement_legs",
        sa.Column("settlement_id", sa.UUID(), nullable=False),
        sa.Column("deal_id", sa.UUID(), nullable=False),
        sa.Column("lent_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("payer_id", sa.UUID(), nullable=False),
        sa.Column("payee_id", sa.UUID(), nullable=True),
        sa.Column("due_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("received_fen", sa.BigInteger(), nullable=True),
        sa.Column("received_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection", sa.String(), nullable=True),
        sa.Column("stood_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        *_entity(),
        sa.CheckConstraint(
            "state in ('cancelled', 'claimed', 'disputed', 'due', 'overdue', 'paid_by_payer', 'settled')",
            name=op.f("ck_settlement_legs_state"),
        ),
        sa.CheckConstraint("kind in ('firm', 'wage')", name=op.f("ck_settlement_legs_kind")),
        sa.CheckConstraint("(kind = 'wage') = (lent_id is not null)", name=op.f("ck_settlement_legs_lent_id")),
        sa.CheckConstraint("(kind = 'firm') = (payee_id is not null)", name=op.f("ck_settlement_legs_payee_id")),
        sa.CheckConstraint("payee_id <> payer_id", name=op.f("ck_settlement_legs_two_sides")),
        sa.CheckConstraint(
            "due_fen >= 0 and paid_fen >= 0 and received_fen >= 0", name=op.f("ck_settlement_legs_amounts")
        ),
        sa.CheckConstraint("due_fen = sum_of_lines(lines)", name=op.f("ck_settlement_legs_computed")),
        sa.CheckConstraint("(paid_fen > 0) = (paid_on is not null)", name=op.f("ck_settlement_legs_paid_on")),
        sa.CheckConstraint("(paid_on is null) = (paid_said_at is null)", name=op.f("ck_settlement_legs_paid_said_at")),
        sa.CheckConstraint(
            "(received_fen is null) = (received_said_at is null)", name=op.f("ck_settlement_legs_received")
        ),
        sa.CheckConstraint(
            "state <> 'paid_by_payer' or paid_fen >= due_fen", name=op.f("ck_settlement_legs_paid_in_full")
        ),
        sa.CheckConstraint(
            "state <> 'settled' or coalesce(received_fen, -1) >= due_fen or (stood_at is not null and paid_fen >= due_fen)",
            name=op.f("ck_settlement_legs_settled_in_full"),
        ),
        sa.CheckConstraint(
            "state <> 'overdue' or overdue_since is not null", name=op.f("ck_settlement_legs_overdue_since")
        ),
        sa.CheckConstraint("state <> 'disputed' or objection is not null", name=op.f("ck_settlement_legs_objection")),
        sa.CheckConstraint("state <> 'claimed' or claimed_at is not null", name=op.f("ck_settlement_legs_claimed_at")),
        sa.CheckConstraint("state <> 'cancelled' or due_fen = 0", name=op.f("ck_settlement_legs_cancelled")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_settlement_legs_deal_id")),
        sa.ForeignKeyConstraint(["lent_id"], ["lent.id"], name=op.f("fk_settlement_legs_lent_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["employers.id"], name=op.f("fk_settlement_legs_payee_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["employers.id"], name=op.f("fk_settlement_legs_payer_id")),
        sa.ForeignKeyConstraint(["settlement_id"], ["settlements.id"], name=op.f("fk_settlement_legs_settlement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_legs")),
    )
    op.create_index(op.f("ix_settlement_legs_deal_id"), "settlement_legs", ["deal_id"], unique=False)
    op.create_index(op.f("ix_settlement_legs_lent_id"), "settlement_legs", ["lent_id"], unique=False)
    op.create_index(op.f("ix_settlement_legs_payee_id"), "settlement_legs", ["payee_id"], unique=False)
    op.create_index(op.f("ix_settlement_legs_payer_id"), "settlement_legs", ["payer_id"], unique=False)
    op.create_index(
        "ix_settlement_legs_open", "settlement_legs", ["due_on", "id"], unique=False,
        postgresql_where=sa.text("state in ('overdue', 'disputed')"),
    )  # fmt: skip
    op.create_index(
        "uq_settlement_legs_firm", "settlement_legs", ["settlement_id"], unique=True,
        postgresql_where=sa.text("kind = 'firm'"),
    )  # fmt: skip
    op.create_index("uq_settlement_legs_wage", "settlement_legs", ["settlement_id", "lent_id"], unique=True)
    op.execute(GUARD_DAYS)
    op.execute(DAYS_LAWFUL)
    op.execute(AGAIN)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from due_work where kind like 'settlement.%' or kind like 'leg.%'")
    op.drop_table("settlement_legs")
    op.drop_table("settlements")
    op.drop_table("lent_days")
    op.execute("drop function guard_lent_days()")
    op.execute("drop function sum_of_lines(jsonb)")
