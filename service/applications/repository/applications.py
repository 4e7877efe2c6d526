"""Applications: new ones, one by one under locks, and the waitlist in its order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, select, text

from service.applications.lifecycle import LIVE
from service.applications.repository.waitlist import WaitlistRepository
from service.applications.tables import ApplicationRow
from service.employers.tables import PoolMemberRow
from service.errors import Missing
from service.ids import new_id
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow

if TYPE_CHECKING:
    from service.applications.case import Place


class ApplicationRepository(WaitlistRepository):
    """Rows are locked after their worker and their shift."""

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
