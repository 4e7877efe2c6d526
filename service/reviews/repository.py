"""Queries on reviews, and on what they are about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, tuple_

from service.actor import STAFF
from service.db.tables import TransitionRow
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id
from service.postings.tables import PostingRow
from service.reference.within import about
from service.reviews.lifecycle import OPEN
from service.reviews.queue import QueueFilter
from service.reviews.rules import ENTERING, GRAVE
from service.reviews.tables import ReviewRow
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.uow import Uow

HISTORY_MOST = 50
SUBJECTS = {"posting": PostingRow, "supply": SupplyRow, "employer": EmployerRow}
_POSTING = (
    "id", "version", "state", "title", "description", "trade", "job_kind", "city_code", "district_code", "address",
    "pay_fen", "pay_most_fen", "pay_unit", "pay_note", "headcount", "valid_until", "channel", "source", "employer_id",
    "warnings",
)  # fmt: skip
_SUPPLY = ("id", "version", "state", "title", "description", "kind", "city_code", "valid_until", "channel", "warnings")


class ReviewRepository:
    """Lock the subject (shifts, posting; or supply posting) before its review."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> ReviewRow:
        """One that waits, for `uow.add`."""
        unset = dict.fromkeys(
            ("claimed_by", "claimed_until", "decided_by", "outcome", "sentence", "checklist_of", "closed_at")
        )
        made: dict[str, Any] = {"reasons": [], "overrules": [], "checked": [], "facts": {}} | unset | fields
        return ReviewRow(id=new_id(), state="waiting", **made)

    async def get(self, review_id: UUID) -> ReviewRow:
        """By id. Raises Missing."""
        row = await self.session.get(ReviewRow, review_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lies_in(self, review_id: UUID, regions: Sequence[str] | None) -> bool:
        """Whether what it is about is in one of these regions, by city or district."""
        asked = select(ReviewRow.id).where(ReviewRow.id == review_id, about(ReviewRow, regions, SUBJECTS))
        return await self.session.scalar(asked) is not None

    async def lock(self, review_id: UUID) -> ReviewRow:
        """One, kept from other writers until the end. Raises Missing."""
        row = await self._locked(ReviewRow.id == review_id)
        if row is None:
            raise Missing
        return row

    async def lock_open(self, noun: str, subject_id: UUID) -> ReviewRow | None:
        """The open review of a posting or supply posting."""
        return await self._locked(ReviewRow.noun == noun, ReviewRow.subject_id == subject_id, ReviewRow.state.in_(OPEN))

    async def lock_next(self, regions: Sequence[str] | None, by: UUID, now: datetime) -> ReviewRow | None:
        """The most urgent one that nobody has and that the officer may decide; those being taken now are passed by."""
        asked = (
            select(ReviewRow)
            .where(ReviewRow.state.in_(OPEN), _free(now), about(ReviewRow, regions, SUBJECTS))
            .where(not_(ReviewRow.entered_by.contains([by])))
            .order_by(ReviewRow.priority, ReviewRow.due_at, ReviewRow.id)
            .limit(1)
            .with_for_update(skip_locked=True, key_share=True)
        )
        row: ReviewRow | None = await self.session.scalar(asked.execution_options(populate_existing=True))
        return row

    async def _locked(self, *where: ColumnElement[bool]) -> ReviewRow | None:
        asked = select(ReviewRow).where(*where).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def page(
        self, wanted: QueueFilter, now: datetime, after: tuple[int, datetime, UUID] | None, limit: int
    ) -> Sequence[ReviewRow]:
        """Open ones, the most urgent first; decided ones by the same order of what they were."""
        asked = select(ReviewRow).where(*_wanted(wanted, now))
        order = (ReviewRow.priority, ReviewRow.due_at, ReviewRow.id)
        if after is not None:
            asked = asked.where(tuple_(*order) > tuple_(*after))
        return (await self.session.scalars(asked.order_by(*order).limit(limit))).all()

    async def counts(
        self, regions: Sequence[str] | None, by: UUID, now: datetime, soon: datetime
    ) -> list[Mapping[str, Any]]:
        """Open ones by noun and kind: all, overdue, due soon, free, mine, grave."""

        def count(where: ColumnElement[bool]) -> ColumnElement[int]:
            return func.count(case((where, 1)))

        asked = (
            select(
                ReviewRow.noun,
                ReviewRow.kind,
                func.count().label("open"),
                count(ReviewRow.due_at <= now).label("overdue"),
                count(and_(ReviewRow.due_at > now, ReviewRow.due_at <= soon)).label("due_soon"),
                count(_free(now)).label("free"),
                count(and_(_taken(now), ReviewRow.claimed_by == by)).label("mine"),
                count(ReviewRow.priority == GRAVE).label("grave"),
            )
            .where(ReviewRow.state.in_(OPEN), about(ReviewRow, regions, SUBJECTS))
            .group_by(ReviewRow.noun, ReviewRow.kind)
            .order_by(ReviewRow.noun, ReviewRow.kind)
        )
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def of_subject(self, noun: str, subject_id: UUID) -> Sequence[ReviewRow]:
        """Every review of a posting or supply posting, the newest first."""
        asked = select(ReviewRow).where(ReviewRow.noun == noun, ReviewRow.subject_id == subject_id)
        return (await self.session.scalars(asked.order_by(ReviewRow.id.desc()).limit(HISTORY_MOST))).all()

    async def enterers(self, noun: str, subject_id: UUID) -> set[UUID]:
        """The staff who put words into a posting or supply posting, by the log."""
        asked = select(TransitionRow.actor_id).where(
            TransitionRow.noun == noun,
            TransitionRow.entity_id == subject_id,
            TransitionRow.actor_kind.in_(STAFF),
            TransitionRow.action.in_(ENTERING),
        )
        return {each for each in await self.session.scalars(asked) if each is not None}

    async def rules_told(self, noun: str, subject_id: UUID) -> frozenset[str]:
        """The guard's rules that a review of it, open or closed, was raised for."""
        asked = select(ReviewRow.facts["rules"]).where(ReviewRow.noun == noun, ReviewRow.subject_id == subject_id)
        return frozenset(code for told in await self.session.scalars(asked) for code in told or ())

    async def subject_ids(self, review_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """What reviews are about, by their ids; unknown ones are left out."""
        asked = select(ReviewRow.id, ReviewRow.subject_id).where(ReviewRow.id.in_(review_ids))
        return {row.id: row.subject_id for row in await self.session.execute(asked)}

    async def moves(self, noun: str, subject_id: UUID) -> list[Mapping[str, Any]]:
        """The last lines of the log on a posting or supply posting, the newest first."""
        asked = (
            select(
                TransitionRow.version, TransitionRow.at, TransitionRow.action, TransitionRow.from_state,
                TransitionRow.to_state, TransitionRow.reason, TransitionRow.actor_kind,
            )
            .where(TransitionRow.noun == noun, TransitionRow.entity_id == subject_id)
            .order_by(TransitionRow.version.desc())
            .limit(HISTORY_MOST)
        )  # fmt: skip
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def subjects(self, named: Collection[tuple[str, UUID]]) -> dict[tuple[str, UUID], Mapping[str, Any]]:
        """What reviews are about, by noun and id."""
        found: dict[tuple[str, UUID], Mapping[str, Any]] = {}
        for row in await self._postings([each for noun, each in named if noun == "posting"]):
            found["posting", row["id"]] = row
        for row in await self._employers([each for noun, each in named if noun == "employer"]):
            found["employer", row["id"]] = row
        for row in await self._supplies([each for noun, each in named if noun == "supply"]):
            found["supply", row["id"]] = row
        return found

    async def _postings(self, ids: Collection[UUID]) -> Sequence[Mapping[str, Any]]:
        if not ids:
            return []
        asked = (
            select(
                *(getattr(PostingRow, name) for name in _POSTING),
                EmployerRow.name.label("employer_name"),
                EmployerRow.kind.label("employer_kind"),
                EmployerRow.state.label("employer_state"),
            )
            .join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
            .where(PostingRow.id.in_(ids))
        )
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]

    async def _employers(self, ids: Collection[UUID]) -> Sequence[Mapping[str, Any]]:
        if not ids:
            return []
        names = ("id", "version", "state", "kind", "city_code", "district_code", "address")
        columns = [getattr(EmployerRow, name) for name in names]
        asked = select(*columns, EmployerRow.name.label("title")).where(EmployerRow.id.in_(ids))
        return [dict(row) | {"warnings": []} for row in (await self.session.execute(asked)).mappings()]

    async def _supplies(self, ids: Collection[UUID]) -> Sequence[Mapping[str, Any]]:
        if not ids:
            return []
        asked = select(*(getattr(SupplyRow, name) for name in _SUPPLY), SupplyRow.trades).where(SupplyRow.id.in_(ids))
        return [dict(row) for row in (await self.session.execute(asked)).mappings()]


def _wanted(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    where = [about(ReviewRow, wanted.regions, SUBJECTS)]
    where.append(ReviewRow.state == "decided" if wanted.state == "decided" else ReviewRow.state.in_(OPEN))
    if wanted.state == "free":
        where.append(_free(now))
    if wanted.state == "claimed":
        where.append(_taken(now))
    if wanted.mine is not None:
        mine = ReviewRow.decided_by if wanted.state == "decided" else ReviewRow.claimed_by
        where.append(mine == wanted.mine)
    if wanted.noun is not None:
        where.append(ReviewRow.noun == wanted.noun)
    if wanted.kind is not None:
        where.append(ReviewRow.kind == wanted.kind)
    if wanted.overdue:
        where.append(ReviewRow.due_at <= now)
    return where


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(ReviewRow.claimed_by.is_(None), ReviewRow.claimed_until <= now)


def _taken(now: datetime) -> ColumnElement[bool]:
    return and_(ReviewRow.claimed_by.is_not(None), ReviewRow.claimed_until > now)
