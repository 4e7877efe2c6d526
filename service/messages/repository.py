"""Queries over messages, their deliveries, and replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Date, bindparam, func, select, text, tuple_, union, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncSession

from service.applications.tables import ApplicationRow
from service.channels.rules import USUAL
from service.db.tables import DueWorkRow
from service.employers.tables import EmployerRow
from service.engagements.lifecycle import LIVE
from service.engagements.tables import EngagementRow
from service.ids import new_id
from service.intakes.lifecycle import UNENDED_SUPPLY
from service.intakes.rules import CONSENT
from service.intakes.tables import SupplyIntakeRow
from service.messages.tables import DeliveryRow, MessageRow, ReplyRow
from service.people.tables import ConsentRow, PersonRow
from service.reference.within import within
from service.shifts.tables import ShiftRow
from service.workers.tables import WorkerRow

_LIVE_SEATS = ", ".join(f"'{state}'" for state in sorted(LIVE))


# Where a person is at home in the service: registered, profiled, or with work that is not over.
KNOWN_IN = text(
    "select id, city_code from persons where id = any(:people)"
    " union select id, city_code from workers where id = any(:people)"
    f" union select worker_id, city_code from engagements where worker_id = any(:people) and state in ({_LIVE_SEATS})"
    " union select worker_id, city_code from applications where worker_id = any(:people) and closed_at is null"
    " union select worker_id, city_code from pay_records where worker_id = any(:people)"
    " and state in ('due', 'overdue', 'disputed', 'paid_by_employer')"
).bindparams(bindparam("people", type_=ARRAY(PG_UUID(as_uuid=True))))
PLACES = text(
    " union all ".join(
        f"select '{noun}' as noun, id, city_code from {table} where id = any(:subjects)"
        for noun, table in (
            ("application", "applications"), ("contact_request", "contact_requests"), ("case", "cases"),
            ("supply_intake", "supply_intakes"), ("demand_intake", "demand_intakes"),
            ("engagement", "engagements"), ("hire", "hires"),
            ("pay_record", "pay_records"), ("posting", "postings"), ("shift", "shifts"), ("timesheet", "timesheets"),
        )
    )
).bindparams(bindparam("subjects", type_=ARRAY(PG_UUID(as_uuid=True))))  # fmt: skip
CLOSE_QUESTIONS = text(
    "update messages set answered_at = :at where subject_kind = :noun and subject_id = :subject"
    " and asks is not null and answered_at is null"
)


class MessageRepository:
    """Messages by person; deliveries by piece of work; replies by the gateway's own number."""

    def __init__(self, session: AsyncSession):
        self.session = session

    # -- inbox -----------------------------------------------------------------------------------------

    async def get(self, message_id: UUID) -> MessageRow | None:
        """One message."""
        return await self.session.get(MessageRow, message_id)

    async def inbox(
        self, person_id: UUID, employer_id: UUID | None, *, unread: bool, after: Sequence[Any] | None, limit: int
    ) -> list[MessageRow]:
        """Newest first: what was told to the person himself, or for one employer."""
        query = select(MessageRow).where(*_box(person_id, employer_id))
        if unread:
            query = query.where(MessageRow.read_at.is_(None))
        if after is not None:
            key = (datetime.fromisoformat(after[0]), UUID(after[1]))
            query = query.where(tuple_(MessageRow.created_at, MessageRow.id) < key)
        query = query.order_by(MessageRow.created_at.desc(), MessageRow.id.desc()).limit(limit)
        return list((await self.session.scalars(query)).all())

    async def count_unread(self, person_id: UUID, employer_id: UUID | None) -> int:
        """How many messages of that box are unread."""
        query = select(func.count()).where(*_box(person_id, employer_id), MessageRow.read_at.is_(None))
        return int((await self.session.execute(query)).scalar_one())

    async def close_questions(self, noun: str, subject_id: UUID, at: datetime) -> None:
        """The open questions about a subject are answered, or no longer of use."""
        await self.session.execute(CLOSE_QUESTIONS, {"noun": noun, "subject": subject_id, "at": at})

    # -- sending ---------------------------------------------------------------------------------------

    async def person(self, person_id: UUID) -> PersonRow | None:
        """The person, or the one into whom the record was merged."""
        row = await self.session.get(PersonRow, person_id)
        for _ in range(5):
            if row is None or row.merged_into is None:
                break
            row = await self.session.get(PersonRow, row.merged_into)
        return row

    async def employer_name(self, employer_id: UUID | None) -> str | None:
        """The public name; none for a household, which is a person's own."""
        if employer_id is None:
            return None
        query = select(EmployerRow.name).where(EmployerRow.id == employer_id, EmployerRow.kind != "household")
        return (await self.session.execute(query)).scalar_one_or_none()

    async def starts_of(self, noun: str | None, subject_id: UUID | None) -> datetime | None:
        """When the work that a message is about begins."""
        if subject_id is None:
            return None
        if noun == "shift":
            query = select(ShiftRow.starts_at).where(ShiftRow.id == subject_id)
        elif noun == "engagement":
            query = select(EngagementRow.starts_at).where(EngagementRow.id == subject_id)
        elif noun == "application":
            query = (
                select(ShiftRow.starts_at)
                .join(ApplicationRow, ApplicationRow.shift_id == ShiftRow.id)
                .where(ApplicationRow.id == subject_id)
            )
        else:
            return None
        return (await self.session.execute(query)).scalar_one_or_none()

    async def deliveries(self, message_id: UUID) -> list[DeliveryRow]:
        """Every attempt, oldest first."""
        query = select(DeliveryRow).where(DeliveryRow.message_id == message_id)
        return list((await self.session.scalars(query.order_by(DeliveryRow.at, DeliveryRow.id))).all())

    async def attempts(self, work_id: UUID) -> list[DeliveryRow]:
        """Every attempt so far to reach the person outside, in the order of time."""
        query = select(DeliveryRow).where(DeliveryRow.work_id == work_id, DeliveryRow.channel.in_(USUAL))
        query = query.order_by(DeliveryRow.at, DeliveryRow.attempt, DeliveryRow.id)
        return list((await self.session.scalars(query.execution_options(populate_existing=True))).all())

    async def sent_by(self, messages: Sequence[UUID]) -> dict[UUID, list[str]]:
        """The channels that have taken each message, the first one first."""
        query = select(DeliveryRow.message_id, DeliveryRow.channel).where(
            DeliveryRow.message_id.in_(messages), DeliveryRow.channel != "inbox", DeliveryRow.result == "sent"
        )
        found: dict[UUID, list[str]] = {}
        for message_id, channel in await self.session.execute(query.order_by(DeliveryRow.at, DeliveryRow.id)):
            ways = found.setdefault(cast(UUID, message_id), [])
            if channel not in ways:
                ways.append(channel)
        return found

    async def figures(self, since: datetime, until: datetime, regions: Sequence[str] | None) -> list[Any]:
        """(day, channel, result, count) of attempts to reach the people of some regions; None is everywhere."""
        day = sql_cast(func.timezone("Asia/Shanghai", DeliveryRow.at), Date).label("day")
        query = (
            select(day, DeliveryRow.channel, DeliveryRow.result, func.count().label("count"))
            .where(DeliveryRow.at >= since, DeliveryRow.at < until)
            .group_by(day, DeliveryRow.channel, DeliveryRow.result)
            .order_by(day, DeliveryRow.channel, DeliveryRow.result)
        )
        if regions is not None:
            query = query.join(MessageRow, MessageRow.id == DeliveryRow.message_id)
            query = query.join(PersonRow, PersonRow.id == MessageRow.person_id)
            query = query.where(within(PersonRow.city_code, regions))
        return list(await self.session.execute(query))

    async def note_attempt(
        self, work_id: UUID, message_id: UUID | None, channel: str, attempt: int, result: str, at: datetime
    ) -> bool:
        """Write an attempt down before it is made; False when another process has made this one."""
        row = pg_insert(DeliveryRow).values(
            id=new_id(),
            work_id=work_id,
            message_id=message_id,
            channel=channel,
            attempt=attempt,
            result=result,
            at=at,
        )
        made = row.on_conflict_do_nothing(index_elements=["work_id", "channel", "attempt"]).returning(DeliveryRow.id)
        return (await self.session.execute(made)).scalar_one_or_none() is not None

    async def set_result(self, work_id: UUID, channel: str, attempt: int, result: str) -> None:
        """What came of an attempt."""
        await self.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.work_id == work_id, DeliveryRow.channel == channel, DeliveryRow.attempt == attempt)
            .values(result=result)
        )

    async def told_alike(self, message: MessageRow, since: datetime) -> bool:
        """Whether the same words about the same thing have left for this person since then."""
        query = (
            select(MessageRow.id)
            .join(DeliveryRow, DeliveryRow.message_id == MessageRow.id)
            .where(
                MessageRow.person_id == message.person_id,
                MessageRow.template == message.template,
                MessageRow.params == message.params,
                MessageRow.code.is_not_distinct_from(message.code),
                MessageRow.subject_id.is_not_distinct_from(message.subject_id),
                MessageRow.id != message.id,
                DeliveryRow.channel.in_(USUAL),
                DeliveryRow.result.in_(("sending", "sent")),
                DeliveryRow.at > since,
            )
        )
        return (await self.session.execute(query.limit(1))).first() is not None

    async def bury(self, work_id: UUID, why: str) -> None:
        """Put a piece of work on the dead-letter list: its ladder of tries is used up."""
        await self.session.execute(
            update(DueWorkRow)
            .where(DueWorkRow.id == work_id, DueWorkRow.state == "leased")
            .values(state="dead", lease_until=None, last_error=why[:200])
        )

    # -- phones that several people share ----------------------------------------------------------------

    async def lock_phone(self, phone_hash: bytes) -> None:
        """Letters on one phone are given one after the other."""
        number = int.from_bytes(phone_hash[:8], "big", signed=True)
        await self.session.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})

    async def people_on(self, phone_hash: bytes) -> list[UUID]:
        """The people who use a phone, the longest known first."""
        query = select(PersonRow.id).where(PersonRow.phone_hash == phone_hash, PersonRow.state == "active")
        return list((await self.session.scalars(query.order_by(PersonRow.created_at, PersonRow.id))).all())

    async def known_in(self, people: Sequence[UUID]) -> dict[UUID, set[str]]:
        """The cities that know each of these people."""
        found: dict[UUID, set[str]] = {person: set() for person in people}
        for person, city in await self.session.execute(KNOWN_IN, {"people": list(people)}):
            if city is not None:
                found[person].add(city)
        return found

    async def places_of(self, questions: Sequence[MessageRow]) -> dict[UUID, str]:
        """The city of what each question is about, by message; a question about nothing local is left out."""
        subjects = [one.subject_id for one in questions if one.subject_id is not None]
        rows = await self.session.execute(PLACES, {"subjects": subjects})
        cities = {(noun, subject): city for noun, subject, city in rows}
        keyed = {one.id: cities.get((one.subject_kind, one.subject_id)) for one in questions}
        return {message: city for message, city in keyed.items() if city is not None}

    async def workers_among(self, people: Sequence[UUID]) -> list[UUID]:
        """Those of them who have a working profile, in the same order."""
        query = select(WorkerRow.id).where(WorkerRow.id.in_(people), WorkerRow.state != "merged")
        found = set((await self.session.scalars(query)).all())
        return [person for person in people if person in found]

    async def open_questions(self, people: Sequence[UUID], since: datetime) -> list[MessageRow]:
        """Unanswered questions to these people since then, the newest first."""
        query = select(MessageRow).where(
            MessageRow.person_id.in_(people),
            MessageRow.asks.is_not(None),
            MessageRow.answered_at.is_(None),
            MessageRow.created_at >= since,
        )
        return list(await self.session.scalars(query.order_by(MessageRow.created_at.desc(), MessageRow.id.desc())))

    async def asked_last(self, people: Sequence[UUID], tag: str | None, since: datetime) -> MessageRow | None:
        """The newest question to these people since then (under a letter), answered or not."""
        query = select(MessageRow).where(
            MessageRow.person_id.in_(people), MessageRow.asks.is_not(None), MessageRow.created_at >= since
        )
        if tag is not None or len(people) > 1:
            query = query.where(MessageRow.tag.is_not_distinct_from(tag))
        query = query.order_by(MessageRow.created_at.desc(), MessageRow.id.desc()).limit(1)
        return (await self.session.scalars(query)).one_or_none()

    async def entry_asked_last(self, people: Sequence[UUID], tag: str | None) -> MessageRow | None:
        """The last question to these people (under a letter), if it was about what is entered for one of them by
        somebody else and has not ended: its yes can be taken back as long as that."""
        query = select(MessageRow).where(MessageRow.person_id.in_(people), MessageRow.asks.is_not(None))
        if tag is not None or len(people) > 1:
            query = query.where(MessageRow.tag.is_not_distinct_from(tag))
        query = query.order_by(MessageRow.created_at.desc(), MessageRow.id.desc()).limit(1)
        last = (await self.session.scalars(query)).one_or_none()
        if last is None or last.subject_kind != SupplyIntakeRow.NOUN:
            return None
        state = select(SupplyIntakeRow.state).where(SupplyIntakeRow.id == last.subject_id)
        return last if await self.session.scalar(state) in UNENDED_SUPPLY else None

    async def entered_by_others(self, people: Sequence[UUID]) -> list[UUID]:
        """Those of them for whom somebody else has entered something that has not ended, or may; in the same order."""
        entries = select(SupplyIntakeRow.person_id).where(SupplyIntakeRow.state.in_(UNENDED_SUPPLY))
        agreed = select(ConsentRow.person_id).where(ConsentRow.scope == CONSENT, ConsentRow.withdrawn_at.is_(None))
        query = union(
            entries.where(SupplyIntakeRow.person_id.in_(people)), agreed.where(ConsentRow.person_id.in_(people))
        )
        found = set((await self.session.scalars(query)).all())
        return [person for person in people if person in found]

    async def had_outcome(self, person_id: UUID, outcome: str, since: datetime) -> bool:
        """Whether a reply of this person has come to this since then."""
        query = select(ReplyRow.id).where(
            ReplyRow.person_id == person_id, ReplyRow.outcome == outcome, ReplyRow.at >= since
        )
        return (await self.session.execute(query.limit(1))).first() is not None

    async def had_reply_for(self, person_id: UUID, asks: str, since: datetime) -> bool:
        """Whether a reply of this person was taken for an answer to this since then."""
        query = select(ReplyRow.id).where(
            ReplyRow.person_id == person_id, ReplyRow.taken_for == asks, ReplyRow.at >= since
        )
        return (await self.session.execute(query.limit(1))).first() is not None

    async def bearer_of(self, people: Sequence[UUID], tag: str) -> UUID | None:
        """Who of these people was last written to under a letter."""
        query = select(MessageRow.person_id).where(MessageRow.person_id.in_(people), MessageRow.tag == tag)
        query = query.order_by(MessageRow.created_at.desc(), MessageRow.id.desc()).limit(1)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def set_tag(self, message_id: UUID, tag: str) -> None:
        """The letter that the reply to a message has to carry."""
        await self.session.execute(update(MessageRow).where(MessageRow.id == message_id).values(tag=tag))

    # -- replies -----------------------------------------------------------------------------------------

    async def keep_reply(self, gateway_id: str, phone_hash: bytes, sealed: bytes, at: datetime) -> ReplyRow:
        """The reply under the gateway's number: a new row, or the one that was kept before."""
        row = pg_insert(ReplyRow).values(
            id=new_id(), gateway_id=gateway_id, phone_hash=phone_hash, sealed=sealed, outcome="received", at=at
        )
        await self.session.execute(row.on_conflict_do_nothing(index_elements=["gateway_id"]))
        kept = select(ReplyRow).where(ReplyRow.gateway_id == gateway_id).execution_options(populate_existing=True)
        return (await self.session.scalars(kept)).one()

    async def lock_reply(self, reply_id: UUID) -> ReplyRow:
        """The reply, for its outcome to be written."""
        query = select(ReplyRow).where(ReplyRow.id == reply_id).with_for_update()
        return (await self.session.scalars(query.execution_options(populate_existing=True))).one()

    async def answer_question(self, message_id: UUID, at: datetime) -> None:
        """A question has had its answer."""
        await self.session.execute(
            update(MessageRow)
            .where(MessageRow.id == message_id, MessageRow.answered_at.is_(None))
            .values(answered_at=at)
        )


def _box(person_id: UUID, employer_id: UUID | None) -> tuple[Any, ...]:
    mine = MessageRow.person_id == person_id
    if employer_id is None:
        return (mine, MessageRow.employer_id.is_(None))
    return (mine, MessageRow.employer_id == employer_id)
