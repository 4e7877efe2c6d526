"""Queries on alarms; what people wrote is opened here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, tuple_

from service.alarms.lifecycle import LIVE
from service.alarms.rules import GRAVE
from service.alarms.tables import AlarmNoteRow, AlarmRow
from service.attendance.tables import TimesheetRow
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id
from service.people.tables import PersonRow
from service.postings.tables import PostingRow
from service.reference.within import within
from service.text import mask_name
from service.vault import SealBroken
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.uow import Uow

COLUMN = "alarm_words"
FORGET = (
    text("update alarms set words_sealed = null where pressed_by = :person"),
    text("update alarm_notes set words_sealed = null where person_id = :person"),
)
After = tuple[int, datetime, UUID]


class AlarmRepository:
    """Lock worker, shift and seat before the alarm."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, **fields: Any) -> AlarmRow:
        """An open one, for `uow.add`."""
        unset: dict[str, Any] = dict.fromkeys((
            "left_at", "left_as", "back_in_line", "reopened_at", "escalated_at", "taken_by", "result", "case_id",
            "review_id", "closed_at",
        ))  # fmt: skip
        return AlarmRow(id=new_id(), state="open", held_seat=False, **unset | fields)

    async def get(self, alarm_id: UUID) -> AlarmRow:
        """By id. Raises Missing."""
        row = await self.session.get(AlarmRow, alarm_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, alarm_id: UUID) -> AlarmRow:
        """One, kept from other writers until the end. Raises Missing."""
        row = await self._locked(AlarmRow.id == alarm_id)
        if row is None:
            raise Missing
        return row

    async def lock_live(self, engagement_id: UUID, side: str, kind: str) -> AlarmRow | None:
        """The alarm that this side has pressed already and nobody has closed."""
        return await self._locked(
            AlarmRow.engagement_id == engagement_id,
            AlarmRow.side == side,
            AlarmRow.kind == kind,
            AlarmRow.state.in_(LIVE),
        )

    async def lock_withdrawn(self, engagement_id: UUID, side: str, kind: str, since: datetime) -> AlarmRow | None:
        """The alarm that this side took back last, where that was after `since`."""
        asked = select(AlarmRow.id).where(
            AlarmRow.engagement_id == engagement_id,
            AlarmRow.side == side,
            AlarmRow.kind == kind,
            AlarmRow.state == "withdrawn",
            AlarmRow.closed_at > since,
        )
        await self.uow.flush()
        last = await self.session.scalar(asked.order_by(AlarmRow.closed_at.desc(), AlarmRow.id.desc()).limit(1))
        return await self._locked(AlarmRow.id == last) if last is not None else None

    async def pressed_since(self, engagement_id: UUID, side: str, since: datetime) -> int:
        """How many alarms one side has made about a seat, without those of danger and injuries."""
        asked = select(func.count()).where(
            AlarmRow.engagement_id == engagement_id,
            AlarmRow.side == side,
            AlarmRow.gravity > GRAVE,
            AlarmRow.created_at >= since,
        )
        return int((await self.session.execute(asked)).scalar_one())

    async def _locked(self, *where: ColumnElement[bool]) -> AlarmRow | None:
        await self.uow.flush()
        asked = select(AlarmRow).where(*where).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def of_seat(self, engagement_id: UUID) -> Sequence[AlarmRow]:
        """Both sides' alarms about a seat, in their order."""
        await self.uow.flush()
        asked = select(AlarmRow).where(AlarmRow.engagement_id == engagement_id).order_by(AlarmRow.id)
        return (await self.session.scalars(asked)).all()

    async def of_person(self, person_id: UUID) -> Sequence[AlarmRow]:
        """Alarms about a person's seats, or that the person pressed."""
        await self.uow.flush()
        mine = or_(AlarmRow.worker_id == person_id, AlarmRow.pressed_by == person_id)
        asked = select(AlarmRow).where(mine).order_by(AlarmRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def page(
        self,
        regions: Sequence[str] | None,
        *,
        states: Collection[str],
        kind: str | None,
        overdue_at: datetime | None,
        mine: UUID | None,
        after: After | None,
        limit: int,
    ) -> Sequence[AlarmRow]:
        """Of these regions, the gravest first and of these the newest."""
        there = or_(within(AlarmRow.city_code, regions), within(AlarmRow.district_code, regions))
        asked = select(AlarmRow).where(there, AlarmRow.state.in_(states))
        if kind is not None:
            asked = asked.where(AlarmRow.kind == kind)
        if overdue_at is not None:
            asked = asked.where(AlarmRow.due_at <= overdue_at)
        if mine is not None:
            asked = asked.where(AlarmRow.taken_by == mine)
        if after is not None:
            gravity, at, last = after
            behind = tuple_(AlarmRow.created_at, AlarmRow.id) < tuple_(at, last)
            asked = asked.where(or_(AlarmRow.gravity > gravity, (AlarmRow.gravity == gravity) & behind))
        order = (AlarmRow.gravity, AlarmRow.created_at.desc(), AlarmRow.id.desc())
        return (await self.session.scalars(asked.order_by(*order).limit(limit))).all()

    # -- words -----------------------------------------------------------------------------------------

    async def seal(self, person_id: UUID, words: str) -> bytes:
        """What somebody wrote, under the own key; gone for good when the key is."""
        person = await self.session.get_one(PersonRow, person_id)
        return self.uow.ctx.vault.seal_for(person.data_key, person.id.bytes, COLUMN, words)

    async def opened(self, person_id: UUID | None, sealed: bytes | None) -> str | None:
        """The words again; nothing once the person is erased."""
        if person_id is None or sealed is None:
            return None
        person = await self.session.get(PersonRow, person_id)
        try:
            return self.uow.ctx.vault.open_for(person.data_key, person_id.bytes, COLUMN, sealed) if person else None
        except SealBroken:
            return None

    async def note(
        self, alarm_id: UUID, side: str, words: str, *, at: datetime, person_id: UUID | None, staff_id: UUID | None
    ) -> AlarmNoteRow:
        """Add what a side (sealed) or an officer says."""
        row = AlarmNoteRow(
            id=new_id(),
            alarm_id=alarm_id,
            side=side,
            person_id=person_id,
            staff_id=staff_id,
            words=None if person_id is not None else words,
            words_sealed=await self.seal(person_id, words) if person_id is not None else None,
            at=at,
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def notes(self, alarm_id: UUID) -> Sequence[AlarmNoteRow]:
        """What was added, in its order."""
        asked = select(AlarmNoteRow).where(AlarmNoteRow.alarm_id == alarm_id)
        return (await self.session.scalars(asked.order_by(AlarmNoteRow.at, AlarmNoteRow.id))).all()

    async def hand_notes_over(self, gone: UUID, kept: UUID) -> None:
        """After a merge what a person added is the kept record's, under its key."""
        for row in (await self.session.scalars(select(AlarmNoteRow).where(AlarmNoteRow.person_id == gone))).all():
            words = await self.opened(gone, row.words_sealed)
            row.words_sealed = await self.seal(kept, words) if words is not None else None
            row.person_id = kept
        await self.session.flush()

    async def forget(self, person_id: UUID) -> None:
        """Every word of a person goes; that something was pressed, and what came of it, stays."""
        for statement in FORGET:
            await self.session.execute(statement, {"person": person_id})

    # -- around an alarm ---------------------------------------------------------------------------------

    async def timesheet_id(self, engagement_id: UUID) -> UUID | None:
        """The hours of the seat."""
        return await self.session.scalar(select(TimesheetRow.id).where(TimesheetRow.engagement_id == engagement_id))

    async def names(self, row: AlarmRow) -> tuple[str, str, str]:
        """Title of the work, the worker masked, the employer."""
        asked = (
            select(PostingRow.title, EmployerRow.name)
            .join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
            .where(PostingRow.id == row.posting_id)
        )
        title, employer = (await self.session.execute(asked)).one()
        person = await self.session.get_one(PersonRow, row.worker_id)
        try:
            name = self.uow.people.name_of(person) or ""
        except SealBroken:
            name = ""
        return title, mask_name(name), employer

    async def hotline(self, city_code: str, district_code: str | None) -> tuple[str, str] | None:
        """(number, name) of a public market there; one of the same district before others of the city."""
        near = VenueRow.district_code.is_not_distinct_from(district_code)
        asked = select(VenueRow.hotline, VenueRow.name).where(
            VenueRow.city_code == city_code, VenueRow.hotline.is_not(None), VenueRow.state == "open"
        )
        row = (await self.session.execute(asked.order_by(near.desc(), VenueRow.id).limit(1))).one_or_none()
        return (str(row[0]), str(row[1])) if row is not None else None

    async def counts(self, regions: Sequence[str] | None, now: datetime) -> tuple[int, int]:
        """(live, and past their time) in these regions."""
        there = or_(within(AlarmRow.city_code, regions), within(AlarmRow.district_code, regions))
        asked = select(func.count(), func.count().filter(AlarmRow.due_at <= now)).where(there, AlarmRow.state.in_(LIVE))
        live, overdue = (await self.session.execute(asked)).one()
        return int(live), int(overdue)
