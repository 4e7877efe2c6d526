"""The line that waits for a seat, and whom to ask when one is free."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, text, update

from service.applications.tables import ApplicationRow
from service.shifts.tables import ShiftRow

if TYPE_CHECKING:
    from service.uow import Uow

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
      and not exists (select from lent_spans(place.starts_at, place.ends_at) l
                      where l.worker_id = w.id and l.state in ('consented', 'working'))
      and not exists (select from alarms l where l.shift_id = place.id and l.worker_id = w.id and l.left_at is not null)
    order by asked.nearness, asked.place_in_line nulls last, w.id limit :most
    """
)


class WaitlistRepository:
    """The line of each shift, by the numbers that were drawn."""

    def __init__(self, uow: Uow):
        self.uow = uow

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
