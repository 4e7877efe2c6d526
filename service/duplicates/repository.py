"""What stands beside a posting that may repeat it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.applications.tables import ApplicationRow
from service.db.tables import TransitionRow
from service.duplicates.rules import Stopped, words_at
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
        """What officers stopped of an employer, and of others that one of its people acts for too, the newest first,
        in the words that it had then."""
        if employer_id not in self._stopped:
            people = select(MemberRow.person_id).where(
                MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None)
            )
            theirs = select(MemberRow.employer_id).where(MemberRow.person_id.in_(people))
            whose = or_(PostingRow.employer_id == employer_id, PostingRow.employer_id.in_(theirs))
            self._stopped[employer_id] = await self._of(PostingRow, whose, since)
        return self._stopped[employer_id]

    async def stopped_supplies(self, worker_id: UUID, since: datetime) -> Sequence[Stopped]:
        """What officers stopped of a person, the newest first, in the words that it had then."""
        if worker_id not in self._stopped:
            self._stopped[worker_id] = await self._of(SupplyRow, SupplyRow.worker_id == worker_id, since)
        return self._stopped[worker_id]

    async def _of(
        self, row: type[PostingRow] | type[SupplyRow], whose: ColumnElement[bool], since: datetime
    ) -> Sequence[Stopped]:
        stop = aliased(TransitionRow)
        asked = (
            select(row.id, row.title, row.description, stop.version)
            .join(stop, and_(stop.noun == row.NOUN, stop.entity_id == row.id))
            .where(whose, row.state.in_(MAY_BE_STOPPED), _stands(row, stop, since))
            .order_by(row.id.desc(), stop.version.desc())
            .limit(MOST_STOPPED)
        )
        with self.session.no_autoflush:  # as it was before this transaction
            found = (await self.session.execute(asked)).all()
            changes = await self._changes_of_words(row.NOUN, {each.id for each in found})
        return [
            Stopped(each.id, words_at(each.version, each.title, each.description, changes.get(each.id, ())))
            for each in found
        ]

    async def _changes_of_words(self, noun: str, ids: Collection[UUID]) -> dict[UUID, list[tuple[int, dict[str, Any]]]]:
        """By id (version, what changed) of every change of title or description, the newest first."""
        if not ids:
            return {}
        asked = (
            select(TransitionRow.entity_id, TransitionRow.version, TransitionRow.changes)
            .where(
                TransitionRow.noun == noun,
                TransitionRow.entity_id.in_(ids),
                TransitionRow.changes.has_any(array(["title", "description"])),
            )
            .order_by(TransitionRow.version.desc())
        )
        changes: dict[UUID, list[tuple[int, dict[str, Any]]]] = {}
        for each in await self.session.execute(asked):
            changes.setdefault(each.entity_id, []).append((each.version, each.changes))
        return changes


def _stands(row: type[PostingRow] | type[SupplyRow], stop: type[TransitionRow], since: datetime) -> ColumnElement[bool]:
    """Whether a line of the log is an officer's no, pause or removal that nobody has taken back."""
    later = aliased(TransitionRow)
    held = ((stop.action == "pause") & stop.reason.startswith(HELD_FOR, autoescape=True)) | (stop.action == "hold")
    shown = (
        exists()
        .where(later.noun == row.NOUN, later.entity_id == row.id, later.version > stop.version, later.action.in_(SHOWS))
        .correlate(row, stop)
    )
    return and_(stop.at >= since, or_(stop.action.in_(STOPS), held), ~shown)
