"""Queries on contact requests, on what was relayed, and on who may be shown to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update

from service.contact_requests.lifecycle import LIVE
from service.contact_requests.tables import (
    ContactChoiceRow,
    ContactRequestRow,
    RelayedCallRow,
    RelayedTextRow,
    RelayEndRow,
    RelayRow,
)
from service.contact_requests.views import Exchange, Parties, Received
from service.employers.rules import is_held, public_name
from service.employers.tables import EmployerRow, MemberRow
from service.errors import Missing
from service.ids import new_id
from service.people.tables import PersonRow
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTINGS
from service.postings.tables import PostingRow
from service.supplies.tables import SupplyRow

if TYPE_CHECKING:
    from service.uow import Uow

MOST_EXCHANGES = 200


class ContactRequestRepository:
    """Who asked whom, and what the gateways told."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    # -- requests ---------------------------------------------------------------------------------------

    def new(self, **fields: Any) -> ContactRequestRow:
        """One for `uow.add`."""
        empty = dict.fromkeys(("worker_agreed_at", "employer_agreed_at", "ends_at", "closed_at"))
        return ContactRequestRow(id=new_id(), state="asked", **(empty | fields))

    async def get(self, request_id: UUID) -> ContactRequestRow:
        """By id. Raises Missing."""
        row = await self.session.get(ContactRequestRow, request_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, request_id: UUID) -> ContactRequestRow:
        """One, kept from other writers until the end. Raises Missing."""
        asked = select(ContactRequestRow).where(ContactRequestRow.id == request_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def lock_live(self, **which: UUID) -> Sequence[ContactRequestRow]:
        """Requests that have not ended, of a worker, an employer, a supply or another posting; in one order."""
        asked = select(ContactRequestRow).filter_by(**which).where(ContactRequestRow.state.in_(LIVE))
        asked = asked.order_by(ContactRequestRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def hush(self, request_id: UUID) -> None:
        """Only its asker knows of it from now on. No edit of the row: its version is in what the asker reads."""
        asked = update(ContactRequestRow).where(ContactRequestRow.id == request_id)
        await self.session.execute(asked.values(unheard=True).execution_options(synchronize_session="evaluate"))

    async def of_worker(self, worker_id: UUID) -> Sequence[ContactRequestRow]:
        """Every one of a person."""
        asked = select(ContactRequestRow).where(ContactRequestRow.worker_id == worker_id)
        return (await self.session.scalars(asked.order_by(ContactRequestRow.id))).all()

    async def page(
        self, mine: dict[str, UUID], states: Sequence[str], after: UUID | None, limit: int
    ) -> Sequence[ContactRequestRow]:
        """A side's requests, the newest first; without those that only the other side knows of."""
        side = "worker" if "worker_id" in mine else "employer"
        asked = select(ContactRequestRow).filter_by(**mine)
        asked = asked.where(or_(ContactRequestRow.unheard.is_(False), ContactRequestRow.asked_by == side))
        if states:
            asked = asked.where(ContactRequestRow.state.in_(states))
        if after is not None:
            asked = asked.where(ContactRequestRow.id < after)
        return (await self.session.scalars(asked.order_by(ContactRequestRow.id.desc()).limit(limit))).all()

    async def asked_since(self, since: datetime, *, asked_by: str, person_id: UUID | None = None, **which: UUID) -> int:
        """How many requests one side made after `since`, also withdrawn ones; of an employer also by its asker over
        all employers."""
        asked = select(func.count()).select_from(ContactRequestRow).filter_by(asked_by=asked_by)
        mine = [getattr(ContactRequestRow, name) == value for name, value in which.items()]
        if person_id is not None:
            mine.append(ContactRequestRow.member_person_id == person_id)
        asked = asked.where(ContactRequestRow.created_at >= since, or_(*mine))
        return int((await self.session.execute(asked)).scalar_one())

    async def received_since(self, worker_id: UUID, since: datetime) -> Received:
        """How many requests a person has had from employers after `since`, and how many of them still count."""
        kept = func.count().filter(ContactRequestRow.state != "withdrawn")
        asked = select(func.count(), kept).filter_by(asked_by="employer", worker_id=worker_id, unheard=False)
        made, counted = (await self.session.execute(asked.where(ContactRequestRow.created_at >= since))).one()
        return Received(int(made), int(counted))

    async def between(
        self, worker_id: UUID, employer_id: UUID, since: datetime, *, asked_by: str, person_id: UUID | None = None
    ) -> Sequence[ContactRequestRow]:
        """What one side has asked the other and is live, or was asked or ended after `since`; of an employer also
        what its asker asked for another employer."""
        theirs = [ContactRequestRow.employer_id == employer_id]
        if person_id is not None:
            theirs.append(ContactRequestRow.member_person_id == person_id)
        recent = or_(ContactRequestRow.created_at > since, ContactRequestRow.closed_at > since)
        asked = select(ContactRequestRow).filter_by(asked_by=asked_by, worker_id=worker_id)
        asked = asked.where(or_(*theirs), or_(ContactRequestRow.state.in_(LIVE), recent))
        return (await self.session.scalars(asked)).all()

    # -- what is asked about ----------------------------------------------------------------------------

    async def posting(self, posting_id: UUID) -> PostingRow:
        """A posting that everybody may see. Raises Missing."""
        asked = select(PostingRow).where(
            PostingRow.id == posting_id, PostingRow.state.in_(PUBLIC_POSTINGS), PostingRow.private.is_(False)
        )
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def parties(self, row: ContactRequestRow) -> Parties:
        """What is asked about, and the employer as everybody reads it."""
        if row.supply_id is not None:
            title = await self.session.scalar(select(SupplyRow.title).where(SupplyRow.id == row.supply_id))
        else:
            title = await self.session.scalar(select(PostingRow.title).where(PostingRow.id == row.posting_id))
        employer = await self.session.get_one(EmployerRow, row.employer_id)
        name = public_name(employer.name, employer.kind)
        return Parties(str(title), name, employer.kind, is_held(employer.state))

    async def employers_of(self, person_id: UUID) -> Sequence[UUID]:
        """For whom a person decides, in one order."""
        asked = select(MemberRow.employer_id).where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
        return (await self.session.scalars(asked.order_by(MemberRow.employer_id))).all()

    async def speaker(self, row: ContactRequestRow) -> PersonRow | None:
        """Who speaks for the employer: the one of the request while he decides there, else the first who does."""
        people = await self.uow.members.deciders(row.employer_id)
        chosen = row.member_person_id if row.member_person_id in people else next(iter(people), None)
        return await self.session.get(PersonRow, chosen) if chosen is not None else None

    # -- the person's choice ----------------------------------------------------------------------------

    async def choice(self, worker_id: UUID) -> ContactChoiceRow | None:
        """What the person has chosen, if ever."""
        return await self.session.get(ContactChoiceRow, worker_id, populate_existing=True)

    def new_choice(self, worker_id: UUID, asks_taken: bool) -> ContactChoiceRow:
        """One for `uow.add`."""
        return ContactChoiceRow(id=worker_id, asks_taken=asks_taken)

    # -- relayed ----------------------------------------------------------------------------------------

    def add_text(self, request_id: UUID, side: str, characters: int, at: datetime) -> RelayedTextRow:
        """Note that a text went across."""
        row = RelayedTextRow(
            id=new_id(), request_id=request_id, from_side=side, characters=characters, at=at, left_at=None
        )
        self.session.add(row)
        return row

    async def note_left(self, text_id: UUID, at: datetime) -> None:
        """A text is on its way to a phone."""
        await self.session.execute(update(RelayedTextRow).where(RelayedTextRow.id == text_id).values(left_at=at))

    async def last_text_to(self, person_id: UUID, since: datetime) -> datetime | None:
        """When a text of anybody's was last passed on to this person or left for the phone, if that was after `since`.

        On the side of employers it may have gone to another of those who decide there.
        """
        last = func.greatest(RelayedTextRow.at, RelayedTextRow.left_at)
        decides = select(MemberRow.employer_id).where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
        to_worker = and_(ContactRequestRow.worker_id == person_id, RelayedTextRow.from_side == "employer")
        to_member = and_(ContactRequestRow.employer_id.in_(decides), RelayedTextRow.from_side == "worker")
        asked = select(func.max(last)).join(ContactRequestRow, ContactRequestRow.id == RelayedTextRow.request_id)
        each = [await self.session.scalar(asked.where(side, last > since)) for side in (to_worker, to_member)]
        return max((at for at in each if at is not None), default=None)

    async def texts_sent(self, request_id: UUID, side: str) -> int:
        """How many texts one side has sent."""
        asked = select(func.count()).where(RelayedTextRow.request_id == request_id, RelayedTextRow.from_side == side)
        return int((await self.session.execute(asked)).scalar_one())

    def new_relay(self, request: ContactRequestRow, *, number: str, asked_by: str, until: datetime) -> RelayRow:
        """A lent number for `uow.add`."""
        return RelayRow(
            id=new_id(), state="bound", request_id=request.id, city_code=request.city_code, number=number,
            asked_by=asked_by, until=until, released_at=None,
        )  # fmt: skip

    async def bound(self, request_id: UUID) -> RelayRow | None:
        """The number that is lent to a request now."""
        asked = select(RelayRow).where(RelayRow.request_id == request_id, RelayRow.state == "bound")
        return (await self.session.scalars(asked.with_for_update(key_share=True))).one_or_none()

    async def lock_relay(self, relay_id: UUID) -> RelayRow:
        """A lent number, kept from other writers. Raises Missing."""
        asked = select(RelayRow).where(RelayRow.id == relay_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def bound_since(self, request_id: UUID, since: datetime) -> int:
        """How often a number was lent to a request after `since`."""
        asked = select(func.count()).where(RelayRow.request_id == request_id, RelayRow.created_at >= since)
        return int((await self.session.execute(asked)).scalar_one())

    async def numbers_on(self, *phones: bytes) -> frozenset[str]:
        """The lent numbers on which one of these phones (keyed hashes) is."""
        asked = select(RelayEndRow.number).where(RelayEndRow.phone_hash.in_(phones), RelayEndRow.released_at.is_(None))
        return frozenset(await self.session.scalars(asked))

    async def bind(self, relay: RelayRow, ends: dict[str, bytes]) -> None:
        """Put both phones on the number."""
        await self.uow.flush()
        self.session.add_all(
            RelayEndRow(relay_id=relay.id, side=side, number=relay.number, phone_hash=phone, released_at=None)
            for side, phone in ends.items()
        )
        await self.session.flush()

    async def ends(self, relay_id: UUID) -> dict[str, bytes]:
        """The phones (keyed hashes) on a lent number, by side."""
        asked = select(RelayEndRow.side, RelayEndRow.phone_hash).where(
            RelayEndRow.relay_id == relay_id, RelayEndRow.released_at.is_(None)
        )
        return {row.side: row.phone_hash for row in await self.session.execute(asked)}

    async def release_ends(self, relay_id: UUID, at: datetime) -> None:
        """The number is free for both phones again."""
        freed = update(RelayEndRow).where(RelayEndRow.relay_id == relay_id, RelayEndRow.released_at.is_(None))
        await self.session.execute(freed.values(released_at=at))

    async def call_of(self, gateway_id: str) -> RelayedCallRow | None:
        """A call that the gateway has reported already."""
        asked = select(RelayedCallRow).where(RelayedCallRow.gateway_id == gateway_id)
        return (await self.session.scalars(asked)).one_or_none()

    async def add_call(self, **fields: Any) -> RelayedCallRow:
        """Note a call."""
        row = RelayedCallRow(id=new_id(), **fields)
        self.session.add(row)
        await self.session.flush()
        return row

    async def exchanges(self, request_id: UUID) -> list[Exchange]:
        """Texts and calls of a request, the newest first: when, from whom, how long."""
        texts = await self.session.scalars(
            select(RelayedTextRow)
            .where(RelayedTextRow.request_id == request_id)
            .order_by(RelayedTextRow.at.desc())
            .limit(MOST_EXCHANGES)
        )
        calls = await self.session.scalars(
            select(RelayedCallRow)
            .where(RelayedCallRow.request_id == request_id)
            .order_by(RelayedCallRow.started_at.desc())
            .limit(MOST_EXCHANGES)
        )
        made = [Exchange("text", row.from_side, row.at, row.characters, None, None) for row in texts]
        made += [Exchange("call", row.from_side, row.started_at, None, row.seconds, row.outcome) for row in calls]
        return sorted(made, key=lambda each: each.at, reverse=True)[:MOST_EXCHANGES]
