"""What ends by itself: a question without an answer, a talk without an end, a lent number."""

from __future__ import annotations

from service.actor import SYSTEM
from service.contact_requests.lending import release
from service.contact_requests.lifecycle import CONTACT_REQUEST, OPEN
from service.contact_requests.sides import tell_side
from service.context import Timer
from service.uow import DueItem, Uow


async def lapse(uow: Uow, item: DueItem) -> None:
    """Nobody answered in time; the asker is told."""
    row = await uow.contact_requests.lock(item.subject_id)
    now = await uow.now()
    if row.state == "asked" and row.answer_by <= now:
        await uow.move(row, CONTACT_REQUEST, "lapse", by=SYSTEM, at=now, note=None, closed_at=now)
        await uow.flush()
        await tell_side(uow, row, row.asked_by, "contact_request.lapse")


async def close(uow: Uow, item: DueItem) -> None:
    """The talk has gone on for long enough without both agreeing, or the numbers were open for long enough."""
    row = await uow.contact_requests.lock(item.subject_id)
    now = await uow.now()
    if row.ends_at is None or row.ends_at > now or row.closed_at is not None:
        return
    action = "end" if row.state in OPEN else "lapse"
    await uow.move(row, CONTACT_REQUEST, action, by=SYSTEM, at=now, note=None, closed_at=now)


async def free_number(uow: Uow, item: DueItem) -> None:
    """The time of a lent number is over."""
    relay = await uow.contact_requests.lock_relay(item.subject_id)
    now = await uow.now()
    if relay.state == "bound" and relay.until <= now:
        await release(uow, relay, by=SYSTEM, at=now)


TIMERS: dict[str, Timer] = {
    "contact_request.lapse": lapse,
    "contact_request.close": close,
    "relay.release": free_number,
}
