"""Open what is due: one statement for hundreds of tasks, whoever else does the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import SYSTEM
from service.db.driver import Statement, fetch
from service.followups.tables import TaskRow

if TYPE_CHECKING:
    from service.uow import Uow

# `scopes` holds the times of every place that has rules of its own, and those of the country under ''; the narrowest
# one counts. What another process is opening in this moment is passed over, so any number may run.
OPEN_DUE = Statement(
    """
    with due as materialized (
        select id from followup_tasks where state = 'planned' and due_at <= :now
        order by due_at, id limit :batch for update skip locked
    ), scopes as materialized (
        select * from unnest(cast(:scopes as text[]), cast(:overdue as timestamptz[]), cast(:asked as timestamptz[]))
                      as s(scope, overdue_at, asked_at)
    ), opened as (
        update followup_tasks t
        set state = 'open', version = t.version + 1, updated_at = :now, opened_at = :now,
            overdue_at = s.overdue_at, next_attempt_at = s.asked_at
        from due
        join followup_tasks f on f.id = due.id
        cross join lateral (
            select overdue_at, asked_at from scopes
            where scope in (f.city_code, left(f.city_code, 4) || '00', left(f.city_code, 2) || '0000', '')
            order by array_position(array[f.city_code, left(f.city_code, 4) || '00', left(f.city_code, 2) || '0000',
                                          ''], scope)
            limit 1) s
        where t.id = due.id
        returning t.id, t.version, t.city_code
    )
    select id, version, city_code from opened
    """
)


class Opening:
    """What is due becomes open."""

    uow: Uow
    session: AsyncSession

    async def open_due(self, now: datetime, times: Mapping[str, tuple[datetime, datetime]], batch: int) -> int:
        """At most `batch` of them, the oldest first; `times` by place: (overdue, first asked). How many it were."""
        found = await fetch(
            self.session,
            OPEN_DUE,
            {
                "now": now,
                "batch": batch,
                "scopes": list(times),
                "overdue": [overdue for overdue, _ in times.values()],
                "asked": [asked for _, asked in times.values()],
            },
        )
        for row in found:
            self.uow.note(
                TaskRow.NOUN,
                row["id"],
                row["version"],
                "open",
                by=SYSTEM,
                at=now,
                states=("planned", "open"),
                city_code=row["city_code"],
            )
        return len(found)
