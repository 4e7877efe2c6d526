"""Places of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.employers.tables import SiteRow
from service.errors import Missing

if TYPE_CHECKING:
    from service.uow import Uow


class SitesRepository:
    """Sites are closed, never deleted: postings point at them."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    def new(self, **fields: Any) -> SiteRow:
        """A site for `uow.add`."""
        return SiteRow(**fields)

    async def get(self, employer_id: UUID, site_id: UUID, *, lock: bool = False) -> SiteRow:
        """A site of this employer, closed ones included. Raises Missing."""
        asked = select(SiteRow).where(SiteRow.id == site_id, SiteRow.employer_id == employer_id)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def listed(self, employer_id: UUID, *, closed: bool) -> Sequence[SiteRow]:
        """The employer's sites, the oldest first; closed ones only when asked for."""
        asked = select(SiteRow).where(SiteRow.employer_id == employer_id)
        if not closed:
            asked = asked.where(SiteRow.closed_at.is_(None))
        return (await self.session.scalars(asked.order_by(SiteRow.created_at, SiteRow.id))).all()
