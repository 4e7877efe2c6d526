"""deals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# Whether a seat taken lies in the daily hours of a lending: both are kept apart by the person's row, which is locked.
CLASHES = """
create function lent_clashes(who uuid, since date, till date, starts time, ends time, days jsonb) returns boolean
language sql stable as $$
    select exists (
        select from engagements e
        where e.worker_id = who and e.state in ('confirmed', 'on_duty')
            and e.during && tstzrange(
                since::timestamp at time zone 'Asia/Shanghai', (till + 2)::timestamp at time zone 'Asia/Shanghai')
            and exists (
                select from generate_series(
                    (lower(e.during) at time zone 'Asia/Shanghai')::date - 1,
                    (upper(e.during) at time zone 'Asia/Shanghai')::date, interval '1 day') as d(day)
                where d.day::date between since and till
                    and days @> to_jsonb(extract(isodow from d.day)::int)
                    and tstzrange(
                        (d.day::date + starts) at time zone 'Asia/Shanghai',
                        (d.day::date + ends + case when ends <= starts then interval '1 day' else interval '0' end)
                            at time zone 'Asia/Shanghai') && e.during
            )
    )
$$
"""
GUARD_LENT = """
create function guard_lent() returns trigger language plpgsql as $$
begin
    if new.state in ('consented', 'working') then
        perform 1 from workers where id = new.worker_id for no key update;
        if lent_clashes(new.worker_id, new.first_day, new.last_day, new.day_from, new.day_until, new.weekdays) then
            raise exception 'a seat lies in these hours' using errcode = '23P01', constraint = 'ex_lent_seats';
        end if;
    end if;
    if new.state = 'working' and not exists (
        select from deals where id = new.deal_id and state in ('running', 'extended'))
    then
        raise exception 'the deal is not under way' using errcode = '23514', constraint = 'ck_lent_under_way';
    end if;
    return new;
end $$
"""
LENT_LAWFUL = """
create trigger lent_lawful before insert or update of state, worker_id, first_day, last_day on lent
    for each row execute function guard_lent()
"""
GUARD_SEATS = """
create function guard_lent_hours() returns trigger language plpgsql as $$
begin
    perform 1 from workers where id = new.worker_id for no key update;
    if exists (
        select from lent l, generate_series(
            (lower(new.during) at time zone 'Asia/Shanghai')::date - 1,
            (upper(new.during) at time zone 'Asia/Shanghai')::date, interval '1 day') as d(day)
        where l.worker_id = new.worker_id and l.state in ('consented', 'working')
            and d.day::date between l.first_day and l.last_day
            and l.weekdays @> to_jsonb(extract(isodow from d.day)::int)
            and tstzrange(
                (d.day::date + l.day_from) at time zone 'Asia/Shanghai',
                (d.day::date + l.day_until
                    + case when l.day_until <= l.day_from then interval '1 day' else interval '0' end)
                    at time zone 'Asia/Shanghai') && new.during)
    then
        raise exception 'lent in these hours' using errcode = '23P01', constraint = 'ex_engagements_overlap';
    end if;
    return new;
end $$
"""
LENT_HOURS_FREE = """
create trigger lent_hours_free before insert or update of state, during on engagements
    for each row when (new.state in ('confirmed', 'on_duty')) execute function guard_lent_hours()
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "deals",
        sa.Column("number", sa.BigInteger(), server_default=sa.text("nextval('public_numbers')"), nullable=False),
        sa.Column("lender_id", sa.UUID(), nullable=False),
        sa.Column("borrower_id", sa.UUID(), nullable=False),
        sa.Column("broker_id", sa.UUID(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("lender_city_code", sa.String(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("headcount", sa.SmallInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("day_from", sa.Time(), nullable=False),
        sa.Column("day_until", sa.Time(), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pay_fen", sa.BigInteger(), nullable=False),
        sa.Column("pay_unit", sa.String(), nullable=False),
        sa.Column("pay_day", sa.SmallInteger(), nullable=False),
        sa.Column("settle_day", sa.SmallInteger(), nullable=False),
        sa.Column("costs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("injury_clause", sa.Text(), nullable=True),
        sa.Column("clauses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("own_staff", sa.Integer(), nullable=True),
        sa.Column("lender_declares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("borrower_declares", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("longer_until", sa.Date(), nullable=True),
        sa.Column("longer_by", sa.String(), nullable=True),
        sa.Column("review", sa.String(), nullable=True),
        sa.Column("review_signs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("review_note", sa.String(), nullable=True),
        sa.Column("reviewed_by", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (answer_by is not null)", name=op.f("ck_deals_answer_by")),
        sa.CheckConstraint(
            "(state in ('refused', 'cancelled', 'breached', 'closed')) = (ended_at is not null)",
            name=op.f("ck_deals_ended_at"),
        ),
        sa.CheckConstraint("longer_by in ('lender', 'borrower')", name=op.f("ck_deals_longer_by")),
        sa.CheckConstraint(
            "not (state in ('firms_agreed', 'consents_collecting', 'signed', 'running', 'extended', 'returning', 'settled', 'closed', 'breached')) or (injury_clause is not null and char_length(btrim(injury_clause)) >= 10)",
            name=op.f("ck_deals_injury_clause"),
        ),
        sa.CheckConstraint(
            "not (state in ('firms_agreed', 'consents_collecting', 'signed', 'running', 'extended', 'returning', 'settled', 'closed', 'breached')) or agreed_at is not null",
            name=op.f("ck_deals_agreed_at"),
        ),
        sa.CheckConstraint(
            "not (state in ('running', 'extended', 'returning', 'settled', 'closed', 'breached')) or (signed_at is not null and started_at is not null)",
            name=op.f("ck_deals_begun"),
        ),
        sa.CheckConstraint(
            "not (state in ('running', 'extended', 'returning', 'settled', 'closed', 'breached')) or review is null or review = 'cleared' or state = 'breached'",
            name=op.f("ck_deals_begun_reviewed"),
        ),
        sa.CheckConstraint("pay_unit in ('hour', 'day', 'month')", name=op.f("ck_deals_pay_unit")),
        sa.CheckConstraint("proposed_by in ('lender', 'borrower')", name=op.f("ck_deals_proposed_by")),
        sa.CheckConstraint(
            "review in ('cleared', 'barred') = (reviewed_by is not null)", name=op.f("ck_deals_reviewed_by")
        ),
        sa.CheckConstraint("review in ('open', 'cleared', 'barred')", name=op.f("ck_deals_review")),
        sa.CheckConstraint(
            "state in ('breached', 'cancelled', 'closed', 'consents_collecting', 'extended', 'firms_agreed', 'proposed', 'refused', 'returning', 'running', 'settled', 'signed')",
            name=op.f("ck_deals_state"),
        ),
        sa.CheckConstraint("(longer_until is null) = (longer_by is null)", name=op.f("ck_deals_longer")),
        sa.CheckConstraint("break_minutes between 0 and 480", name=op.f("ck_deals_break_minutes")),
        sa.CheckConstraint("broker_id <> lender_id and broker_id <> borrower_id", name=op.f("ck_deals_broker")),
        sa.CheckConstraint("ended_at is null or end_reason is not null", name=op.f("ck_deals_end_reason")),
        sa.CheckConstraint("headcount between 1 and 1000", name=op.f("ck_deals_headcount")),
        sa.CheckConstraint("jsonb_array_length(costs) <= 8", name=op.f("ck_deals_costs")),
        sa.CheckConstraint("jsonb_array_length(weekdays) between 1 and 7", name=op.f("ck_deals_weekdays")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_deals_span")),
        sa.CheckConstraint("lender_id <> borrower_id", name=op.f("ck_deals_two_firms")),
        sa.CheckConstraint("longer_until > last_day", name=op.f("ck_deals_longer_until")),
        sa.CheckConstraint(
            "not (state in ('firms_agreed', 'consents_collecting', 'signed', 'running', 'extended', 'returning', 'settled', 'closed', 'breached')) or (lender_declares @> cast('[\"relation_stays\", \"no_profit\", \"no_dispatch\", \"insurance_stays\", \"wages_in_full\", \"takes_back\"]' as jsonb) and borrower_declares @> cast('[\"conditions\", \"protection\", \"rules_told\", \"reports_injury\", \"keeps_nobody\"]' as jsonb))",
            name=op.f("ck_deals_declared"),
        ),
        sa.CheckConstraint("own_staff between 1 and 10000000", name=op.f("ck_deals_own_staff")),
        sa.CheckConstraint("pay_day between 1 and 28 and settle_day between 1 and 28", name=op.f("ck_deals_pay_day")),
        sa.CheckConstraint("pay_fen between 1 and 100000000", name=op.f("ck_deals_pay_fen")),
        sa.CheckConstraint(
            "review is null or jsonb_array_length(review_signs) > 0", name=op.f("ck_deals_review_signs")
        ),
        sa.CheckConstraint("settle_day <= pay_day", name=op.f("ck_deals_settled_before_paid")),
        sa.ForeignKeyConstraint(["borrower_id"], ["employers.id"], name=op.f("fk_deals_borrower_id")),
        sa.ForeignKeyConstraint(["broker_id"], ["employers.id"], name=op.f("fk_deals_broker_id")),
        sa.ForeignKeyConstraint(["lender_id"], ["employers.id"], name=op.f("fk_deals_lender_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["staff.id"], name=op.f("fk_deals_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint("number", name=op.f("uq_deals_number")),
    )
    op.create_index(op.f("ix_deals_borrower_id"), "deals", ["borrower_id"], unique=False)
    op.create_index(op.f("ix_deals_broker_id"), "deals", ["broker_id"], unique=False)
    op.create_index("ix_deals_city", "deals", ["city_code", "created_at", "id"], unique=False)
    op.create_index("ix_deals_lender_city", "deals", ["lender_city_code", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_deals_lender_id"), "deals", ["lender_id"], unique=False)
    op.create_index(
        "ix_deals_review", "deals", ["created_at", "id"], unique=False, postgresql_where=sa.text("review = 'open'")
    )
    op.create_table(
        "lent",
        sa.Column("deal_id", sa.UUID(), nullable=False),
        sa.Column("city_code", sa.String(), nullable=False),
        sa.Column("worker_id", sa.UUID(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("contract_open_ended", sa.Boolean(), nullable=False),
        sa.Column("contract_end", sa.Date(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("day_from", sa.Time(), nullable=False),
        sa.Column("day_until", sa.Time(), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("introducible_from", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.UUID(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("back_by", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("longer_until", sa.Date(), nullable=True),
        sa.Column("injured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("injury_said_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("worker_id"), "="),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            where=sa.text("state in ('consented', 'working')"),
            using="gist",
            name="ex_lent_overlap",
        ),
        sa.CheckConstraint(
            "(state in ('asked', 'consented', 'working')) or end_reason is not null", name=op.f("ck_lent_end_reason")
        ),
        sa.CheckConstraint(
            "(state in ('returning', 'returned', 'released')) = (left_on is not null)", name=op.f("ck_lent_left_on")
        ),
        sa.CheckConstraint(
            "(state in ('working', 'returning', 'returned', 'released')) = (started_at is not null)",
            name=op.f("ck_lent_started_at"),
        ),
        sa.CheckConstraint(
            "not (state in ('consented', 'working', 'working', 'returning', 'returned', 'released', 'withdrawn')) or (worker_id is not null and consented_at is not null)",
            name=op.f("ck_lent_consented"),
        ),
        sa.CheckConstraint(
            "not (state in ('consented', 'working', 'working', 'returning', 'returned', 'released', 'withdrawn')) or introducible_from <= least(first_day, (consented_at at time zone 'Asia/Shanghai')::date)",
            name=op.f("ck_lent_of_age"),
        ),
        sa.CheckConstraint("relation = 'labour_contract'", name=op.f("ck_lent_relation")),
        sa.CheckConstraint("state <> 'returning' or back_by is not null", name=op.f("ck_lent_back_by")),
        sa.CheckConstraint("longer_until > last_day", name=op.f("ck_lent_longer_until")),
        sa.CheckConstraint("(injured_at is null) = (injury_said_by is null)", name=op.f("ck_lent_injury")),
        sa.CheckConstraint("state = 'asked' or answer_by is null", name=op.f("ck_lent_answer_by")),
        sa.CheckConstraint(
            "state in ('asked', 'consented', 'dropped', 'refused', 'released', 'returned', 'returning', 'withdrawn', 'working')",
            name=op.f("ck_lent_state"),
        ),
        sa.CheckConstraint("contract_open_ended or contract_end is not null", name=op.f("ck_lent_contract_end")),
        sa.CheckConstraint("contract_open_ended or last_day <= contract_end", name=op.f("ck_lent_within_contract")),
        sa.CheckConstraint("jsonb_array_length(weekdays) between 1 and 7", name=op.f("ck_lent_weekdays")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_lent_span")),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_lent_deal_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["lent.id"], name=op.f("fk_lent_replaces_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name=op.f("fk_lent_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lent")),
    )
    op.create_index(
        "ix_lent_back", "lent", ["back_by", "id"], unique=False, postgresql_where=sa.text("state = 'returning'")
    )
    op.create_index("ix_lent_deal", "lent", ["deal_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_lent_phone_hash"), "lent", ["phone_hash"], unique=False)
    op.create_index("ix_lent_worker", "lent", ["worker_id", "first_day", "id"], unique=False)
    op.create_index(
        "uq_lent_asked",
        "lent",
        ["deal_id", "phone_hash"],
        unique=True,
        postgresql_where=sa.text("state in ('consented', 'working', 'asked', 'returning')"),
    )
    op.execute(CLASHES)
    op.execute(GUARD_LENT)
    op.execute(LENT_LAWFUL)
    op.execute(GUARD_SEATS)
    op.execute(LENT_HOURS_FREE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger lent_hours_free on engagements")
    op.execute("drop trigger lent_lawful on lent")
    op.execute("drop function guard_lent_hours()")
    op.execute("drop function guard_lent()")
    op.execute("drop function lent_clashes(uuid, date, date, time, time, jsonb)")
    op.drop_index(
        "uq_lent_asked",
        table_name="lent",
        postgresql_where=sa.text("state in ('consented', 'working', 'asked', 'returning')"),
    )
    op.drop_index("ix_lent_worker", table_name="lent")
    op.drop_index(op.f("ix_lent_phone_hash"), table_name="lent")
    op.drop_index("ix_lent_deal", table_name="lent")
    op.drop_index("ix_lent_back", table_name="lent", postgresql_where=sa.text("state = 'returning'"))
    op.drop_table("lent")
    op.drop_index("ix_deals_review", table_name="deals", postgresql_where=sa.text("review = 'open'"))
    op.drop_index(op.f("ix_deals_lender_id"), table_name="deals")
    op.drop_index("ix_deals_lender_city", table_name="deals")
    op.drop_index("ix_deals_city", table_name="deals")
    op.drop_index(op.f("ix_deals_broker_id"), table_name="deals")
    op.drop_index(op.f("ix_deals_borrower_id"), table_name="deals")
    op.drop_table("deals")
