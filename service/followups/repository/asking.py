"""Whose turn it is to be asked, what each conversation is about, which calls a market has, what is overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import case, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import SYSTEM
from service.db.driver import Statement, fetch
from service.deals.tables import DealRow, LentRow
from service.employers.rules import DECIDERS, public_name
from service.employers.tables import EmployerRow, MemberRow
from service.followups.tables import AttemptRow, PlanRow, TaskRow
from service.ids import new_id
from service.postings.tables import PostingRow
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.uow import Uow

Party = tuple[str, UUID]  # a side, and the person or the employer
PARTIES = text(
    """
    select distinct side, party from (
        select side, case side when 'worker' then worker_id else employer_id end as party from followup_tasks
        where state = 'open' and next_attempt_at <= :now and attempts + 1 < :calls_from and city_code = any(:cities)
        order by next_attempt_at, id limit :most) due
    """
)
PARTY = case((TaskRow.side == "worker", TaskRow.worker_id), else_=TaskRow.employer_id)
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

    def party_of(self, task: TaskRow) -> Party:
        """Who is asked by a task."""
        worker = task.worker_id if task.side == "worker" else None
        return task.side, worker or task.employer_id

    async def cities_due(self, now: datetime) -> list[str]:
        """Where anybody is to be asked now, by message or call; without a lock."""
        asked = select(TaskRow.city_code).where(text("followup_tasks.state = 'open'"), TaskRow.next_attempt_at <= now)
        return list(await self.session.scalars(asked.distinct().order_by(TaskRow.city_code)))

    async def parties_due(self, now: datetime, cities: Sequence[str], calls_from: int, most: int) -> list[Party]:
        """Who is to be asked by a message now in these cities; without a lock."""
        facts = {"now": now, "cities": list(cities), "calls_from": calls_from, "most": most}
        return [(row.side, row.party) for row in await self.session.execute(PARTIES, facts)]

    async def cities_calling(self, now: datetime, cities: Sequence[str], calls_from: int) -> list[str]:
        """Which of these cities have calls to draw; without a lock."""
        asked = select(TaskRow.city_code).where(
            text("followup_tasks.state = 'open'"),
            TaskRow.next_attempt_at <= now,
            TaskRow.attempts + 1 >= calls_from,
            TaskRow.city_code.in_(cities),
        )
        return list(await self.session.scalars(asked.distinct().order_by(TaskRow.city_code)))

    async def alone_with(self, who: str) -> bool:
        """Whether nobody else asks this party, or draws for this city, until the end of the transaction."""
        return bool((await self.session.execute(ALONE, {"who": who})).scalar())

    async def lock_due_of(self, party: Party, now: datetime) -> Sequence[TaskRow]:
        """What a party is to be asked now, but what somebody is answering in this moment."""
        return await self._lock_due(now, *_of_party(party))

    async def lock_calls_of(self, city_code: str, now: datetime, calls_from: int) -> Sequence[TaskRow]:
        """The tasks of a city that want an officer's call now."""
        return await self._lock_due(now, TaskRow.city_code == city_code, TaskRow.attempts + 1 >= calls_from)

    async def _lock_due(self, now: datetime, *where: Any) -> Sequence[TaskRow]:
        asked = select(TaskRow).where(text("followup_tasks.state = 'open'"), TaskRow.next_attempt_at <= now, *where)
        asked = asked.order_by(TaskRow.id).with_for_update(key_share=True, skip_locked=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def asked_on(self, day: date, task_ids: Collection[UUID]) -> set[UUID]:
        """Which of these tasks have an attempt on a day."""
        asked = select(AttemptRow.task_id).where(AttemptRow.task_id.in_(task_ids), AttemptRow.local_day == day)
        return set(await self.session.scalars(asked))

    async def calls_drawn(self, city_code: str, day: date) -> dict[str, int]:
        """By market of a city: with how many parties a call was drawn for a day already."""
        asked = select(TaskRow.call_market, func.count(func.distinct(PARTY)))
        asked = asked.where(TaskRow.city_code == city_code, TaskRow.call_on == day).group_by(TaskRow.call_market)
        return {str(market): int(count) for market, count in await self.session.execute(asked)}

    async def on_list(self, city_code: str, day: date) -> dict[Party, str]:
        """Whom the officers of a city have on their list of a day, and at which market."""
        asked = select(TaskRow.side, PARTY, TaskRow.call_market).where(
            TaskRow.city_code == city_code, TaskRow.call_on == day, TaskRow.state == "open"
        )
        return {(side, party): market for side, party, market in await self.session.execute(asked)}

    async def closed_venues(self, venue_ids: Collection[UUID]) -> set[UUID]:
        """Which of these markets are closed."""
        asked = select(VenueRow.id).where(VenueRow.id.in_(venue_ids), VenueRow.state == "closed")
        return set(await self.session.scalars(asked)) if venue_ids else set()

    async def reached(self, task_ids: Collection[UUID]) -> set[UUID]:
        """About which of these somebody was talked to, though he has not answered: no attempt in vain."""
        asked = select(AttemptRow.task_id).where(AttemptRow.task_id.in_(task_ids), AttemptRow.result == "reached")
        return set(await self.session.scalars(asked)) if task_ids else set()

    async def is_last_word(self, task: TaskRow) -> bool:
        """Whether nobody has answered or refused anything of this plan, and no other question of it is to come."""
        others = select(TaskRow.id).where(
            TaskRow.plan_id == task.plan_id,
            TaskRow.id != task.id,
            TaskRow.state.in_(("planned", "open", "answered", "evidence", "refused")),
        )
        return not (await self.session.execute(select(others.exists()))).scalar_one()

    async def conversations_since(self, party_ids: Collection[UUID], since: datetime) -> Counter[UUID]:
        """How many conversations each has been asked to have since a moment, by message or call."""
        asked = select(AttemptRow.party_id, func.count(func.distinct(AttemptRow.at))).where(
            AttemptRow.party_id.in_(party_ids), AttemptRow.at >= since
        )
        found = await self.session.execute(asked.group_by(AttemptRow.party_id))
        return Counter({party_id: int(count) for party_id, count in found})

    def new_attempt(self, task: TaskRow, **fields: Any) -> AttemptRow:
        """The next one of a task, for `uow.add`."""
        side, party_id = self.party_of(task)
        number = task.attempts + 1
        return AttemptRow(id=new_id(), task_id=task.id, number=number, side=side, party_id=party_id, **fields)

    async def attempts_of(self, task_ids: Collection[UUID]) -> Sequence[AttemptRow]:
        """Every attempt of these tasks, in the order of time."""
        asked = select(AttemptRow).where(AttemptRow.task_id.in_(task_ids))
        return (await self.session.scalars(asked.order_by(AttemptRow.at, AttemptRow.task_id, AttemptRow.number))).all()

    async def attempt_on(self, task_id: UUID, day: date) -> AttemptRow | None:
        """The attempt of a day, if there was one; its task is locked."""
        asked = select(AttemptRow).where(AttemptRow.task_id == task_id, AttemptRow.local_day == day)
        return (await self.session.scalars(asked)).one_or_none()

    async def attempts_at(self, worker_id: UUID) -> Sequence[AttemptRow]:
        """Every attempt to reach a worker, by id: they count in the weeks of that person."""
        asked = select(AttemptRow).where(AttemptRow.party_id == worker_id, AttemptRow.side == "worker")
        return (await self.session.scalars(asked.order_by(AttemptRow.id))).all()

    async def words_of(self, plan_id: UUID) -> dict[str, Any]:
        """What a question says of the work: its title and whose it is, a household masked."""
        asked = (
            select(PostingRow.title, DealRow.work, EmployerRow.name, EmployerRow.kind)
            .select_from(PlanRow)
            .join(EmployerRow, EmployerRow.id == PlanRow.employer_id)
            .outerjoin(PostingRow, PostingRow.id == PlanRow.posting_id)
            .outerjoin(LentRow, LentRow.id == PlanRow.lent_id)
            .outerjoin(DealRow, DealRow.id == LentRow.deal_id)
            .where(PlanRow.id == plan_id)
        )
        found = (await self.session.execute(asked)).one()
        return {"title": found.title or found.work, "whose": public_name(found.name, found.kind)}

    async def plans_with(self, task: TaskRow) -> set[UUID]:
        """The plans of everything open that is asked of a task's party, and the task's own."""
        asked = select(TaskRow.plan_id).where(text("followup_tasks.state = 'open'"), *_of_party(self.party_of(task)))
        return {task.plan_id, *await self.session.scalars(asked)}

    async def open_plans_of(self, worker_id: UUID) -> set[UUID]:
        """The plans of a person by which anything may still be asked."""
        asked = select(PlanRow.id).where(PlanRow.worker_id == worker_id, PlanRow.state == "open")
        return set(await self.session.scalars(asked))

    async def lock_open_with(self, task: TaskRow) -> Sequence[TaskRow]:
        """Everything open that is asked of a task's party, by id."""
        asked = select(TaskRow).where(text("followup_tasks.state = 'open'"), *_of_party(self.party_of(task)))
        asked = asked.order_by(TaskRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def deciders_of(self, employer_id: UUID) -> list[UUID]:
        """Who is called for an employer: its owner, then those who also decide for it, the longest there first."""
        asked = select(MemberRow.person_id).where(
            MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None), MemberRow.role.in_(DECIDERS)
        )
        return list(await self.session.scalars(asked.order_by(MemberRow.role != "owner", MemberRow.created_at)))

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


def _of_party(party: Party) -> tuple[Any, ...]:
    """The side said in words, not as a parameter, so that the partial indexes count."""
    side, who = party
    if side == "worker":
        return (text("followup_tasks.side = 'worker'"), TaskRow.worker_id == who)
    return (text("followup_tasks.side = 'employer'"), TaskRow.employer_id == who)
