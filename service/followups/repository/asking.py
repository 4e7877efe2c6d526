"""Whose turn it is to be asked, what each conversation is about, which calls a market has, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import SYSTEM
from service.db.driver import Statement, fetch
from service.employers.tables import EmployerRow
from service.followups.tables import AttemptRow, PlanRow, TaskRow
from service.ids import new_id
from service.postings.tables import PostingRow

if TYPE_CHECKING:
    from service.uow import Uow

Party = tuple[str, UUID]  # a side, and the person or the employer
PARTIES = text(
    """
    select distinct side, party from (
        select side, case side when 'worker' then worker_id else employer_id end as party from followup_tasks
        where state = 'open' and next_attempt_at <= :now and attempts + 1 < :calls_from
        order by next_attempt_at, id limit :most) due
    """
)
MARKETS = text(
    """
    select distinct city_code, venue_id from followup_tasks
    where state = 'open' and next_attempt_at <= :now and attempts + 1 >= :calls_from
    """
)
ALONE = text("select pg_try_advisory_xact_lock(hashtextextended(:who, 20261122))")
ESCALATE = Statement(
    """
    with late as materialized (
        select id from followup_tasks where state = 'open' and overdue_at <= :now and escalated_at is null
        order by overdue_at, id limit :batch for update skip locked
    ), marked as (
        update followup_tasks t set escalated_at = :now, version = t.version + 1, updated_at = :now
        from late where t.id = late.id returning t.id, t.version, t.city_code
    )
    select id, version, city_code from marked
    """
)


class Asking:
    """Reads and locks for the asking loop and for officers' calls."""

    uow: Uow
    session: AsyncSession

    async def parties_due(self, now: datetime, calls_from: int, most: int) -> list[Party]:
        """Who is to be asked by a message now; without a lock."""
        facts = {"now": now, "calls_from": calls_from, "most": most}
        return [(row.side, row.party) for row in await self.session.execute(PARTIES, facts)]

    async def markets_due(self, now: datetime, calls_from: int) -> list[tuple[str, UUID | None]]:
        """The markets (or cities without one) that have calls to draw; without a lock."""
        facts = {"now": now, "calls_from": calls_from}
        return [(row.city_code, row.venue_id) for row in await self.session.execute(MARKETS, facts)]

    async def alone_with(self, who: str) -> bool:
        """Whether nobody else asks this party, or draws for this market, until the end of the transaction."""
        return bool((await self.session.execute(ALONE, {"who": who})).scalar())

    async def lock_due_of(self, party: Party, now: datetime, calls_from: int) -> Sequence[TaskRow]:
        """What a party is to be asked by a message now, but what somebody is answering in this moment."""
        side, who = party
        whose = TaskRow.worker_id if side == "worker" else TaskRow.employer_id
        return await self._lock_due(now, whose == who, TaskRow.side == side, TaskRow.attempts + 1 < calls_from)

    async def lock_calls_of(
        self, city_code: str, venue_id: UUID | None, now: datetime, calls_from: int
    ) -> Sequence[TaskRow]:
        """The tasks of a market that want an officer's call now."""
        return await self._lock_due(
            now,
            TaskRow.city_code == city_code,
            TaskRow.venue_id.is_not_distinct_from(venue_id),
            TaskRow.attempts + 1 >= calls_from,
        )

    async def _lock_due(self, now: datetime, *where: Any) -> Sequence[TaskRow]:
        asked = select(TaskRow).where(text("followup_tasks.state = 'open'"), TaskRow.next_attempt_at <= now, *where)
        asked = asked.order_by(TaskRow.id).with_for_update(key_share=True, skip_locked=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def calls_drawn(self, city_code: str, venue_id: UUID | None, day: date) -> int:
        """How many calls of a market were drawn for a day already."""
        asked = select(func.count()).where(
            TaskRow.city_code == city_code, TaskRow.venue_id.is_not_distinct_from(venue_id), TaskRow.call_on == day
        )
        return int((await self.session.execute(asked)).scalar_one())

    async def was_reached(self, task_id: UUID) -> bool:
        """Whether somebody was talked to, though he has not answered: no attempt in vain."""
        asked = select(AttemptRow.id).where(AttemptRow.task_id == task_id, AttemptRow.result == "reached")
        return (await self.session.execute(select(asked.exists()))).scalar_one()

    async def is_last_word(self, task: TaskRow) -> bool:
        """Whether nobody has answered or refused anything of this plan, and no other question of it is to come."""
        others = select(TaskRow.id).where(
            TaskRow.plan_id == task.plan_id,
            TaskRow.id != task.id,
            TaskRow.state.in_(("planned", "open", "answered", "evidence", "refused")),
        )
        return not (await self.session.execute(select(others.exists()))).scalar_one()

    async def conversations_since(self, party_id: UUID, since: datetime) -> int:
        """How many conversations somebody has been asked to have since a moment."""
        asked = select(func.count(func.distinct(AttemptRow.at))).where(
            AttemptRow.party_id == party_id, AttemptRow.at >= since
        )
        return int((await self.session.execute(asked)).scalar_one())

    def new_attempt(self, task: TaskRow, **fields: Any) -> AttemptRow:
        """The next one of a task, for `uow.add`."""
        party = task.worker_id if task.side == "worker" else task.employer_id
        number = task.attempts + 1
        return AttemptRow(id=new_id(), task_id=task.id, number=number, side=task.side, party_id=party, **fields)

    async def attempts_of(self, task_id: UUID) -> Sequence[AttemptRow]:
        """Every attempt, in order."""
        asked = select(AttemptRow).where(AttemptRow.task_id == task_id).order_by(AttemptRow.number)
        return (await self.session.scalars(asked)).all()

    async def attempt_on(self, task_id: UUID, day: date) -> AttemptRow | None:
        """The attempt of a day, if there was one; its task is locked."""
        asked = select(AttemptRow).where(AttemptRow.task_id == task_id, AttemptRow.local_day == day)
        return (await self.session.scalars(asked)).one_or_none()

    async def attempts_at(self, worker_id: UUID) -> Sequence[AttemptRow]:
        """Every attempt to reach a worker, by id: they count in the weeks of that person."""
        asked = select(AttemptRow).where(AttemptRow.party_id == worker_id, AttemptRow.side == "worker")
        return (await self.session.scalars(asked.order_by(AttemptRow.id))).all()

    async def words_of(self, plan_id: UUID) -> dict[str, Any]:
        """What a question says of the work: its title and whose it is."""
        asked = (
            select(PostingRow.title, EmployerRow.name)
            .join(PlanRow, PlanRow.posting_id == PostingRow.id)
            .join(EmployerRow, EmployerRow.id == PlanRow.employer_id)
            .where(PlanRow.id == plan_id)
        )
        found = (await self.session.execute(asked)).one()
        return {"title": found.title}

    async def escalate(self, now: datetime, batch: int) -> int:
        """Overdue tasks are marked once; how many it were."""
        marked = await fetch(self.session, ESCALATE, {"now": now, "batch": batch})
        changes = {"escalated_at": [None, str(now)]}
        for row in marked:
            self.uow.note(
                TaskRow.NOUN,
                row["id"],
                row["version"],
                "escalate",
                by=SYSTEM,
                at=now,
                states=("open", "open"),
                city_code=row["city_code"],
                changes=changes,
            )
        return len(marked)
