"""A balance in the open is told to whom it suits, and ends with its last day."""

from __future__ import annotations

import asyncio

from service.actor import SYSTEM
from service.balances.lifecycle import BALANCE, EXPIRE, FITTING, OTHER_SIDE
from service.balances.steps import close, tell_firm
from service.balances.usecases.matching import apart, rank, values_of
from service.context import Timer
from service.uow import DueItem, Uow
from service.worktime import end_of_day, local_day


async def tell_fitting(uow: Uow, item: DueItem) -> None:
    """The best of the other side hear that there is something new for what they have in the open, once a day for each;
    not what, which is told where the matches are. Who does not want the other firm hears nothing."""
    row = await uow.balances.get(item.subject_id)
    if not await uow.balances.is_shown(row):
        return
    others = [each for each in await uow.balances.market(OTHER_SIDE[row.side]) if not apart(row, each)]
    need, now = uow.ctx.wiring.ports["matches.trade_need"], await uow.now()
    most, today = uow.ctx.policies.at(now, row.city_code).sharing.matches_most, local_day(now)
    (mine,), theirs = values_of([row], need), values_of(others, need)
    found = await asyncio.to_thread(rank, mine, theirs, most, 0, today)
    rows = {each.id: each for each in others}
    for offer in found.best:
        other = rows[offer.shortage_id if row.side == "surplus" else offer.surplus_id]
        await tell_firm(uow, other, f"balance.fitting_{other.side}", once=today)


async def expire(uow: Uow, item: DueItem) -> None:
    """In vain where nobody was spoken for, which its firm is told; else simply over."""
    row = await uow.balances.lock(item.subject_id)
    now = await uow.now()
    action = "end" if row.taken else "expire"
    if end_of_day(row.last_day) <= now and action in BALANCE.possible(row.state):
        await close(uow, row, action, by=SYSTEM, at=now)


TIMERS: dict[str, Timer] = {EXPIRE: expire, FITTING: tell_fitting}
