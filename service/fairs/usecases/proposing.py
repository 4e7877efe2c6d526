"""Fairs on demand (按需): what the figures of a place speak for, said once a month, and a draft by one press."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.errors import Conflict, Missing
from service.fairs import rules
from service.fairs.lifecycle import PROPOSAL
from service.fairs.planning import policy_of
from service.fairs.showing import district_of, explained, proposed_title
from service.fairs.usecases.keeping import draft_fair
from service.fairs.views import FairView, ProposalView, fair_view, proposal_view
from service.i18n import DEFAULT
from service.pages import After, Page, page_of
from service.reference.rules import check_reason, city_of
from service.worktime import at_local, local_day

if TYPE_CHECKING:
    from datetime import datetime

    from service.context import Context
    from service.fairs.tables import ProposalRow
    from service.http.caller import Caller
    from service.uow import Uow

BATCH = 200


async def propose_fairs(ctx: Context) -> int:
    """Count every place, propose what reaches a threshold and was not proposed this month, let old proposals lapse.

    Safe to run anywhere, many at once: the database takes each proposal once. How many are new.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        month = rules.month_of(local_day(now))
        known = await uow.fairs.proposed_in(month)
        made = 0
        for place, fields in await _reached(uow, now):
            key = (place, fields["subject"], fields["code"])
            if key not in known and await _propose(uow, fields | {"place_code": place, "month": month}):
                made += 1
        await _lapse(uow, now)
        return made


async def _reached(uow: Uow, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """(place, fields) of what reaches a threshold of its own city; each city counts over its own number of days."""
    spans: dict[int, list[rules.Demand]] = {}
    found = []
    cities = (await uow.reference.catalogue()).regions(local_day(now))
    for days in sorted({policy_of(uow, code, now).demand_days for code in cities if code.endswith("00")}):
        length = timedelta(days=days)
        seekers = await uow.fairs.seekers(now - length, now)
        spans[days] = rules.joined_demand(seekers, await uow.fairs.open_seats(now, now + length))
    for days, counted in spans.items():
        for demand in counted:
            policy = policy_of(uow, city_of(demand.place), now)
            least = rules.Thresholds(policy.seekers_least, policy.seats_least, policy.demand_days)
            measure = rules.measure_of(demand, least)
            if measure is None or least.days != days:
                continue
            fields = {
                "city_code": city_of(demand.place), "subject": demand.subject, "code": demand.code, "measure": measure,
                "seekers": demand.seekers, "seats": demand.seats, "seekers_least": least.seekers_least,
                "seats_least": least.seats_least, "days": days,
            }  # fmt: skip
            found.append((demand.place, fields))
    return found


async def _propose(uow: Uow, fields: dict[str, Any]) -> bool:
    """False where another process has just said the same."""
    try:
        async with uow.attempt():
            await uow.add(uow.fairs.new_proposal(**fields), by=SYSTEM, action="propose")
    except Conflict:
        return False
    return True


async def _lapse(uow: Uow, now: datetime) -> None:
    """A proposal whose figures are older than the days they were counted over says nothing of today."""
    for row in await uow.fairs.old_proposals(now, BATCH):
        await uow.move(row, PROPOSAL, "lapse", by=SYSTEM, at=now)


async def list_fair_proposals(
    ctx: Context, *, states: Collection[str], by: Caller, after: After, limit: int
) -> Page[ProposalView]:
    """Of the caller's regions, the newest first, each with its figures."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.fairs.proposals_page(by.served, states=states, after=after(now), limit=limit + 1)
        views = [proposal_view(row, explained(row, ctx.language)) for row in rows]
        return page_of(views, limit, now, lambda view: [view.made_at.isoformat(), str(view.id)])


async def make_proposed_fair(ctx: Context, proposal_id: UUID, *, organiser: str, address: str, by: Caller) -> FairView:
    """A draft with what is known: place, audience, a usual morning on a working day to come. Everything can be changed
    before it is announced.

    Raises Missing, Conflict wrong_state, and as `create_fair`.
    """
    async with ctx.uow() as uow:
        row = await _served(uow, proposal_id, by)
        PROPOSAL.fire(row.state, "draft")
        now = await uow.now()
        policy = policy_of(uow, row.city_code, now)
        ahead = local_day(now) + timedelta(days=policy.draft_ahead_days)
        day = (await uow.reference.catalogue()).working_days_after(ahead - timedelta(days=1), 1)
        starts_at = at_local(day, policy.draft_opens_minutes)
        fields = {
            "kind": "special",
            "title": proposed_title(row, DEFAULT),
            "description": explained(row, DEFAULT),
            "city_code": row.city_code,
            "district_code": district_of(row),
            "address": address,
            "audience": [row.code] if row.subject == "group" else [],
            "sessions": [(starts_at, starts_at + timedelta(minutes=policy.draft_lasts_minutes))],
            "organiser": organiser,
        }
        fair = await draft_fair(uow, fields, by=by)
        await uow.move(row, PROPOSAL, "draft", by=by.actor, at=now, fair_id=fair.id)
        await uow.flush()
        return uow.answer(fair_view(fair))


async def dismiss_fair_proposal(ctx: Context, proposal_id: UUID, *, reason: str, by: Caller) -> ProposalView:
    """No fair for this, and not again this month. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await _served(uow, proposal_id, by)
        check_reason((await uow.reference.catalogue()).reasons("fair_proposal_dismiss"), reason)
        now = await uow.now()
        await uow.move(row, PROPOSAL, "dismiss", by=by.actor, at=now, reason=reason, dismiss_reason=reason)
        await uow.flush()
        return uow.answer(proposal_view(row, explained(row, ctx.language)))


async def _served(uow: Uow, proposal_id: UUID, by: Caller) -> ProposalRow:
    row = await uow.fairs.lock_proposal(proposal_id)
    if not by.serves(row.place_code):
        raise Missing
    return row
