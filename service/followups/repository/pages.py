"""Tasks as people see them: with title and names, masked where they are people's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, TextClause, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from service.db.base import one_of
from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.followups.tables import IssueRow, NeedRow, PlanRow, TaskRow
from service.followups.views import Counted, TaskView
from service.ids import new_id
from service.people.tables import PersonRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.text import mask_name

if TYPE_CHECKING:
    from service.uow import Uow

ASKABLE = ("open", "unreachable", "left_out")
_COPIED = tuple(
    name for name in TaskView.__slots__
    if name not in ("posting_id", "lent_id", "title", "worker_name", "employer_name", "questions")
)  # fmt: skip


class Pages:
    """What is asked of whom, answered and opened by it."""

    uow: Uow
    session: AsyncSession

    async def task(self, task_id: UUID) -> TaskRow:
        """A task without a lock. Raises Missing."""
        found = await self.session.get(TaskRow, task_id, populate_existing=True)
        if found is None:
            raise Missing
        return found

    async def lock_task(self, task_id: UUID) -> TaskRow:
        """A task of a plan that is locked. Raises Missing."""
        asked = select(TaskRow).where(TaskRow.id == task_id).with_for_update(key_share=True)
        found = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if found is None:
            raise Missing
        return found

    async def plan(self, plan_id: UUID) -> PlanRow:
        """A plan without a lock. Raises Missing."""
        found = await self.session.get(PlanRow, plan_id)
        if found is None:
            raise Missing
        return found

    async def other_side(self, task: TaskRow) -> TaskRow | None:
        """The other side's task of the same moment, locked."""
        asked = select(TaskRow).where(
            TaskRow.plan_id == task.plan_id,
            TaskRow.milestone == task.milestone,
            TaskRow.about_at == task.about_at,
            TaskRow.side != task.side,
        )
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).one_or_none()

    async def lender_of(self, lent_id: UUID) -> UUID:
        """The own employer of somebody who is lent."""
        asked = select(DealRow.lender_id).join(LentRow, LentRow.deal_id == DealRow.id).where(LentRow.id == lent_id)
        return (await self.session.scalars(asked)).one()

    async def last_seat(self, plan: PlanRow) -> UUID | None:
        """The latest seat of the story."""
        asked = select(EngagementRow.id).where(
            EngagementRow.posting_id == plan.posting_id,
            EngagementRow.worker_id == plan.worker_id,
            EngagementRow.state.not_in(("held", "cancelled")),
        )
        return (await self.session.scalars(asked.order_by(EngagementRow.starts_at.desc()).limit(1))).first()

    def new_issue(self, **fields: Any) -> IssueRow:
        """An open one, for `uow.add`."""
        unset: dict[str, Any] = dict.fromkeys(("noun", "subject_id", "closed_at", "closed_by"))
        return IssueRow(id=new_id(), state="open", **unset | fields)

    def new_need(self, **fields: Any) -> NeedRow:
        """An open one, for `uow.add`."""
        return NeedRow(id=new_id(), state="open", ended_at=None, **fields)

    async def view(self, task_id: UUID) -> TaskView:
        """One task as it is shown. Raises Missing."""
        await self.uow.flush()
        found = (await self.session.execute(_views().where(TaskRow.id == task_id))).one_or_none()
        if found is None:
            raise Missing
        return self._shown(found)

    async def asked_of(
        self, *, worker_id: UUID | None, employer_id: UUID | None, after: UUID | None, limit: int
    ) -> list[TaskView]:
        """What one side is asked at present and may still answer, in the order of the ids."""
        asked = _views().where(_in_state(ASKABLE))
        if worker_id is not None:
            asked = asked.where(TaskRow.worker_id == worker_id, TaskRow.side == "worker")
        else:
            asked = asked.where(TaskRow.employer_id == employer_id, TaskRow.side == "employer")
        if after is not None:
            asked = asked.where(TaskRow.id > after)
        rows = (await self.session.execute(asked.order_by(TaskRow.id).limit(limit))).all()
        return [self._shown(row) for row in rows]

    async def page(
        self,
        *,
        regions: Sequence[str] | None,
        states: Collection[str],
        overdue_at: datetime | None = None,
        escalated: bool = False,
        claimed_by: UUID | None = None,
        officer_id: UUID | None = None,
        venue_id: UUID | None = None,
        called_on: date | None = None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[TaskView]:
        """Officers' list: what is due longest stands first."""
        asked = _views().where(within(TaskRow.city_code, regions), _in_state(states))
        if overdue_at is not None:
            asked = asked.where(TaskRow.overdue_at <= overdue_at)
        if escalated:
            asked = asked.where(TaskRow.escalated_at.is_not(None))
        if claimed_by is not None:
            asked = asked.where(TaskRow.claimed_by == claimed_by)
        if officer_id is not None:
            whose = TaskRow.claimed_by if "open" in states else TaskRow.handled_by
            asked = asked.where(whose == officer_id)
        if venue_id is not None:
            drawn_by = TaskRow.call_market == str(venue_id)
            asked = asked.where(drawn_by if called_on is not None else TaskRow.venue_id == venue_id)
        if called_on is not None:
            asked = asked.where(TaskRow.call_on == called_on)
        if after is not None:
            at, last = after
            asked = asked.where(or_(TaskRow.due_at > at, and_(TaskRow.due_at == at, TaskRow.id > last)))
        rows = (await self.session.execute(asked.order_by(TaskRow.due_at, TaskRow.id).limit(limit))).all()
        return [self._shown(row) for row in rows]

    async def lock_issue(self, issue_id: UUID) -> IssueRow:
        """One issue. Raises Missing."""
        asked = select(IssueRow).where(IssueRow.id == issue_id).with_for_update(key_share=True)
        found = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if found is None:
            raise Missing
        return found

    async def issues(
        self, *, regions: Sequence[str] | None, state: str | None, urgent: bool | None, after: UUID | None, limit: int
    ) -> Sequence[IssueRow]:
        """What answers opened, the newest first."""
        asked = select(IssueRow).where(within(IssueRow.city_code, regions))
        if state is not None:
            asked = asked.where(IssueRow.state == state)
        if urgent is not None:
            asked = asked.where(IssueRow.urgent == urgent)
        if after is not None:
            asked = asked.where(IssueRow.id < after)
        return (await self.session.scalars(asked.order_by(IssueRow.id.desc()).limit(limit))).all()

    async def lock_need(self, need_id: UUID) -> NeedRow:
        """One need. Raises Missing."""
        asked = select(NeedRow).where(NeedRow.id == need_id).with_for_update(key_share=True)
        found = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if found is None:
            raise Missing
        return found

    async def needs_of_worker(self, worker_id: UUID) -> Sequence[NeedRow]:
        """What a person has said to need, by id, locked."""
        asked = select(NeedRow).where(NeedRow.worker_id == worker_id).order_by(NeedRow.id)
        locked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.scalars(locked)).all()

    async def needs(
        self, *, regions: Sequence[str] | None, state: str | None, kind: str | None, after: UUID | None, limit: int
    ) -> Sequence[NeedRow]:
        """What people and employers need, the newest first."""
        asked = select(NeedRow).where(within(NeedRow.city_code, regions))
        if state is not None:
            asked = asked.where(NeedRow.state == state)
        if kind is not None:
            asked = asked.where(NeedRow.kind == kind)
        if after is not None:
            asked = asked.where(NeedRow.id < after)
        return (await self.session.scalars(asked.order_by(NeedRow.id.desc()).limit(limit))).all()

    async def open_with(self, task: TaskRow, *, regions: Sequence[str] | None) -> list[TaskView]:
        """Everything open that is asked of a task's party in these regions, longest due first, without a lock."""
        asked = _views().where(within(TaskRow.city_code, regions), _in_state(("open",)))
        if task.side == "worker":
            asked = asked.where(TaskRow.worker_id == task.worker_id, TaskRow.side == "worker")
        else:
            asked = asked.where(TaskRow.employer_id == task.employer_id, TaskRow.side == "employer")
        rows = (await self.session.execute(asked.order_by(TaskRow.due_at, TaskRow.id))).all()
        return [self._shown(row) for row in rows]

    async def masked_name(self, person_id: UUID) -> str:
        """A person's name for those who may not see it."""
        person = await self.session.get(PersonRow, person_id)
        return "" if person is None else self.uow.people.masked_name(person)

    async def said(self, plan_ids: Collection[UUID]) -> list[TaskView]:
        """What both sides have answered about these stories, in the order of time."""
        asked = _views().where(TaskRow.plan_id.in_(plan_ids), TaskRow.state == "answered")
        return [self._shown(row) for row in (await self.session.execute(asked.order_by(TaskRow.answered_at))).all()]

    async def answered_of(self, posting_id: UUID, worker_id: UUID) -> Sequence[TaskRow]:
        """What both sides have answered about a person's work of a posting, in the order of time."""
        asked = select(TaskRow).join(PlanRow, PlanRow.id == TaskRow.plan_id)
        asked = asked.where(PlanRow.posting_id == posting_id, PlanRow.worker_id == worker_id)
        asked = asked.where(TaskRow.state == "answered").order_by(TaskRow.answered_at, TaskRow.id)
        return (await self.session.scalars(asked)).all()

    async def answered_of_lent(self, lent_id: UUID) -> Sequence[TaskRow]:
        """The same of somebody who is lent: the person, the borrower, and about the return the lender."""
        asked = select(TaskRow).join(PlanRow, PlanRow.id == TaskRow.plan_id)
        asked = asked.where(PlanRow.lent_id == lent_id, TaskRow.state == "answered")
        return (await self.session.scalars(asked.order_by(TaskRow.answered_at, TaskRow.id))).all()

    async def issues_of(self, task_id: UUID) -> Sequence[IssueRow]:
        """What one task's answers opened."""
        return (
            await self.session.scalars(select(IssueRow).where(IssueRow.task_id == task_id).order_by(IssueRow.id))
        ).all()

    async def forget(self, worker_id: UUID) -> None:
        """Everything that a person has answered goes."""
        await self.uow.flush()
        said = (TaskRow.worker_id == worker_id, TaskRow.side == "worker", TaskRow.state == "answered")
        opened = update(IssueRow).where(IssueRow.task_id.in_(select(TaskRow.id).where(*said)))
        await self.session.execute(opened.values(answer=""))
        await self.session.execute(update(TaskRow).where(*said).values(answers={}))

    async def figures(
        self,
        *,
        regions: Sequence[str] | None,
        since: datetime,
        until: datetime,
        now: datetime,
        venue_id: UUID | None = None,
        officer_id: UUID | None = None,
        most: int,
    ) -> Counted:
        """Counts over the tasks that were due in a span of time: of all, by market (or city without one), by the
        officer who wrote them down last."""
        which = [within(TaskRow.city_code, regions), TaskRow.due_at >= since, TaskRow.due_at < until]
        if venue_id is not None:
            which.append(TaskRow.venue_id == venue_id)
        if officer_id is not None:
            which.append(TaskRow.handled_by == officer_id)
        officer = TaskRow.handled_by.label("officer_id")
        return Counted(
            await self._counted(now, which, (), most),
            await self._counted(now, which, (TaskRow.city_code, TaskRow.venue_id), most),
            await self._counted(now, [*which, TaskRow.handled_by.is_not(None)], (officer,), most),
        )

    async def _counted(
        self, now: datetime, which: Sequence[Any], by: tuple[Any, ...], most: int
    ) -> list[dict[str, Any]]:
        """The counts of each group, those with the most first."""

        def count(*where: Any) -> Any:
            return func.count().filter(*where)

        state, answered = TaskRow.state, TaskRow.state == "answered"
        timely = or_(TaskRow.overdue_at.is_(None), TaskRow.answered_at < TaskRow.overdue_at)
        opened = (
            select(
                IssueRow.task_id,
                func.count().label("issues"),
                count(IssueRow.state == "closed").label("closed"),
            )
            .join(TaskRow, TaskRow.id == IssueRow.task_id)
            .where(*which)
            .group_by(IssueRow.task_id)
            .subquery()
        )
        due = count(state.not_in(("cancelled", "planned")))
        counted = (
            select(
                *by,
                due.label("due"),
                *(
                    count(state == each).label(each)
                    for each in ("answered", "open", "unreachable", "left_out", "refused")
                ),
                count(state == "evidence").label("by_evidence"),
                count(state == "open", TaskRow.overdue_at <= now).label("overdue"),
                count(answered, timely).label("timely"),
                func.coalesce(func.sum(TaskRow.answers["again"].as_integer()), 0).label("stars"),
                count(TaskRow.answers["again"].as_string().is_not(None)).label("rated"),
                func.coalesce(func.sum(opened.c.issues), 0).label("issues"),
                func.coalesce(func.sum(opened.c.closed), 0).label("issues_closed"),
                func.count(opened.c.task_id).label("with_issue"),
            )
            .select_from(TaskRow)
            .outerjoin(opened, opened.c.task_id == TaskRow.id)
            .where(*which)
            .group_by(*by)
            .order_by(due.desc(), *by)
            .limit(most)
        )
        names = {each.name for each in by}
        return [
            {name: value if name in names else int(value) for name, value in row._mapping.items()}
            for row in await self.session.execute(counted)
        ]

    def _shown(self, row: Any) -> TaskView:
        task: TaskRow = row[0]
        name: str | None = None
        if task.worker_id is not None and row.name_sealed:
            vault = self.uow.ctx.vault
            name = mask_name(vault.open_for(row.data_key, task.worker_id.bytes, "name", row.name_sealed))
        household = row.employer_kind == "household"
        return TaskView(
            posting_id=row.posting_id,
            lent_id=row.lent_id,
            title=row.title or row.work,
            worker_name=name,
            employer_name=mask_name(row.employer_name) if household else row.employer_name,
            questions=[],
            **{each: getattr(task, each) for each in _COPIED},
        )


def _in_state(states: Collection[str]) -> TextClause:
    """Said in words, not as a parameter, so that the partial indexes count."""
    return text(one_of("followup_tasks.state", states))


def _views() -> Select[Any]:
    columns: tuple[Any, ...] = (
        TaskRow,
        PlanRow.posting_id,
        PlanRow.lent_id,
        PostingRow.title,
        DealRow.work,
        EmployerRow.name.label("employer_name"),
        EmployerRow.kind.label("employer_kind"),
        PersonRow.data_key,
        PersonRow.name_sealed,
    )
    return (
        select(*columns)
        .select_from(TaskRow)
        .join(PlanRow, PlanRow.id == TaskRow.plan_id)
        .outerjoin(PostingRow, PostingRow.id == PlanRow.posting_id)
        .outerjoin(LentRow, LentRow.id == PlanRow.lent_id)
        .outerjoin(DealRow, DealRow.id == LentRow.deal_id)
        .join(EmployerRow, EmployerRow.id == TaskRow.employer_id)
        .outerjoin(PersonRow, PersonRow.id == TaskRow.worker_id)
    )
