"""nobody is lent for days that are none of the deal's"""

from __future__ import annotations

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

GUARD = """
create function guard_lent_within_deal() returns trigger language plpgsql as $$
begin
    if exists (select from deals where id = new.deal_id and (new.first_day < first_day or new.last_day > last_day)) then
        raise exception 'not days of this deal' using errcode = '23514', constraint = 'ck_lent_within_deal';
    end if;
    return new;
end $$
"""
WITHIN = """
create trigger lent_within_deal before insert or update of state, first_day, last_day on lent for each row
    when (new.state in ('asked', 'consented', 'working')) execute function guard_lent_within_deal()
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(GUARD)
    op.execute(WITHIN)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger lent_within_deal on lent")
    op.execute("drop function guard_lent_within_deal()")
