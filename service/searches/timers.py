"""A new listing is compared with the searches that may mean it; a person hears of what was found, gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from service.context import Timer
from service.errors import Conflict
from service.listings.rules.questions import accepts
from service.searches.rules import alert_of, wait_until
from service.uow import DueItem, Uow
from service.worktime import day_begin

MATCH, TELL = "search.match", "search.tell"
BATCH = 500


async def match(uow: Uow, item: DueItem) -> None:
    """Keep a new listing for everybody whose search means it, some hundred searches at a time.

    `occurrence` is the id of the last search that was looked at.
    """
    listing = await uow.listings.get(item.subject_id)
    if listing is None:
        return
    now = await uow.now()
    after = UUID(item.occurrence) if item.occurrence else None
    rows = await uow.searches.meaning(listing, after, BATCH)
    for row in rows:
        try:
            asked = await uow.searches.question(row)
        except Conflict:  # broken: its market, or a code of it, is no more; the list of searches says so
            continue
        if not accepts(replace(asked, published_from=None), listing):
            continue
        waiting = await uow.searches.untold_count(row.person_id)
        if await uow.searches.keep(row, listing, now) and not waiting:
            policy = uow.ctx.policies.at(now).messages
            await uow.schedule(TELL, row.person_id, now + timedelta(minutes=policy.alert_gather_minutes))
    if len(rows) == BATCH:
        await uow.schedule(MATCH, listing.id, now, occurrence=str(rows[-1].id))


async def tell(uow: Uow, item: DueItem) -> None:
    """One message for all that was found for a person: not at night, not more than some a day, nothing hidden."""
    now = await uow.now()
    if await uow.searches.stopped(item.subject_id):
        return
    policy = uow.ctx.policies.at(now).messages
    later = wait_until(now, await uow.searches.told_since(item.subject_id, day_begin(now)), policy)
    if later is not None:
        await uow.schedule(TELL, item.subject_id, later)
        return
    found = await uow.searches.untold(item.subject_id)
    shown = [each for each in found if each.wanted and each.title is not None]
    await uow.searches.drop(item.subject_id, [each.listing_id for each in found if each not in shown])
    if not shown:
        return
    template, params = alert_of([each.name or "" for each in shown], [each.title or "" for each in shown])
    single = ("search", shown[0].search_id) if len(shown) == 1 else None
    await uow.tell(
        item.subject_id, template, params=params, subject=single, dedupe=f"search:{shown[-1].listing_id}:{len(shown)}"
    )
    await uow.searches.mark_told(item.subject_id, [each.listing_id for each in shown], now)


TIMERS: dict[str, Timer] = {MATCH: match, TELL: tell}
