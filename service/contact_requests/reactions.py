"""What ends a contact request besides its two sides: the posting is gone, a block, a suspension, a merged record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.contact_requests.lending import ends_still_hold, release
from service.contact_requests.lifecycle import CONTACT_REQUEST
from service.holds.rules import is_hold
from service.postings.lifecycle import ENDING

if TYPE_CHECKING:
    from uuid import UUID

    from service.contact_requests.tables import ContactRequestRow
    from service.uow import Moved, Uow


async def free_numbers(uow: Uow, moved: Moved) -> None:
    """Nobody calls any longer."""
    await uow.flush()
    await _take_back(uow, moved.entity.id, moved)


async def _take_back(uow: Uow, request_id: UUID, moved: Moved) -> None:
    relay = await uow.contact_requests.bound(request_id)
    if relay is not None:
        await release(uow, relay, by=moved.by, at=moved.at)


async def forget_unanswered(uow: Uow, moved: Moved) -> None:
    """What was asked about is no longer there: questions without an answer lapse, talks go on."""
    which = "supply_id" if moved.noun == "supply" else "posting_id"
    for row in await uow.contact_requests.lock_live(**{which: moved.entity.id}):
        if row.state == "asked":
            await _end(uow, row, moved)


async def break_off(uow: Uow, moved: Moved) -> None:
    """An officer has held it, or taken it down: nobody talks on about it, and open numbers close."""
    if moved.action == "pause" and not is_hold(moved.reason):
        return
    which = "supply_id" if moved.noun == "supply" else "posting_id"
    for row in await uow.contact_requests.lock_live(**{which: moved.entity.id}):
        await _end(uow, row, moved)


async def part(uow: Uow, moved: Moved) -> None:
    """A block keeps the two apart at once; `end` tells the other side nothing of it."""
    block = moved.entity
    for row in await uow.contact_requests.lock_live(worker_id=block.worker_id, employer_id=block.employer_id):
        await _hush_or_end(uow, row, moved)


async def stop_employer(uow: Uow, moved: Moved) -> None:
    """A suspended employer reaches nobody."""
    for row in await uow.contact_requests.lock_live(employer_id=moved.entity.id):
        await _end(uow, row, moved)


async def pause_employer(uow: Uow, moved: Moved) -> None:
    """A held employer reaches nobody: lent numbers go back; the requests wait, and a lift finds them as they are."""
    for row in await uow.contact_requests.lock_live(employer_id=moved.entity.id):
        await _take_back(uow, row.id, moved)


async def free_those_of_member(uow: Uow, moved: Moved) -> None:
    """Who left, or decides no more, is called by nobody: numbers with that person's phone go back."""
    await uow.flush()
    await _free_strange(uow, moved, employer_id=moved.entity.employer_id)


async def free_those_of_phone(uow: Uow, moved: Moved) -> None:
    """The old number may be somebody else's: whatever is lent to it goes back, on both sides of talks."""
    await uow.flush()
    await _free_strange(uow, moved, worker_id=moved.entity.id)
    for employer_id in await uow.contact_requests.employers_of(moved.entity.id):
        await _free_strange(uow, moved, employer_id=employer_id)


async def _free_strange(uow: Uow, moved: Moved, **whose: UUID) -> None:
    for row in await uow.contact_requests.lock_live(**whose):
        relay = await uow.contact_requests.bound(row.id)
        if relay is not None and not await ends_still_hold(uow, relay, row):
            await release(uow, relay, by=moved.by, at=moved.at)


async def stop_asking(uow: Uow, moved: Moved) -> None:
    """Who takes no more requests is not asked by those that wait."""
    if moved.entity.asks_taken:
        return
    for row in await uow.contact_requests.lock_live(worker_id=moved.entity.id):
        if row.state == "asked" and row.asked_by == "employer":
            await _hush_or_end(uow, row, moved)


async def hand_over(uow: Uow, moved: Moved) -> None:
    """What is past goes to the kept record; what was live ends: the other side had talked to another record."""
    for row in await uow.contact_requests.lock_live(worker_id=moved.entity.id):
        await _hush_or_end(uow, row, moved)
    await uow.flush()
    for row in await uow.contact_requests.of_worker(moved.entity.id):
        await uow.edit(row, by=moved.by, at=moved.at, action="hand_over", worker_id=moved.entity.merged_into)


async def _hush_or_end(uow: Uow, row: ContactRequestRow, moved: Moved) -> None:
    """A question waits on for its asker alone, until its own time is over: several that closed at one moment would
    be known for questions to one person, and each of them for a no. A talk ends."""
    if row.state == "asked":
        await uow.contact_requests.hush(row.id)
    else:
        await _end(uow, row, moved)


async def _end(uow: Uow, row: ContactRequestRow, moved: Moved) -> None:
    action = "end" if "end" in CONTACT_REQUEST.possible(row.state) else "lapse"
    changes: dict[str, Any] = {"note": None, "closed_at": moved.at}
    await uow.move(row, CONTACT_REQUEST, action, by=moved.by, at=moved.at, reason=moved.action, **changes)


_GONE = (forget_unanswered,)
REACTIONS = {
    ("contact_request", "end"): (free_numbers,),
    ("contact_request", "lapse"): (free_numbers,),
    ("supply", "withdraw"): _GONE,
    ("supply", "find"): _GONE,
    ("supply", "expire"): _GONE,
    **{("posting", action): _GONE for action in ENDING},
    **{(noun, action): (break_off,) for noun in ("supply", "posting") for action in ("take_down", "pause", "hold")},
    ("block", "set"): (part,),
    ("employer", "hold"): (pause_employer,),
    ("employer", "suspend"): (stop_employer,),
    ("employer", "restrict"): (stop_employer,),
    ("contact_choice", "choose"): (stop_asking,),
    ("person", "merge"): (hand_over,),
    **{("person", action): (free_those_of_phone,) for action in ("change_phone", "set_phone", "detach_phone")},
    ("member", "leave"): (free_those_of_member,),
    ("member", "change_role"): (free_those_of_member,),
}
