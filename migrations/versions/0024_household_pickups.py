"""household_pickups"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
# Where people are fetched to a household leads no nearer to its door than its place does: about a kilometre.
ROUGHLY = """
update postings p set pickup = p.pickup || jsonb_build_object(
    'lon', round((p.pickup ->> 'lon')::numeric, 2), 'lat', round((p.pickup ->> 'lat')::numeric, 2))
from employers e
where e.id = p.employer_id and e.kind = 'household' and p.pickup ->> 'lon' is not null
"""
# What was published named these places, and hashed the exact ones: the feed begins anew, and copies with it (410).
FEED_ANEW = ("delete from feed_entries", "delete from feed_tallies", "delete from feed_state where name = 'content'")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute(ROUGHLY)
    for statement in FEED_ANEW:
        op.execute(statement)


def downgrade() -> None:
    """The exact points are gone."""
