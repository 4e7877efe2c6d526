"""nobody new begins under review; why somebody would not be lent is the person's own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

GUARD = """
create function guard_lent_begin() returns trigger language plpgsql as $$
begin
    if exists (select from deals where id = new.deal_id and review in ('open', 'barred')) then
        raise exception 'an officer looks at this deal' using errcode = '23514', constraint = 'ck_lent_begun_reviewed';
    end if;
    return new;
end $$
"""
BEGINS = """
create trigger lent_begins before update of state on lent for each row
    when (new.state = 'working' and old.state <> 'working') execute function guard_lent_begin()
"""
GIVEN = "case when end_reason in ('refuse', 'withdraw', 'left', 'person_erased') then null else end_reason end"
# Codes that only a person gives; `other` is nobody's in particular, but for where the no itself is the person's.
OWN = "end_reason in ('too_far', 'pay_too_low', 'work_does_not_fit', 'family', 'health', 'not_wanted')"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("lent", sa.Column("left_for", sa.String(), nullable=True))
    op.execute(
        f"update lent set left_for = {GIVEN}, end_reason = 'left' where {OWN} or state in ('refused', 'withdrawn')"
    )
    op.execute(GUARD)
    op.execute(BEGINS)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("drop trigger lent_begins on lent")
    op.execute("drop function guard_lent_begin()")
    op.execute("update lent set end_reason = left_for where left_for is not null")
    op.drop_column("lent", "left_for")
