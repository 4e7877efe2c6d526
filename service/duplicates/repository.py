"""What stands beside a posting that may repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.applications.tables import ApplicationRow
from service.postings.lifecycle import LIVE
from service.postings.tables import PostingRow

if TYPE_CHECKING:
    from service.postings.tables import PostingRow as Posting
    from service.uow import Uow

MOST = 50
_COLUMNS = (
    "id", "title", "description", "trade", "job_kind", "city_code", "district_code", "address", "pay_fen",
    "pay_most_fen", "pay_unit", "settlement", "binding", "series", "pattern", "valid_until",
)  # fmt: skip


class DuplicateRepository:
    """Postings of one employer, side by side."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def earlier(self, posting: Posting) -> Sequence[Mapping[str, Any]]:
        """Live postings of the same employer, place and trade that came before, the newest first."""
        asked = (
            select(*(getattr(PostingRow, name) for name in _COLUMNS))
            .where(
                PostingRow.employer_id == posting.employer_id,
                PostingRow.city_code == posting.city_code,
                PostingRow.trade == posting.trade,
                PostingRow.state.in_(LIVE),
                PostingRow.private.is_(False),
                PostingRow.id < posting.id,
            )
            .order_by(PostingRow.id.desc())
            .limit(MOST)
        )
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def waiting(self, posting_id: UUID) -> int:
        """Applications for a posting that have no answer yet."""
        asked = select(func.count()).where(
            ApplicationRow.posting_id == posting_id, ApplicationRow.state.in_(LIVE_APPLICATION)
        )
        return int((await self.session.execute(asked)).scalar_one())
