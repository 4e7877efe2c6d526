"""What figures say of a place: people without work, seats without people; and the proposals that came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, tuple_

from service.applications.lifecycle import LIVE as LIVE_APPLICATION
from service.engagements.lifecycle import SEATED
from service.errors import Missing
from service.fairs.tables import ProposalRow
from service.ids import new_id
from service.reference.within import within
from service.referrals.lifecycle import LIVE as LIVE_REFERRAL

if TYPE_CHECKING:
    from service.uow import Uow

# Somebody looks for work where they say; who names no district looks where they live, if that is in the city.
SEEKERS = text(
    """
    select place, trade, count(distinct worker_id) as people from (
        select s.worker_id, t.trade,
               coalesce(d.code, case when left(w.district_code, 4) = left(s.city_code, 4) then w.district_code end,
                        s.city_code) as place
        from supplies s
        join workers w on w.id = s.worker_id
        cross join lateral jsonb_array_elements_text(s.trades) as t(trade)
        left join lateral jsonb_array_elements_text(s.district_codes) as d(code) on true
        where s.state = 'published' and s.kind = 'work' and s.published_at > :since and s.published_at <= :now
          and not exists (select from engagements e where e.worker_id = s.worker_id and e.state = any(:seated)
                          and e.created_at >= s.published_at)
          and not exists (select from applications a where a.worker_id = s.worker_id and a.state = any(:live))
          and not exists (select from referrals r where r.worker_id = s.worker_id and r.state = any(:referred))
    ) found group by place, trade
    """
)
SEATS = text(
    """
    with free as (
        select coalesce(p.district_code, p.city_code) as place, p.trade, p.priority_groups,
               s.headcount - s.taken as seats
        from shifts s join postings p on p.id = s.posting_id
        where s.state = 'open' and s.starts_at > :now and s.starts_at <= :until and s.headcount > s.taken
          and p.state = 'published' and not p.private
    )
    select place, 'trade' as subject, trade as code, sum(seats)::int as seats from free group by place, trade
    union all
    select place, 'group', g.code, sum(seats)::int
    from free cross join lateral jsonb_array_elements_text(priority_groups) as g(code) group by place, g.code
    """
)


class FairProposalRepository:
    """Counted from rows as they stand, and stored once a month."""

    uow: Uow
    session: Any

    async def seekers(self, since: datetime, now: datetime) -> list[tuple[str, str, int]]:
        """(place, trade, people) of public wishes for work that nothing has come of."""
        facts = {"since": since, "now": now, "seated": list(SEATED), "live": list(LIVE_APPLICATION)}
        facts |= {"referred": list(LIVE_REFERRAL)}
        return [(row.place, row.trade, row.people) for row in await self.session.execute(SEEKERS, facts)]

    async def open_seats(self, now: datetime, until: datetime) -> list[tuple[str, str, str, int]]:
        """(place, trade or group, its code, seats) that nobody has taken yet."""
        found = await self.session.execute(SEATS, {"now": now, "until": until})
        return [(row.place, row.subject, row.code, row.seats) for row in found]

    async def proposed_in(self, month: date) -> set[tuple[str, str, str]]:
        """(place, subject, code) of what a month has proposed already."""
        asked = select(ProposalRow.place_code, ProposalRow.subject, ProposalRow.code).where(ProposalRow.month == month)
        return {tuple(row) for row in await self.session.execute(asked)}

    def new_proposal(self, **fields: Any) -> ProposalRow:
        """An open one, not yet added."""
        return ProposalRow(id=new_id(), state="open", fair_id=None, dismiss_reason=None, **fields)

    async def proposal(self, proposal_id: UUID) -> ProposalRow:
        """By id. Raises Missing."""
        row: ProposalRow | None = await self.session.get(ProposalRow, proposal_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock_proposal(self, proposal_id: UUID) -> ProposalRow:
        """One, kept until the end. Raises Missing."""
        asked = select(ProposalRow).where(ProposalRow.id == proposal_id).with_for_update()
        row: ProposalRow | None = (
            await self.session.scalars(asked.execution_options(populate_existing=True))
        ).one_or_none()
        if row is None:
            raise Missing
        return row

    async def old_proposals(self, now: datetime, limit: int) -> Sequence[ProposalRow]:
        """Open ones that are older than the days of their own figures, locked."""
        counted = func.make_interval(0, 0, 0, ProposalRow.days)
        asked = select(ProposalRow).where(ProposalRow.state == "open", ProposalRow.created_at < now - counted)
        rows: Sequence[ProposalRow] = (
            await self.session.scalars(asked.order_by(ProposalRow.id).limit(limit).with_for_update(skip_locked=True))
        ).all()
        return rows

    async def proposals_page(
        self,
        regions: Sequence[str] | None,
        *,
        states: Collection[str],
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[ProposalRow]:
        """Of these regions, the newest first."""
        asked = select(ProposalRow).where(ProposalRow.state.in_(states))
        if regions is not None:
            asked = asked.where(or_(within(ProposalRow.city_code, regions), within(ProposalRow.place_code, regions)))
        if after is not None:
            asked = asked.where(tuple_(ProposalRow.created_at, ProposalRow.id) < tuple_(*after))
        asked = asked.order_by(ProposalRow.created_at.desc(), ProposalRow.id.desc())
        rows: Sequence[ProposalRow] = (await self.session.scalars(asked.limit(limit))).all()
        return rows
