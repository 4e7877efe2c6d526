"""Applications: new ones, one by one under locks, and the waitlist in its order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, update

from service.applications.lifecycle import LIVE
from service.applications.tables import ApplicationRow
from service.employers.tables import MemberRow, PoolMemberRow
from service.errors import Missing
from service.ids import new_id
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow

if TYPE_CHECKING:
    from service.applications.case import Place
    from service.uow import Uow

DECIDERS = ("owner", "manager")
PEOPLE_TO_ASK = text(
    """
    with place as (
        select s.id, s.starts_at, s.ends_at, p.employer_id, p.trade, p.city_code, p.adult_only,
               (s.starts_at at time zone 'Asia/Shanghai')::date as day
        from shifts s join postings p on p.id = s.posting_id where s.id = :shift_id
    ), asked as (
        select a.worker_id, 0 as nearness, a.wait_number as place_in_line from applications a, place
        where a.shift_id = place.id and a.state = 'waitlisted'
        union all
        select m.worker_id, 1, null from pool_members m, place
        where m.employer_id = place.employer_id and m.removed_at is null
        union all
        select t.worker_id, 2, null from waitings t, place
        where t.state = 'waiting' and t.until > place.starts_at and t.city_code = place.city_code
          and t.trades ? place.trade
    )
    select w.id from (select worker_id, min(nearness) as nearness, min(place_in_line) as place_in_line
                      from asked group by worker_id) asked
    join workers w on w.id = asked.worker_id and w.state <> 'merged', place
    where w.introducible_from <= place.day and (not place.adult_only or w.adult_from <= place.day)
      and not (w.id = any(:except_ids))
      and not exists (select from blocks b where b.worker_id = w.id and b.employer_id = place.employer_id
                      and b.lifted_at is null)
      and not exists (select from engagements g where g.worker_id = w.id and (
              (g.shift_id = place.id and g.state in ('held', 'confirmed', 'on_duty'))
              or (g.state in ('confirmed', 'on_duty') and g.during && tstzrange(place.starts_at, place.ends_at))))
    order by asked.nearness, asked.place_in_line nulls last, w.id limit :most
    """
)


class ApplicationRepository:
    """Rows are locked after their worker and their shift."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- one by one ------------------------------------------------------------------------------------

    def new(
        self, place: Place, worker_id: UUID, *, state: str, origin: str, at: datetime, **more: Any
    ) -> ApplicationRow:
        """An application for one shift, not yet added; an accepted one is closed at once."""
        return ApplicationRow(
            id=new_id(),
            version=1,
            created_at=at,
            updated_at=at,
            state=state,
            origin=origin,
            posting_id=place.posting_id,
            shift_id=place.shift_id,
            worker_id=worker_id,
            employer_id=place.employer_id,
            city_code=place.city_code,
            terms_version=place.terms_version,
            closed_at=at if state == "accepted" else None,
            **({"all_or_nothing": False} | more),
        )

    def new_for_posting(self, posting: PostingRow, worker_id: UUID, *, note: str | None, **more: Any) -> ApplicationRow:
        """An application for a posting as a whole, not yet added."""
        return ApplicationRow(
            id=new_id(),
            state="sent",
            origin="applied",
            posting_id=posting.id,
            worker_id=worker_id,
            employer_id=posting.employer_id,
            city_code=posting.city_code,
            terms_version=posting.terms_version,
            note=note,
            all_or_nothing=False,
            **more,
        )

    async def get(self, application_id: UUID) -> ApplicationRow:
        """The row as it stands, unlocked. Raises Missing."""
        row = await self.uow.session.get(ApplicationRow, application_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, application_id: UUID) -> ApplicationRow:
        """The row, locked and fresh. Raises Missing."""
        found = await self.lock_all([application_id])
        if not found:
            raise Missing
        return found[0]

    async def lock_all(self, ids: Collection[UUID]) -> Sequence[ApplicationRow]:
        """Several rows by id, locked and fresh."""
        return await self._locked(select(ApplicationRow).where(ApplicationRow.id.in_(ids)))

    async def live_of_shift(self, shift_id: UUID) -> Sequence[ApplicationRow]:
        """Every live application for a shift, locked."""
        return await self._locked(
            select(ApplicationRow).where(ApplicationRow.shift_id == shift_id, ApplicationRow.state.in_(LIVE))
        )

    async def live_of_posting(self, posting_id: UUID, *, dates: bool = False) -> Sequence[ApplicationRow]:
        """Every live application for a posting as a whole, with `dates` also for its shifts, locked."""
        asked = select(ApplicationRow).where(ApplicationRow.posting_id == posting_id, ApplicationRow.state.in_(LIVE))
        return await self._locked(asked if dates else asked.where(ApplicationRow.shift_id.is_(None)))

    async def overlapping(self, worker_id: UUID, shift_id: UUID) -> Sequence[ApplicationRow]:
        """The worker's other live applications whose shifts share time with this one, locked."""
        here, there = ShiftRow.__table__.alias("here"), ShiftRow.__table__.alias("there")
        ids = (
            select(ApplicationRow.id)
            .join(there, there.c.id == ApplicationRow.shift_id)
            .join(here, here.c.id == shift_id)
            .where(
                ApplicationRow.worker_id == worker_id,
                ApplicationRow.state.in_(LIVE),
                ApplicationRow.shift_id != shift_id,
                there.c.starts_at < here.c.ends_at,
                there.c.ends_at > here.c.starts_at,
            )
        )
        return await self._locked(select(ApplicationRow).where(ApplicationRow.id.in_(ids)))

    async def batch(self, batch_id: UUID) -> Sequence[ApplicationRow]:
        """Everything asked for together, unlocked."""
        await self.uow.flush()
        found = select(ApplicationRow).where(ApplicationRow.batch_id == batch_id).order_by(ApplicationRow.id)
        return (await self.uow.session.scalars(found)).all()

    async def of_worker_and_posting(self, worker_id: UUID, posting_id: UUID) -> ApplicationRow | None:
        """The worker's live application for the posting as a whole."""
        found = select(ApplicationRow).where(
            ApplicationRow.worker_id == worker_id,
            ApplicationRow.posting_id == posting_id,
            ApplicationRow.shift_id.is_(None),
            ApplicationRow.state.in_(LIVE),
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    async def live_of_worker(self, worker_id: UUID, shift_id: UUID) -> UUID | None:
        """The worker's live application for a shift."""
        found = select(ApplicationRow.id).where(
            ApplicationRow.worker_id == worker_id,
            ApplicationRow.shift_id == shift_id,
            ApplicationRow.state.in_(LIVE),
        )
        application_id: UUID | None = (await self.uow.session.scalars(found)).one_or_none()
        return application_id

    async def _locked(self, found: Select[ApplicationRow]) -> Sequence[ApplicationRow]:
        await self.uow.flush()
        found = found.order_by(ApplicationRow.id).with_for_update(key_share=True, of=ApplicationRow)
        return (await self.uow.session.scalars(found.execution_options(populate_existing=True))).all()

    # -- waitlist --------------------------------------------------------------------------------------

    async def draw_number(self, shift_id: UUID) -> int:
        """The next place in line, drawn under the shift's lock."""
        drawn = (
            update(ShiftRow)
            .where(ShiftRow.id == shift_id)
            .values(wait_numbers=ShiftRow.wait_numbers + 1)
            .returning(ShiftRow.wait_numbers)
            .execution_options(synchronize_session=False)
        )
        number: int = (await self.uow.session.execute(drawn)).scalar_one()
        return number

    async def next_waiting(self, shift_id: UUID, *, passed_over: Collection[UUID]) -> ApplicationRow | None:
        """The first in line who is not passed over, locked; one whose own move is under way is left to it."""
        await self.uow.flush()
        found = (
            select(ApplicationRow)
            .where(
                ApplicationRow.shift_id == shift_id,
                ApplicationRow.state == "waitlisted",
                ApplicationRow.id.not_in(passed_over),
            )
            .order_by(ApplicationRow.wait_number)
            .limit(1)
            .with_for_update(key_share=True, skip_locked=True, of=ApplicationRow)
            .execution_options(populate_existing=True)
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    async def waiting(self, shift_id: UUID) -> Sequence[tuple[UUID, UUID]]:
        """(application, worker) of everybody in line, in order."""
        await self.uow.flush()
        found = select(ApplicationRow.id, ApplicationRow.worker_id).where(
            ApplicationRow.shift_id == shift_id, ApplicationRow.state == "waitlisted"
        )
        rows = await self.uow.session.execute(found.order_by(ApplicationRow.wait_number))
        return [(row.id, row.worker_id) for row in rows]

    async def shifts_with_a_line(self, posting_id: UUID) -> list[UUID]:
        """The posting's shifts for which somebody waits."""
        await self.uow.flush()
        found = select(ApplicationRow.shift_id).where(
            ApplicationRow.posting_id == posting_id, ApplicationRow.state == "waitlisted"
        )
        return sorted({shift_id for shift_id in await self.uow.session.scalars(found) if shift_id is not None})

    async def position(self, application: ApplicationRow) -> int | None:
        """How many stand in line up to this one, itself counted; None when it does not wait."""
        if application.state != "waitlisted":
            return None
        await self.uow.flush()
        found = select(func.count()).where(
            ApplicationRow.shift_id == application.shift_id,
            ApplicationRow.state == "waitlisted",
            ApplicationRow.wait_number <= application.wait_number,
        )
        number: int = (await self.uow.session.execute(found)).scalar_one()
        return number

    async def people_to_ask(self, shift_id: UUID, *, except_ids: Collection[UUID] = (), most: int = 50) -> list[UUID]:
        """Whom to tell of a free place: who waits for it, the employer's own people, who waits for work today.

        Only people of age, not blocked, and free at the time; in this order, at most `most`.
        """
        await self.uow.flush()
        facts = {"shift_id": shift_id, "except_ids": list(except_ids), "most": most}
        return list(await self.uow.session.scalars(PEOPLE_TO_ASK, facts))

    # -- the posting's side ----------------------------------------------------------------------------

    async def seen_posting(self, posting_id: UUID) -> PostingRow:
        """The posting as it stands. Raises Missing."""
        row = await self.uow.session.get(PostingRow, posting_id)
        if row is None:
            raise Missing
        return row

    async def seen_shift(self, shift_id: UUID) -> ShiftRow:
        """The shift as it stands. Raises Missing."""
        row = await self.uow.session.get(ShiftRow, shift_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def open_shifts(self, posting_id: UUID, after: datetime) -> list[UUID]:
        """Shifts of a posting that have not begun."""
        found = select(ShiftRow.id).where(
            ShiftRow.posting_id == posting_id, ShiftRow.state == "open", ShiftRow.starts_at > after
        )
        return list(await self.uow.session.scalars(found.order_by(ShiftRow.starts_at, ShiftRow.id)))

    async def deciders(self, employer_id: UUID) -> list[UUID]:
        """The people who decide for an employer."""
        found = select(MemberRow.person_id).where(
            MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None), MemberRow.role.in_(DECIDERS)
        )
        return list(await self.uow.session.scalars(found.order_by(MemberRow.person_id)))

    async def pool(self, employer_id: UUID, most: int) -> list[UUID]:
        """The employer's own people, those first who were taken in first."""
        found = select(PoolMemberRow.worker_id).where(
            PoolMemberRow.employer_id == employer_id, PoolMemberRow.removed_at.is_(None)
        )
        return list(await self.uow.session.scalars(found.order_by(PoolMemberRow.created_at).limit(most)))

    async def asked_enough(
        self, worker_ids: Collection[UUID], shift: ShiftRow, *, a_shift: int, a_week: int
    ) -> set[UUID]:
        """Whom this employer has invited as often as one may: to this shift, or in seven days in vain."""
        of_shift = func.count().filter(ApplicationRow.shift_id == shift.id)
        vain = func.count().filter(
            ApplicationRow.state.in_(("declined", "lapsed", "withdrawn")),
            ApplicationRow.created_at > func.business_now() - text("interval '7 days'"),
        )
        found = (
            select(ApplicationRow.worker_id)
            .where(
                ApplicationRow.worker_id.in_(worker_ids),
                ApplicationRow.employer_id == shift.employer_id,
                ApplicationRow.origin == "invited",
            )
            .group_by(ApplicationRow.worker_id)
            .having((of_shift >= a_shift) | (vain >= a_week))
        )
        return set(await self.uow.session.scalars(found))

    async def workers_among(self, ids: Collection[UUID]) -> set[UUID]:
        """Which of these are workers with a living profile."""
        found = select(WorkerRow.id).where(WorkerRow.id.in_(ids), WorkerRow.state != "merged")
        return set(await self.uow.session.scalars(found))
