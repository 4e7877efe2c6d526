"""Take postings and supply postings out of the public, and bring them back as they were: by their states alone, so
that screens, lists, search and feed follow."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Conflict
from service.holds.rules import back_of_posting, back_of_supply, pause_reason
from service.postings.lifecycle import HELD, LIVE, NOT_PAUSED, POSTING
from service.supplies.lifecycle import SUPPLY
from service.workers.rules import may_be_introduced
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.postings.tables import PostingRow
    from service.supplies.tables import SupplyRow
    from service.uow import Uow

UNKNOWN_PAUSE = "employer"  # paused before anybody wrote down by whom


async def lock_posting(uow: Uow, posting_id: UUID) -> PostingRow:
    """Shifts first: who books holds a shift and asks for the posting."""
    await uow.shifts.lock_open(posting_id)
    return await uow.postings.lock(posting_id)


async def pause_posting(uow: Uow, posting: PostingRow, reason: str, *, by: Actor) -> None:
    """Out of the public; what it was is kept. Raises Conflict `wrong_state` for what is not live."""
    now = await uow.now()
    if posting.state not in LIVE:
        raise Conflict("wrong_state", noun="posting", state=posting.state, action="hold", possible=[])
    if posting.state != "paused":
        changes = {"paused_by": HELD, "paused_before": "shown"}
        await uow.move(posting, POSTING, "pause", by=by, at=now, reason=pause_reason(reason), **changes)
    elif posting.paused_by != HELD:
        before = posting.paused_by or UNKNOWN_PAUSE
        await uow.edit(posting, by=by, at=now, action="hold", reason=reason, paused_by=HELD, paused_before=before)


async def bring_posting_back(uow: Uow, posting_id: UUID, *, by: Actor) -> None:
    """As it was before, unless it has ended meanwhile or another hold lies on it or its employer."""
    posting = await lock_posting(uow, posting_id)
    if posting.paused_by != HELD or posting.paused_before is None:
        return
    if await uow.holds.is_held(("posting", posting.id), ("employer", posting.employer_id)):
        return
    now = await uow.now()
    state = await uow.postings.share_employer(posting.employer_id)
    back = back_of_posting(posting.paused_before, state, over=posting.valid_until <= now)
    if back == "over":  # its own timer ends it
        await uow.edit(posting, by=by, at=now, action="lift", paused_by="employer", paused_before=None)
    elif back == "shown":
        await uow.move(posting, POSTING, "resume", by=by, at=now, reason="hold_lifted", **NOT_PAUSED)
        await uow.schedule("posting.count_seats", posting.id, now)
    else:
        await uow.edit(posting, by=by, at=now, action="lift", paused_by=back, paused_before=None)
    await uow.flush()


async def pause_supply(uow: Uow, row: SupplyRow, reason: str, *, by: Actor) -> None:
    """The same of a supply posting. Raises Conflict `wrong_state`."""
    now = await uow.now()
    if row.state == "published":
        changes = {"paused_by": HELD, "paused_before": "shown"}
        await uow.move(row, SUPPLY, "pause", by=by, at=now, reason=pause_reason(reason), **changes)
    elif row.state == "paused" and row.paused_by is not None:
        await uow.edit(row, by=by, at=now, action="hold", reason=reason, paused_by=HELD, paused_before=row.paused_by)
    else:
        raise Conflict("wrong_state", noun="supply", state=row.state, action="hold", possible=[])


async def bring_supply_back(uow: Uow, supply_id: UUID, *, by: Actor) -> None:
    """As time has it at present; that of a resting person stays hidden by the reaction to `resume`."""
    row = await uow.supplies.lock(supply_id)
    if row.paused_by != HELD or row.paused_before is None or await uow.holds.is_held(("supply", row.id)):
        return
    now = await uow.now()
    introducible = may_be_introduced(await uow.supplies.introducible_from(row.worker_id), local_day(now))
    back = back_of_supply(row.paused_before, over=row.valid_until <= now or not introducible)
    if back == "shown":
        await uow.move(row, SUPPLY, "resume", by=by, at=now, reason="hold_lifted", **NOT_PAUSED)
    else:
        by_whom = "person" if back == "over" else back
        await uow.edit(row, by=by, at=now, action="lift", paused_by=by_whom, paused_before=None)
    await uow.flush()
