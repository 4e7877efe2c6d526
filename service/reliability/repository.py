"""Queries on marks of either side, and on how an employer has paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, bindparam, or_, select, text, tuple_

from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.ids import new_id
from service.postings.tables import PostingRow
from service.reference.within import within
from service.reliability.lifecycle import COUNTING
from service.reliability.rules import BAD, GOOD, Marked, Payments
from service.reliability.tables import ReliabilityEventRow as Row

if TYPE_CHECKING:
    from service.uow import Uow

# In time is what was handed over before the due instant and said before it was called overdue; what the worker had
# disputed to its end was not. One statement for one employer, run when a due instant has passed and after disputes.
PAYMENTS = text(
    """
    select count(*) as jobs, count(*) filter (where in_time) as on_time,
           count(*) filter (where in_time and same_day) as same_day
    from (
        select p.state in ('paid_by_employer', 'settled') and p.overdue_since is null
               and coalesce(p.paid_at, p.received_at) < p.due_at
               and coalesce(p.paid_recorded_at, p.received_at) < p.due_at + :grace
               and not exists (
                   select from transitions t where t.noun = 'pay_record' and t.entity_id = p.id
                   and t.action = 'settle' and t.from_state = 'disputed') as in_time,
               (coalesce(p.paid_at, p.received_at) at time zone 'Asia/Shanghai')::date
                   <= (e.ends_at at time zone 'Asia/Shanghai')::date as same_day
        from pay_records p join engagements e on e.id = p.engagement_id
        where p.employer_id = :employer and p.kind = 'work' and p.state <> 'cancelled' and p.due_at + :grace <= :now
        order by p.due_at desc, p.id desc limit :last) jobs
    """
).bindparams(bindparam("grace", type_=Interval))


class ReliabilityRepository:
    """Lock the worker or the employer before their marks."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, *, excused_reason: str | None, **fields: Any) -> Row:
        """A fresh mark, for `uow.add`."""
        unset = dict.fromkeys(
            (
                "contest_reason", "contest_words", "contested_at", "contested_for", "decide_by", "decided_by",
                "decided_at", "decision_reason", "sentence",
            )
        )  # fmt: skip
        state = "counted" if excused_reason is None else "excused"
        return Row(id=new_id(), state=state, excused_reason=excused_reason, **unset | fields)

    async def get(self, event_id: UUID) -> Row:
        """By id. Raises Missing."""
        return await self._one(select(Row).where(Row.id == event_id))

    async def lock(self, event_id: UUID) -> Row:
        """One, kept from other writers until the end. Raises Missing."""
        return await self._one(select(Row).where(Row.id == event_id).with_for_update(key_share=True))

    async def _one(self, asked: Any) -> Row:
        row: Row | None = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def living(self, side: str, subject_id: UUID, since: datetime, most: int) -> list[Marked]:
        """What counts of one side since then: all that speaks against it, and the newest that speak for it."""
        counting = (_whose(side) == subject_id, Row.state.in_(COUNTING), Row.at >= since)
        asked = select(Row.kind, Row.state, Row.at).where(*counting)
        newest = asked.where(Row.kind.in_(GOOD)).order_by(Row.at.desc(), Row.id.desc()).limit(most)
        found = [*(await self.session.execute(newest)), *(await self.session.execute(asked.where(Row.kind.in_(BAD))))]
        return [Marked(*row) for row in found]

    async def has_cause(self, worker_id: UUID, cause: str) -> bool:
        """Whether a worker has a mark that came about so."""
        asked = select(Row.id).where(Row.worker_id == worker_id, Row.cause == cause).limit(1)
        return await self.session.scalar(asked) is not None

    async def standing(self, side: str, kind: str, **of: UUID) -> Row | None:
        """The newest mark of a kind that is not excused, of a seat or a pay record."""
        named = [getattr(Row, name) == value for name, value in of.items()]
        asked = select(Row).where(_whose(side).is_not(None), Row.kind == kind, Row.state != "excused", *named)
        asked = asked.order_by(Row.at.desc(), Row.id.desc()).limit(1).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def page(
        self, side: str, subject_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[tuple[Row, str | None, datetime | None]]:
        """Everything of one side, the newest first, each with its work's title and start."""
        asked = _with_work().where(_whose(side) == subject_id)
        if after is not None:
            asked = asked.where(tuple_(Row.at, Row.id) < tuple_(*after))
        found = await self.session.execute(asked.order_by(Row.at.desc(), Row.id.desc()).limit(limit))
        return [(row[0], row[1], row[2]) for row in found]

    async def with_work(self, event_id: UUID) -> tuple[Row, str | None, datetime | None]:
        """One with its work's title and start."""
        row = (await self.session.execute(_with_work().where(Row.id == event_id))).one()
        return row[0], row[1], row[2]

    async def contested(
        self, regions: Sequence[str] | None, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[tuple[Row, str | None, datetime | None]]:
        """What waits for an officer's decision in these regions, by due time."""
        asked = _with_work().where(Row.state == "contested", _there(regions))
        if after is not None:
            asked = asked.where(tuple_(Row.decide_by, Row.id) > tuple_(*after))
        found = await self.session.execute(asked.order_by(Row.decide_by, Row.id).limit(limit))
        return [(row[0], row[1], row[2]) for row in found]

    async def payments(self, employer_id: UUID, now: datetime, *, grace: timedelta, last: int) -> Payments:
        """Of the last jobs whose pay was due: how many, in time, on the same day."""
        asked = {"employer": employer_id, "now": now, "grace": grace, "last": last}
        return Payments(*(await self.session.execute(PAYMENTS, asked)).one())


def _whose(side: str) -> Any:
    return Row.worker_id if side == "worker" else Row.employer_id


def _with_work() -> Any:
    joined = select(Row, PostingRow.title, EngagementRow.starts_at)
    return joined.outerjoin(EngagementRow, EngagementRow.id == Row.engagement_id).outerjoin(
        PostingRow, PostingRow.id == EngagementRow.posting_id
    )


def _there(regions: Sequence[str] | None) -> ColumnElement[bool]:
    """What has no place of its own (kept from before marks had rows) is everywhere's."""
    return or_(within(Row.city_code, regions), Row.city_code.is_(None))
