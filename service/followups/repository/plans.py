"""Plans and tasks under locks (the plan before its tasks, workers and shifts before the plan), and their stories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as pg_insert

from service.db.base import table_of
from service.db.driver import Statement, fetch
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.followups.lifecycle import WAITING
from service.followups.repository.asking import Asking
from service.followups.repository.opening import Opening
from service.followups.repository.pages import Pages
from service.followups.rules.schedule import Lending, Story, Task, TaskKey, Work, first_hours
from service.followups.tables import PlanRow, TaskRow
from service.followups.views import Asked, Key, StoryFacts, key_of
from service.ids import new_id
from service.postings.lifecycle import ENDED
from service.referrals.lifecycle import FINAL
from service.referrals.tables import ReferralRow, TalkRow
from service.worktime import end_of_day

if TYPE_CHECKING:
    from service.uow import Uow

# What ended before its time ended then; a seat that nobody came to is asked about as planned. The market is that of the
# referral, else the one whose line the person was in when its plan gave the seat; a posting itself has none.
STORIES = Statement(
    """
    select k.posting_id, k.worker_id, p.employer_id, p.city_code, p.settlement, p.published_at, p.closed_at,
           p.state as posting_state, r.id as referral_id, r.created_at as referred_at,
           coalesce(r.venue_id, hall.venue_id) as venue_id,
           r.state as referral_state, s.*,
           (select array_agg(t.at order by t.at) from talks t where t.referral_id = r.id and t.state <> 'cancelled')
               as talks
    from unnest(cast(:postings as uuid[]), cast(:workers as uuid[])) as k(posting_id, worker_id)
    join postings p on p.id = k.posting_id
    left join lateral (
        select * from referrals r where r.posting_id = k.posting_id and r.worker_id = k.worker_id
        order by r.id desc limit 1) r on true
    left join lateral (
        select h.venue_id from applications a
        join plan_lines l on l.application_id = a.id
        join plans m on m.id = l.plan_id
        join hall_sessions h on h.id = m.session_id
        where a.worker_id = k.worker_id and a.posting_id = k.posting_id and a.origin = 'hall'
        order by a.id desc limit 1) hall on r.venue_id is null
    left join lateral (
        select array_agg(e.starts_at order by e.id, d.id) as starts,
               array_agg(case when e.state in ('ended_early', 'broken_off') and e.finished_at > e.starts_at
                              then least(e.finished_at, e.ends_at) else e.ends_at end order by e.id, d.id) as ends,
               array_agg(d.due_at order by e.id, d.id) as dues,
               array_agg(coalesce(d.state = 'settled', false) order by e.id, d.id) as receipts
        from engagements e
        left join pay_records d on d.engagement_id = e.id and d.kind = 'work' and d.state <> 'cancelled'
        where e.worker_id = k.worker_id and e.posting_id = k.posting_id and e.state not in ('held', 'cancelled')) s
        on true
    """
)
# When somebody who is lent left is in the log only: the row has the day.
LENDINGS = Statement(
    """
    select l.id as lent_id, l.worker_id, l.city_code, l.state, l.started_at, l.last_day, l.left_on, l.back_by,
           l.ended_at, l.day_from, array(select cast(jsonb_array_elements_text(l.weekdays) as int)) as weekdays,
           d.borrower_id, d.lender_id, d.lender_city_code,
           (select min(t.at) from transitions t where t.noun = 'lent' and t.entity_id = l.id
            and t.from_state = 'working' and t.to_state <> 'working') as left_at
    from lent l join deals d on d.id = l.deal_id
    where l.id = any(cast(:lents as uuid[])) and l.worker_id is not null
    """
)
# One plan for each recent story that should have one: lost only where something has gone wrong.
LOST = text(
    """
    select posting_id, worker_id, lent_id from (
        select e.posting_id, e.worker_id, cast(null as uuid) as lent_id from engagements e
        where e.state not in ('held', 'cancelled') and e.ends_at > :since
        union
        select r.posting_id, r.worker_id, null from referrals r where r.created_at > :since and r.ended_at is null
        union
        select p.id, null, null from postings p
        where p.closed_at > :since and p.published_at is not null and p.state <> 'merged' and p.state = any(:ended)
        union
        select null, null, l.id from lent l
        where l.started_at is not null and (l.ended_at is null or l.ended_at > :since)
    ) s
    where not exists (select from followup_plans f where f.posting_id = s.posting_id
                      and f.worker_id is not distinct from s.worker_id)
      and not exists (select from followup_plans f where f.lent_id = s.lent_id)
    limit :most
    """
)
RECENT = timedelta(days=7)
NO_PLAN = (
    "venue_id", "referral_id", "refused_by_worker_at", "refused_by_employer_at", "refused_by_lender_at", "closed_at",
)  # fmt: skip
NO_TASK = (
    "opened_at", "next_attempt_at", "overdue_at", "escalated_at", "answers", "answered_at", "answered_by", "channel",
    "claimed_by", "call_on", "call_market", "handled_by",
)  # fmt: skip


class FollowupRepository(Opening, Asking, Pages):
    """Everything that follow-ups keep."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    async def stories(self, keys: Sequence[Key]) -> list[StoryFacts]:
        """What is known now of these stories; those of postings that are gone are left out."""
        await self.uow.flush()
        posted = [key for key in keys if key.lent_id is None]
        facts = {"postings": [key.posting_id for key in posted], "workers": [key.worker_id for key in posted]}
        found = [_story(row) for row in await fetch(self.session, STORIES, facts)] if posted else []
        lents = [key.lent_id for key in keys if key.lent_id is not None]
        lent = await fetch(self.session, LENDINGS, {"lents": lents}) if lents else ()
        return found + [_lending(row) for row in lent]

    async def lock_plan(
        self, posting_id: UUID | None, worker_id: UUID | None, lent_id: UUID | None = None
    ) -> PlanRow | None:
        """The plan of a story, if there is one."""
        if lent_id is not None:
            asked = select(PlanRow).where(PlanRow.lent_id == lent_id)
        else:
            asked = select(PlanRow).where(
                PlanRow.posting_id == posting_id, PlanRow.worker_id.is_not_distinct_from(worker_id)
            )
        return (await self.session.scalars(_locked(asked))).one_or_none()

    async def lock_plan_of(self, plan_id: UUID) -> PlanRow:
        """A plan by its id. Raises Missing."""
        asked = select(PlanRow).where(PlanRow.id == plan_id)
        found: PlanRow | None = (await self.session.scalars(_locked(asked))).one_or_none()
        if found is None:
            raise Missing
        return found

    async def lock_plans_of(self, plan_ids: Collection[UUID]) -> dict[UUID, PlanRow]:
        """Several plans, locked in the order of their ids."""
        asked = select(PlanRow).where(PlanRow.id.in_(plan_ids)).order_by(PlanRow.id)
        return {row.id: row for row in await self.session.scalars(_locked(asked))}

    async def lock_plan_unless_taken(self, plan_id: UUID) -> PlanRow | None:
        """The plan, or None where somebody else is at it: he closes it."""
        asked = select(PlanRow).where(PlanRow.id == plan_id).with_for_update(key_share=True, skip_locked=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def new_plan(self, facts: StoryFacts, at: datetime) -> PlanRow | None:
        """An open one, stored, for `uow.adopt`; None where another transaction has just made it."""
        named: dict[str, Any] = {
            name: getattr(facts, name)
            for name in ("posting_id", "lent_id", "worker_id", "employer_id", "city_code", "venue_id", "referral_id")
        }
        values = {"id": new_id(), "version": 1, "created_at": at, "updated_at": at, "state": "open"} | named
        table = table_of(PlanRow)
        made = pg_insert(table).values(values).on_conflict_do_nothing()  # either of its keys
        if (await self.session.execute(made.returning(table.c.id))).scalar_one_or_none() is None:
            return None
        return PlanRow(**dict.fromkeys(NO_PLAN) | values)

    async def lock_tasks(self, plan_id: UUID) -> Sequence[TaskRow]:
        """Every task of a plan that is locked, by id."""
        asked = select(TaskRow).where(TaskRow.plan_id == plan_id).order_by(TaskRow.id)
        return (await self.session.scalars(_locked(asked))).all()

    def new_task(self, plan: PlanRow, **fields: Any) -> TaskRow:
        """A planned one, for `uow.add`."""
        whose = {name: getattr(plan, name) for name in ("worker_id", "employer_id", "city_code", "venue_id")}
        unset: dict[str, Any] = dict.fromkeys(NO_TASK) | {"attempts": 0, "urgent": False}
        return TaskRow(id=new_id(), state="planned", plan_id=plan.id, **unset | whose | fields)

    async def waiting(self, plan_id: UUID) -> bool:
        """Whether anything of the plan is still to be asked or answered."""
        await self.uow.flush()
        asked = select(TaskRow.id).where(TaskRow.plan_id == plan_id, TaskRow.state.in_(WAITING)).limit(1)
        return (await self.session.scalars(asked)).first() is not None

    async def key_of_talk(self, talk: TalkRow) -> Key:
        """The story that a talk belongs to."""
        asked = select(ReferralRow.posting_id, ReferralRow.worker_id).where(ReferralRow.id == talk.referral_id)
        found = (await self.session.execute(asked)).one()
        return Key(found.posting_id, found.worker_id)

    async def key_of_seat(self, engagement_id: UUID) -> Key:
        """The story that a seat belongs to."""
        asked = select(EngagementRow.posting_id, EngagementRow.worker_id).where(EngagementRow.id == engagement_id)
        found = (await self.session.execute(asked)).one()
        return Key(found.posting_id, found.worker_id)

    async def plans_of_worker(self, worker_id: UUID) -> Sequence[PlanRow]:
        """A person's plans, by id, locked."""
        asked = select(PlanRow).where(PlanRow.worker_id == worker_id).order_by(PlanRow.id)
        return (await self.session.scalars(_locked(asked))).all()

    async def lost(self, now: datetime, most: int) -> list[Key]:
        """Recent stories without a plan."""
        facts = {"since": now - RECENT, "ended": sorted(ENDED), "most": most}
        found = await self.session.execute(LOST, facts)
        return [key_of(row.posting_id, row.worker_id, row.lent_id) for row in found]

    async def open_plans(self, after: UUID | None, most: int) -> Sequence[PlanRow]:
        """Open plans in the order of their ids, without a lock."""
        asked = select(PlanRow).where(PlanRow.state == "open").order_by(PlanRow.id).limit(most)
        return (await self.session.scalars(asked if after is None else asked.where(PlanRow.id > after))).all()

    async def present(self, plan_ids: Sequence[UUID]) -> dict[UUID, dict[TaskKey, Task]]:
        """The tasks of several plans."""
        found: dict[UUID, dict[TaskKey, Task]] = {each: {} for each in plan_ids}
        asked = select(
            TaskRow.plan_id, TaskRow.milestone, TaskRow.about_at, TaskRow.side, TaskRow.state, TaskRow.due_at,
            TaskRow.answered_at,
        ).where(TaskRow.plan_id.in_(plan_ids))  # fmt: skip
        for row in await self.session.execute(asked):
            found[row.plan_id][row.milestone, row.about_at, row.side] = Task(row.state, row.due_at, row.answered_at)
        return found


def _locked(asked: Any) -> Any:
    return asked.with_for_update(key_share=True).execution_options(populate_existing=True)


def _story(row: Any) -> StoryFacts:
    dues = list(zip(row["dues"] or (), row["receipts"] or (), strict=True))
    work = zip(row["starts"] or (), row["ends"] or (), row["dues"] or (), strict=True)
    over = row["worker_id"] is None and row["published_at"] and row["posting_state"] in ENDED - {"merged"}
    return StoryFacts(
        posting_id=row["posting_id"],
        lent_id=None,
        worker_id=row["worker_id"],
        employer_id=row["employer_id"],
        city_code=row["city_code"],
        venue_id=row["venue_id"],
        referral_id=row["referral_id"],
        story=Story(
            referred_at=row["referred_at"],
            ended_otherwise=row["referral_state"] in FINAL,
            talks=tuple(row["talks"] or ()),
            work=tuple(Work(*each) for each in work),
            settlement=row["settlement"],
            posting_over_at=row["closed_at"] if over else None,
        ),
        settled=frozenset(
            due for due, _ in dues if due is not None and all(paid for other, paid in dues if other == due)
        ),
    )


def _lending(row: Any) -> StoryFacts:
    return StoryFacts(
        posting_id=None,
        lent_id=row["lent_id"],
        worker_id=row["worker_id"],
        employer_id=row["borrower_id"],
        city_code=row["city_code"],
        venue_id=None,
        referral_id=None,
        story=Story(lent=_lent(row)),
        lender=Asked(row["lender_id"], row["lender_city_code"]),
    )


def _lent(row: Any) -> Lending | None:
    """None for who has not begun, or was gone before there was anything to do."""
    started, left = row["started_at"], row["left_at"]
    if started is None:
        return None
    if left is not None and left <= first_hours(started, row["weekdays"], row["day_from"]):
        return None
    back_at = row["ended_at"] or (end_of_day(row["back_by"]) if row["back_by"] is not None else None)
    return Lending(
        starts_at=started,
        until=end_of_day(row["left_on"] or row["last_day"]),
        back_at=back_at if row["left_on"] is not None else None,
        is_back=row["state"] == "returned",
        released_at=row["ended_at"] if row["state"] == "released" else None,
    )
