"""a deal under way may be looked at again; none begins before it was"""

from __future__ import annotations

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

BEGUN = "state in ('running', 'extended', 'returning', 'settled', 'closed', 'breached')"
GUARD = """
create function guard_deal_begin() returns trigger language plpgsql as $$
begin
    if new.state = 'running' and old.state is distinct from 'running' and new.review in ('open', 'barred') then
        raise exception 'an officer looks at this deal' using errcode = '23514', constraint = 'ck_deals_begun_reviewed';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_deals_begun_reviewed"), "deals")
    op.execute(GUARD)
    op.execute(
        "create trigger deal_begins before update of state on deals for each row execute function guard_deal_begin()"
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger deal_begins on deals")
    op.execute("drop function guard_deal_begin()")
    op.create_check_constraint(
        op.f("ck_deals_begun_reviewed"),
        "deals",
        f"not ({BEGUN}) or review is null or review = 'cleared' or state = 'breached'",
        postgresql_not_valid=True,
    )
