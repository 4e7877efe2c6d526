"""One officer on duty pauses a posting, a supply posting or an employer, everywhere at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.lifecycle import EMPLOYER
from service.errors import Conflict, Missing
from service.holds.pausing import lock_posting, pause_posting, pause_supply
from service.holds.rules import decide_by
from service.holds.telling import tell_engaged, tell_owners
from service.holds.timers import OVERDUE
from service.holds.views import HoldView, hold_view
from service.postings.lifecycle import LIVE
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def place_hold(
    ctx: Context, noun: str, subject_id: UUID, *, reason: str, sentence: str | None, by: Caller
) -> HoldView:
    """Paused at once; another officer confirms or lifts it within the policy's working days.

    Raises Missing, Refused reason_unknown, Conflict wrong_state, hold_open, posting_private.
    """
    async with ctx.uow() as uow:
        check_reason((await uow.reference.catalogue()).reasons("hold"), reason)
        pause = {"posting": _pause_posting, "supply": _pause_supply, "employer": _pause_employer}[noun]
        about = await pause(uow, subject_id, reason, by)
        now = await uow.now()
        city = str(about["city_code"])
        days = uow.ctx.policies.at(now, city).reviews.hold_decide_working_days
        due = decide_by(now, days, (await uow.reference.catalogue()).working_days_after)
        row = uow.holds.new(
            noun=noun, subject_id=subject_id, reason=reason, sentence=sentence, placed_by=by.account_id,
            decide_by=due, **about,
        )  # fmt: skip
        await uow.add(row, by=by.actor, action="place", reason=reason)
        await uow.flush()
        await uow.schedule(OVERDUE, row.id, due)
        await tell_owners(uow, row, "placed")
        await tell_engaged(uow, row, "placed")
        return uow.answer(hold_view(row, by=by.account_id, now=now))


async def _check_free(uow: Uow, noun: str, subject_id: UUID) -> None:
    if await uow.holds.lock_open(noun, subject_id) is not None:
        raise Conflict("hold_open")


async def _pause_posting(uow: Uow, posting_id: UUID, reason: str, by: Caller) -> dict[str, object]:
    posting = await lock_posting(uow, posting_id)
    if not by.serves_any(posting.city_code, posting.district_code):
        raise Missing
    if posting.private:
        raise Conflict("posting_private")
    await _check_free(uow, "posting", posting_id)
    await pause_posting(uow, posting, reason, by=by.actor)
    return {"employer_id": posting.employer_id, "city_code": posting.city_code, "title": posting.title}


async def _pause_supply(uow: Uow, supply_id: UUID, reason: str, by: Caller) -> dict[str, object]:
    row = await uow.supplies.lock(supply_id)
    if not by.serves_any(row.city_code, *row.district_codes):
        raise Missing
    await _check_free(uow, "supply", supply_id)
    await pause_supply(uow, row, reason, by=by.actor)
    return {"employer_id": None, "city_code": row.city_code, "title": row.title}


async def _pause_employer(uow: Uow, employer_id: UUID, reason: str, by: Caller) -> dict[str, object]:
    """The employer first, so that nothing new is shown; then everything of theirs that is live, in every city."""
    employer = await uow.employers.lock(employer_id)
    if not by.serves(employer.district_code or employer.city_code):
        raise Missing
    await _check_free(uow, "employer", employer_id)
    changes = {"held_from": employer.state}
    await uow.move(employer, EMPLOYER, "hold", by=by.actor, at=await uow.now(), reason=reason, **changes)
    await uow.flush()
    for posting_id in await uow.postings.live_of(employer_id):
        posting = await lock_posting(uow, posting_id)
        if posting.state in LIVE and not posting.private:
            await pause_posting(uow, posting, reason, by=by.actor)
    return {"employer_id": employer_id, "city_code": employer.city_code, "title": employer.name}
