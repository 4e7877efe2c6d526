"""Open seats of public postings: told apart from content, at most once a minute for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from service.feed.book import CHUNK
from service.feed.following import FIRST, Filled, Publisher, follow, never
from service.feed.rules import SEATS
from service.feed.values import Seats, State

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import Uow

MOST_DUE = 10_000


async def count_seats(ctx: Context, *, wait: bool = False, stopping: Callable[[], bool] = never) -> int:
    """Tell the seats that have changed since the last time; the number of figures."""
    return await follow(ctx, Publisher(SEATS, _fill, _publish), wait=wait, stopping=stopping)


async def _fill(uow: Uow, state: State, now: datetime) -> Filled:
    ids = await uow.feed.public_after("posting", UUID(state.filling) if state.filling else FIRST, CHUNK)
    made = await _tell(uow, state.seq, ids, now)
    return Filled(made, str(ids[-1]) if len(ids) == CHUNK else None)


async def _publish(uow: Uow, state: State, news: Mapping[str, set[UUID]], now: datetime) -> int:
    touched = await uow.feed.seats_touched(news) | set(await uow.feed.seats_due(now, MOST_DUE))
    ids, made = sorted(touched), 0
    for start in range(0, len(ids), CHUNK):
        made += await _tell(uow, state.seq + made, ids[start : start + CHUNK], now)
    return made


async def _tell(uow: Uow, seq: int, ids: Sequence[UUID], now: datetime) -> int:
    """Numbers go on behind `seq`; only a figure that differs gets one."""
    true, told = await uow.feed.open_seats(ids, now), await uow.feed.told_seats(ids)
    changed = [each for each in ids if each in true and _figures(true[each]) != _figures(told.get(each))]
    unchanged = {each: true[each] for each in true.keys() - set(changed)}
    rows = [
        {
            "posting_id": each,
            "seq": seq + number,
            "open_seats": true[each].open_seats,
            "open_shifts": true[each].open_shifts,
            "next_at": true[each].next_at,
            "at": now,
        }
        for number, each in enumerate(changed, 1)
    ]
    await uow.feed.tell_seats(rows, unchanged, [each for each in told if each not in true])
    if rows:
        await uow.feed.rise(SEATS, seq + len(rows))
    return len(rows)


def _figures(seats: Seats | None) -> tuple[int, int] | None:
    return None if seats is None else (seats.open_seats, seats.open_shifts)
