"""Halls: rules of a venue, its sessions with their numbers, and who is present."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, case, cast, exists, func, or_, select, text, update

from service.engagements.lifecycle import FIRM
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.halls.lifecycle import IN_LINE
from service.halls.rules import HallRule, commitment, first_place
from service.halls.tables import HallRuleRow, HallSessionRow, PresenceRow
from service.halls.views import Counts, LineFacts
from service.ids import new_id
from service.plans.tables import PlanLineRow
from service.venues.tables import VenueRow
from service.workers.tables import WaitingRow

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


class HallRepository:
    """Locks: worker, then the session's row, then presences."""

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

    async def venues_with_rules(self) -> Sequence[UUID]:
        """Venues that have ever chosen a rule."""
        return (await self.session.scalars(select(HallRuleRow.venue_id).distinct())).all()

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

    # -- presences -------------------------------------------------------------------------------------

    def new_presence(self, session: HallSessionRow, worker_id: UUID, number: int, **fields: Any) -> PresenceRow:
        """A presence, not yet added."""
        return PresenceRow(
            id=new_id(),
            state="waiting",
            session_id=session.id,
            venue_id=session.venue_id,
            city_code=session.district_code or session.city_code,
            worker_id=worker_id,
            number=number,
            place=first_place(number),
            calls=0,
            called_at=None,
            **fields,
        )

    async def presence(self, presence_id: UUID) -> PresenceRow:
        """One, to look at. Raises Missing."""
        row = await self.session.get(PresenceRow, presence_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_presence(self, presence_id: UUID) -> PresenceRow:
        """One, kept until the end. Raises Missing."""
        asked = select(PresenceRow).where(PresenceRow.id == presence_id).with_for_update()
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def present_at(self, session_id: UUID, worker_id: UUID) -> PresenceRow | None:
        """The worker's presence at a session, kept until the end."""
        asked = select(PresenceRow).where(PresenceRow.session_id == session_id, PresenceRow.worker_id == worker_id)
        rows = await self.session.scalars(asked.with_for_update().execution_options(populate_existing=True))
        return rows.one_or_none()

    async def live_of_worker(self, worker_id: UUID, states: Collection[str]) -> Sequence[Any]:
        """(presence, session) of a worker at sessions not yet cancelled, newest first, presences locked."""
        asked = (
            select(PresenceRow, HallSessionRow)
            .join(HallSessionRow, HallSessionRow.id == PresenceRow.session_id)
            .where(PresenceRow.worker_id == worker_id, PresenceRow.state.in_(states))
            .order_by(HallSessionRow.opens_at.desc())
            .with_for_update(of=PresenceRow)
            .execution_options(populate_existing=True)
        )
        return (await self.session.execute(asked)).all()

    async def seated_else(self, worker_id: UUID, first: datetime, last: datetime, except_id: UUID) -> bool:
        """Whether the worker has another firm seat that begins in this span."""
        asked = select(EngagementRow.id).where(
            EngagementRow.worker_id == worker_id,
            EngagementRow.state.in_(FIRM),
            EngagementRow.starts_at >= first,
            EngagementRow.starts_at < last,
            EngagementRow.id != except_id,
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def of_worker(self, worker_id: UUID) -> Sequence[PresenceRow]:
        """Every presence of a worker."""
        asked = select(PresenceRow).where(PresenceRow.worker_id == worker_id).order_by(PresenceRow.id)
        return (await self.session.scalars(asked)).all()

    async def outcomes(self, venue_id: UUID, worker_id: UUID, most: int) -> Sequence[str]:
        """How the worker's last sessions here ended, newest first; `refused` where a seat was offered in vain."""
        in_vain = exists().where(
            PlanLineRow.presence_id == PresenceRow.id, PlanLineRow.state.in_(("refused", "lapsed"))
        )
        asked = (
            select(case((in_vain, "refused"), else_=PresenceRow.state))
            .join(HallSessionRow, HallSessionRow.id == PresenceRow.session_id)
            .where(
                PresenceRow.venue_id == venue_id, PresenceRow.worker_id == worker_id, HallSessionRow.state == "closed"
            )
            .order_by(HallSessionRow.opens_at.desc())
            .limit(most)
        )
        return (await self.session.scalars(asked)).all()

    async def to_close(self, session_id: UUID) -> Sequence[PresenceRow]:
        """Who is still here when a session closes, locked in one order."""
        asked = select(PresenceRow).where(
            PresenceRow.session_id == session_id, PresenceRow.state.in_(("waiting", "called", "passed"))
        )
        return (await self.session.scalars(asked.order_by(PresenceRow.id).with_for_update())).all()

    async def in_line(self, session_id: UUID) -> list[LineFacts]:
        """Who is in line (waiting or called), with what a plan needs."""
        asked = _line_of(session_id).where(PresenceRow.state.in_(IN_LINE)).order_by(PresenceRow.number)
        return [LineFacts(*row) for row in await self.session.execute(asked)]

    async def waiting_with(self, session_id: UUID, trade: str | None) -> list[LineFacts]:
        """Who may be called now, for one trade or for any."""
        asked = _line_of(session_id).where(PresenceRow.state == "waiting")
        if trade is not None:
            asked = asked.where(WaitingRow.trades.op("?")(cast(trade, Text)))
        return [LineFacts(*row) for row in await self.session.execute(asked)]

    async def people(self, session_id: UUID, *, states: Sequence[str] | None, after: int, limit: int) -> Sequence[Any]:
        """(presence, waiting or None) by number."""
        asked = (
            select(PresenceRow, WaitingRow)
            .outerjoin(WaitingRow, WaitingRow.id == PresenceRow.waiting_id)
            .where(PresenceRow.session_id == session_id, PresenceRow.number > after)
        )
        if states:
            asked = asked.where(PresenceRow.state.in_(states))
        return (await self.session.execute(asked.order_by(PresenceRow.number).limit(limit))).all()

    async def waiting_of(self, row: PresenceRow) -> WaitingRow | None:
        """What the person said when signing in."""
        return await self.session.get(WaitingRow, row.waiting_id, populate_existing=True) if row.waiting_id else None


def _line_of(session_id: UUID) -> Any:
    """The columns of `LineFacts` for people of a session."""
    offered = exists().where(PlanLineRow.presence_id == PresenceRow.id, PlanLineRow.state == "offered")
    return (
        select(
            PresenceRow.id, PresenceRow.worker_id, PresenceRow.number, PresenceRow.place, PresenceRow.turns_owed,
            WaitingRow.crew_id, WaitingRow.until, PresenceRow.state, offered,
        )
        .outerjoin(WaitingRow, WaitingRow.id == PresenceRow.waiting_id)
        .where(PresenceRow.session_id == session_id)
    )  # fmt: skip
