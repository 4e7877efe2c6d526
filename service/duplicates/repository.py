"""What stands beside a posting that may repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.applications.tables import ApplicationRow
from service.db.tables import TransitionRow
from service.duplicates.rules import Stopped, words_of
from service.employers.tables import MemberRow
from service.holds.rules import HELD_FOR
from service.postings.lifecycle import LIVE
from service.postings.tables import PostingRow
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.postings.tables import PostingRow as Posting
    from service.uow import Uow

MOST = 50
MOST_STOPPED = 200
MAY_BE_STOPPED = ("draft", "submitted", "rejected", "paused", "withdrawn", "taken_down", "appealed", "final")
STOPS, SHOWS = ("reject", "take_down", "uphold"), ("publish", "restore", "resume")
_COLUMNS = (
    "id", "title", "description", "trade", "job_kind", "city_code", "district_code", "address", "pay_fen",
    "pay_most_fen", "pay_unit", "settlement", "binding", "series", "pattern", "valid_until",
)  # fmt: skip


class DuplicateRepository:
    """Postings of one employer, side by side."""

    def __init__(self, uow: Uow):
        self.session = uow.session
        self._stopped: dict[UUID, Sequence[Stopped]] = {}  # by employer or person, of this transaction

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

    async def stopped_postings(self, employer_id: UUID, since: datetime) -> Sequence[Stopped]:
        """What officers stopped of an employer, and of others that one of its people acts for too, the newest first."""
        if employer_id not in self._stopped:
            people = select(MemberRow.person_id).where(
                MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None)
            )
            theirs = select(MemberRow.employer_id).where(MemberRow.person_id.in_(people))
            whose = or_(PostingRow.employer_id == employer_id, PostingRow.employer_id.in_(theirs))
            self._stopped[employer_id] = await self._of(PostingRow, whose, since)
        return self._stopped[employer_id]

    async def stopped_supplies(self, worker_id: UUID, since: datetime) -> Sequence[Stopped]:
        """What officers stopped of a person, the newest first."""
        if worker_id not in self._stopped:
            self._stopped[worker_id] = await self._of(SupplyRow, SupplyRow.worker_id == worker_id, since)
        return self._stopped[worker_id]

    async def _of(
        self, row: type[PostingRow] | type[SupplyRow], whose: ColumnElement[bool], since: datetime
    ) -> Sequence[Stopped]:
        asked = (
            select(row.id, row.title, row.description)
            .where(whose, row.state.in_(MAY_BE_STOPPED), _was_stopped(row, since))
            .order_by(row.id.desc())
            .limit(MOST_STOPPED)
        )
        with self.session.no_autoflush:  # as it was before this transaction
            found = (await self.session.execute(asked)).all()
        return [Stopped(each.id, words_of(each.title, each.description)) for each in found]


def _was_stopped(row: type[PostingRow] | type[SupplyRow], since: datetime) -> ColumnElement[bool]:
    """An officer's no, pause or removal that nobody has taken back."""
    stop, later = aliased(TransitionRow), aliased(TransitionRow)
    held = ((stop.action == "pause") & stop.reason.startswith(HELD_FOR, autoescape=True)) | (stop.action == "hold")
    shown = (
        exists()
        .where(later.noun == row.NOUN, later.entity_id == row.id, later.version > stop.version, later.action.in_(SHOWS))
        .correlate(row, stop)
    )  # two levels down a row correlates by itself only with the innermost query
    return exists().where(
        stop.noun == row.NOUN,
        stop.entity_id == row.id,
        stop.at >= since,
        or_(stop.action.in_(STOPS), held),
        ~shown,
    )
