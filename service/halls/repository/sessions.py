"""A venue's rules and its sessions with their numbers."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update

from service.errors import Missing
from service.halls.rules import HallRule, commitment
from service.halls.tables import HallRuleRow, HallSessionRow, PresenceRow
from service.halls.views import Counts
from service.ids import new_id
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.uow import Uow

_SEED = "hall-seed"
MADE_AGAIN = ("rule_changed", "venue_closed")
_STATES = ("waiting", "called", "passed", "placed", "left", "unserved")
_MEDIANS = text(
    """
    select p.session_id, percentile_cont(0.5) within group (
        order by extract(epoch from p.updated_at - p.signed_in_at) / 60) as minutes
    from presences p where p.session_id = any(:sessions) and p.state = 'placed' group by p.session_id
    """
)


class SessionRepository:
    """What a venue has chosen, and when its hall is open."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    # -- venues and rules --------------------------------------------------------------------------------

    async def venue(self, venue_id: UUID, *, lock: bool = False) -> VenueRow:
        """A venue of any state; `lock` keeps others from planning its sessions meanwhile. Raises Missing."""
        asked = select(VenueRow).where(VenueRow.id == venue_id)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    def new_rule(self, venue_id: UUID, valid_from: date, rule: HallRule) -> HallRuleRow:
        """A rule, not yet added."""
        return HallRuleRow(id=new_id(), venue_id=venue_id, valid_from=valid_from, **rule.as_fields())

    async def rules(self, venue_id: UUID) -> Sequence[HallRuleRow]:
        """All rules of a venue, the latest first."""
        asked = select(HallRuleRow).where(HallRuleRow.venue_id == venue_id)
        return (await self.session.scalars(asked.order_by(HallRuleRow.valid_from.desc()))).all()

    async def rule_on(self, venue_id: UUID, day: date) -> HallRuleRow | None:
        """What holds on a working day."""
        asked = select(HallRuleRow).where(HallRuleRow.venue_id == venue_id, HallRuleRow.valid_from <= day)
        return (await self.session.scalars(asked.order_by(HallRuleRow.valid_from.desc()).limit(1))).one_or_none()

    # -- sessions --------------------------------------------------------------------------------------

    def new_session(self, venue: VenueRow, rule: HallRule, **fields: Any) -> HallSessionRow:
        """A planned session with a seed of its own, sealed; only its commitment can be read."""
        seed = secrets.token_hex(32)
        return HallSessionRow(
            id=new_id(),
            state="planned",
            venue_id=venue.id,
            city_code=venue.city_code,
            district_code=venue.district_code,
            rule=rule.as_fields(),
            next_number=1,
            seed_commitment=commitment(seed),
            seed_sealed=self.uow.ctx.vault.seal(_SEED, seed.encode()),
            seed=None,
            **fields,
        )

    def seed_of(self, row: HallSessionRow) -> str:
        """The seed, whether it is public yet or not; for drawing only."""
        return row.seed or self.uow.ctx.vault.open(_SEED, row.seed_sealed).decode()

    async def get_session(self, session_id: UUID) -> HallSessionRow:
        """One session. Raises Missing."""
        row = await self.session.get(HallSessionRow, session_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_session(self, session_id: UUID) -> HallSessionRow:
        """One session, kept until the end of the transaction. Raises Missing."""
        asked = select(HallSessionRow).where(HallSessionRow.id == session_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def session_at(self, venue_id: UUID, now: datetime) -> HallSessionRow | None:
        """The session in whose hours `now` lies, open or about to be opened by its timer."""
        asked = select(HallSessionRow).where(
            HallSessionRow.venue_id == venue_id,
            HallSessionRow.state.in_(("planned", "open")),
            HallSessionRow.opens_at <= now,
            HallSessionRow.closes_at > now,
        )
        return (await self.session.scalars(asked)).one_or_none()

    async def next_session(self, venue_id: UUID, now: datetime) -> HallSessionRow | None:
        """The next one to come."""
        asked = select(HallSessionRow).where(
            HallSessionRow.venue_id == venue_id, HallSessionRow.state == "planned", HallSessionRow.opens_at > now
        )
        return (await self.session.scalars(asked.order_by(HallSessionRow.opens_at).limit(1))).one_or_none()

    async def planned_after(self, venue_id: UUID, day: date) -> Sequence[HallSessionRow]:
        """Sessions from a working day on that have not opened, made by a rule."""
        asked = select(HallSessionRow).where(
            HallSessionRow.venue_id == venue_id,
            HallSessionRow.state == "planned",
            HallSessionRow.day >= day,
            HallSessionRow.rule_id.is_not(None),
        )
        return (await self.session.scalars(asked.order_by(HallSessionRow.id).with_for_update(key_share=True))).all()

    async def planned_of(self, venue_id: UUID, now: datetime) -> Sequence[HallSessionRow]:
        """Every session of a venue still to open, locked."""
        asked = select(HallSessionRow).where(
            HallSessionRow.venue_id == venue_id, HallSessionRow.state == "planned", HallSessionRow.closes_at > now
        )
        return (await self.session.scalars(asked.order_by(HallSessionRow.id).with_for_update(key_share=True))).all()

    async def openings(self, venue_id: UUID, after: datetime) -> set[datetime]:
        """When sessions open or opened, those cancelled by hand included: they are not made again."""
        asked = select(HallSessionRow.opens_at).where(
            HallSessionRow.venue_id == venue_id,
            HallSessionRow.closes_at > after,
            or_(HallSessionRow.state != "cancelled", HallSessionRow.cancel_reason.not_in(MADE_AGAIN)),
        )
        return set(await self.session.scalars(asked))

    async def overlapping(self, venue_id: UUID, opens_at: datetime, closes_at: datetime) -> bool:
        """Whether a session of these hours would share a minute with another."""
        asked = select(HallSessionRow.id).where(
            HallSessionRow.venue_id == venue_id,
            HallSessionRow.state != "cancelled",
            HallSessionRow.opens_at < closes_at,
            HallSessionRow.closes_at > opens_at,
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def sessions(
        self, venue_id: UUID, *, day: date | None, after: tuple[datetime, UUID] | None, from_day: date, limit: int
    ) -> Sequence[HallSessionRow]:
        """Sessions of a venue in time order, of one working day or from one on."""
        asked = select(HallSessionRow).where(HallSessionRow.venue_id == venue_id)
        asked = asked.where(HallSessionRow.day == day if day is not None else HallSessionRow.day >= from_day)
        if after is not None:
            asked = asked.where(func.row(HallSessionRow.opens_at, HallSessionRow.id) > func.row(*after))
        return (
            await self.session.scalars(asked.order_by(HallSessionRow.opens_at, HallSessionRow.id).limit(limit))
        ).all()

    async def between(self, venue_id: UUID, first: date, last: date) -> Sequence[HallSessionRow]:
        """Sessions of these working days, in time order."""
        asked = select(HallSessionRow).where(
            HallSessionRow.venue_id == venue_id, HallSessionRow.day >= first, HallSessionRow.day <= last
        )
        return (await self.session.scalars(asked.order_by(HallSessionRow.opens_at))).all()

    async def counts(self, session_ids: Collection[UUID]) -> dict[UUID, Counts]:
        """How many are in which state, for each session."""
        asked = (
            select(PresenceRow.session_id, PresenceRow.state, func.count())
            .where(PresenceRow.session_id.in_(session_ids))
            .group_by(PresenceRow.session_id, PresenceRow.state)
        )
        found: dict[UUID, dict[str, int]] = {each: dict.fromkeys(_STATES, 0) for each in session_ids}
        for session_id, state, number in await self.session.execute(asked):
            found[session_id][state] = number
        return {each: Counts(signed_in=sum(states.values()), **states) for each, states in found.items()}

    async def draw_number(self, session_id: UUID) -> int:
        """The next number; the row stays locked until the end, so that numbers are dense and never used twice."""
        step = (
            update(HallSessionRow)
            .where(HallSessionRow.id == session_id)
            .values(next_number=HallSessionRow.next_number + 1)
            .returning(HallSessionRow.next_number - 1)
            .execution_options(synchronize_session=False)
        )
        return int((await self.session.execute(step)).scalar_one())

    async def medians(self, session_ids: Sequence[UUID]) -> dict[UUID, int]:
        """Median minutes from signing in to a seat."""
        found = await self.session.execute(_MEDIANS, {"sessions": list(session_ids)})
        return {row.session_id: round(row.minutes) for row in found}
