"""Applications as both sides see them: names masked, the place in line counted when it is asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, func, select

from service.applications.tables import ApplicationRow
from service.applications.views import ApplicationView
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.people.tables import PersonRow
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow
from service.text import mask_name

if TYPE_CHECKING:
    from service.uow import Uow


class ApplicationPagesRepository:
    """Reads only."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def view(self, application_id: UUID) -> ApplicationView:
        """One application as it is shown. Raises Missing."""
        await self.uow.flush()
        found = (await self.uow.session.execute(_views().where(ApplicationRow.id == application_id))).one_or_none()
        if found is None:
            raise Missing
        return self._view(found)

    async def views(self, ids: Collection[UUID]) -> list[ApplicationView]:
        """Several, by id."""
        await self.uow.flush()
        found = _views().where(ApplicationRow.id.in_(ids)).order_by(ApplicationRow.id)
        return [self._view(row) for row in await self.uow.session.execute(found)]

    async def page(
        self,
        *,
        worker_id: UUID | None = None,
        posting_id: UUID | None = None,
        shift_id: UUID | None = None,
        states: Collection[str] = (),
        after: UUID | None,
        limit: int,
    ) -> list[ApplicationView]:
        """Newest first (ids are ordered by time), at most `limit`."""
        found = _views().order_by(ApplicationRow.id.desc()).limit(limit)
        for column, wanted in (
            (ApplicationRow.worker_id, worker_id),
            (ApplicationRow.posting_id, posting_id),
            (ApplicationRow.shift_id, shift_id),
        ):
            found = found.where(column == wanted) if wanted else found
        if states:
            found = found.where(ApplicationRow.state.in_(states))
        if after is not None:
            found = found.where(ApplicationRow.id < after)
        return [self._view(row) for row in await self.uow.session.execute(found)]

    def _view(self, row: Any) -> ApplicationView:
        application: ApplicationRow = row[0]
        vault, sealed = self.uow.ctx.vault, row.name_sealed
        name = vault.open_for(row.data_key, application.worker_id.bytes, "name", sealed) if sealed else ""
        copied = {column: getattr(application, column) for column in _COPIED}
        return ApplicationView(
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            employer_name=_employer(row, application.state),
            worker_name=mask_name(name),
            position=row.position if application.state == "waitlisted" else None,
            **copied,
        )


def _employer(row: Any, state: str) -> str:
    """A household's name is a person's, masked until both have said yes."""
    name: str = row.employer_name
    return mask_name(name) if row.employer_kind == "household" and state != "accepted" else name


_COPIED = (
    "id", "version", "state", "origin", "posting_id", "shift_id", "worker_id", "employer_id", "city_code", "batch_id",
    "crew_id", "all_or_nothing", "at_least", "confirm_by", "terms_version", "note", "close_reason", "created_at",
    "closed_at",
)  # fmt: skip


def _views() -> Select[Any]:
    ahead = ApplicationRow.__table__.alias("ahead")
    position = (
        select(func.count())
        .where(
            ahead.c.shift_id == ApplicationRow.shift_id,
            ahead.c.state == "waitlisted",
            ahead.c.wait_number <= ApplicationRow.wait_number,
        )
        .correlate(ApplicationRow)
        .scalar_subquery()
        .label("position")
    )
    return (
        select(
            ApplicationRow,
            PostingRow.title,
            ShiftRow.starts_at,
            ShiftRow.ends_at,
            EmployerRow.name.label("employer_name"),
            EmployerRow.kind.label("employer_kind"),
            PersonRow.data_key,
            PersonRow.name_sealed,
            position,
        )
        .join(PostingRow, PostingRow.id == ApplicationRow.posting_id)
        .join(EmployerRow, EmployerRow.id == ApplicationRow.employer_id)
        .join(PersonRow, PersonRow.id == ApplicationRow.worker_id)
        .outerjoin(ShiftRow, ShiftRow.id == ApplicationRow.shift_id)
        .execution_options(populate_existing=True)
    )
