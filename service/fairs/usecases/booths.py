"""Employers ask for a booth and bring live postings; officers say yes or no; both tell what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.employers.rules import DECIDERS, may_post
from service.errors import Conflict, Forbidden, Missing, Refused
from service.fairs import rules
from service.fairs.ground import check_state, is_served, served_fair, shown_fair
from service.fairs.lifecycle import BOOTH, BOOTH_LIVE, COMING
from service.fairs.views import BoothView, booth_view
from service.pages import After, Page, page_of
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.context import Context
    from service.fairs.tables import BoothRow, FairRow
    from service.http.caller import Caller
    from service.uow import Uow


async def ask_for_booth(
    ctx: Context, fair_id: UUID, *, number: int | None, posting_ids: Sequence[UUID], by: Caller
) -> BoothView:
    """A booth for an employer's live postings: the one that is named, else the first that is free. It is kept for the
    employer until an officer says yes or no.

    Raises Missing, Forbidden member_role_lacks, Conflict employer_may_not_post, fair_suspended, fair_not_open,
    fair_booth_taken, fair_booth_asked, fair_booths_full, Refused fair_no_booths, fair_booth_unknown,
    fair_booth_household, fair_posting_not_live.
    """
    async with ctx.uow() as uow:
        fair = await shown_fair(uow, fair_id, None, lock=True)
        if by.employer_id is None:
            raise Missing
        _check_member(by)
        employer = await uow.employers.get(by.employer_id)
        if not may_post(employer.state):
            raise Conflict("employer_may_not_post", state=employer.state)
        if employer.kind == "household":
            raise Refused("fair_booth_household")
        now = await uow.now()
        rules.check_open(fair.state, fair.ends_at, now)
        await _check_postings(uow, fair, employer.id, posting_ids)
        row = uow.fairs.new_booth(fair, employer.id, await _free(uow, fair, number, employer.id))
        await uow.add(row, by=by.actor, action="ask")
        await uow.flush()
        await uow.fairs.set_postings(row.id, posting_ids)
        return uow.answer(await _shown(uow, row))


async def _free(uow: Uow, fair: FairRow, number: int | None, employer_id: UUID) -> int:
    live = await uow.fairs.live_booths(fair.id)
    if not fair.booths:
        raise Refused("fair_no_booths")
    if any(each.employer_id == employer_id for each in live):
        raise Conflict("fair_booth_asked")
    taken = {each.number for each in live}
    if number is not None:
        _check_number(fair, number, taken)
        return number
    found = rules.free_number(taken, fair.booths)
    if found is None:
        raise Conflict("fair_booths_full")
    return found


def _check_number(fair: FairRow, number: int, taken: Collection[int]) -> None:
    if number > fair.booths:
        raise Refused("fair_booth_unknown", field="/number", most=fair.booths)
    if number in taken:
        raise Conflict("fair_booth_taken", field="/number")


async def _check_postings(uow: Uow, fair: FairRow, employer_id: UUID, posting_ids: Sequence[UUID]) -> None:
    """Own ones that everybody may see, not over before the fair begins. Raises Refused fair_posting_not_live."""
    live = await uow.fairs.offered_by(employer_id, posting_ids, max(fair.starts_at, await uow.now()))
    for at, each in enumerate(posting_ids):
        if each not in live:
            raise Refused("fair_posting_not_live", field=f"/posting_ids/{at}")


async def set_booth_postings(ctx: Context, booth_id: UUID, *, posting_ids: Sequence[UUID], by: Caller) -> BoothView:
    """Others instead of those that are filled or over. Raises Missing, Forbidden, Conflict wrong_state, Refused."""
    async with ctx.uow() as uow:
        fair, row = await _own(uow, booth_id, by)
        if row.state not in BOOTH_LIVE:
            raise BOOTH.refusal(row.state, "edit")
        check_state(fair, "edit", COMING)
        await _check_postings(uow, fair, row.employer_id, posting_ids)
        await uow.fairs.set_postings(row.id, posting_ids)
        return uow.answer(await _shown(uow, row))


async def withdraw_booth(ctx: Context, booth_id: UUID, *, by: Caller) -> BoothView:
    """The number is free again; not after the fair, for whose results it stands. Raises Missing, Forbidden, Conflict
    wrong_state."""
    async with ctx.uow() as uow:
        fair, row = await _own(uow, booth_id, by)
        check_state(fair, "withdraw", COMING)
        await uow.move(row, BOOTH, "withdraw", by=by.actor, at=await uow.now())
        await uow.flush()
        return uow.answer(await _shown(uow, row))


async def confirm_booth(ctx: Context, booth_id: UUID, *, number: int | None, by: Caller) -> BoothView:
    """Yes, at this booth or at another one that is free.

    Raises Missing, Conflict wrong_state, fair_booth_taken, Refused fair_booth_unknown.
    """
    async with ctx.uow() as uow:
        fair, row = await _served(uow, booth_id, by)
        check_state(fair, "confirm", COMING)
        BOOTH.fire(row.state, "confirm")
        if number is not None and number != row.number:
            _check_number(fair, number, {each.number for each in await uow.fairs.live_booths(fair.id)})
        await uow.move(row, BOOTH, "confirm", by=by.actor, at=await uow.now(), number=number or row.number)
        await uow.flush()
        await _tell(uow, fair, row, "confirmed")
        return uow.answer(await _shown(uow, row))


async def decline_booth(ctx: Context, booth_id: UUID, *, reason: str, by: Caller) -> BoothView:
    """No, or no longer; not after the fair. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        fair, row = await _served(uow, booth_id, by)
        check_state(fair, "decline", COMING)
        check_reason((await uow.reference.catalogue()).reasons("booth_decline"), reason)
        now = await uow.now()
        await uow.move(row, BOOTH, "decline", by=by.actor, at=now, reason=reason, decline_reason=reason)
        await uow.flush()
        await _tell(uow, fair, row, "declined")
        return uow.answer(await _shown(uow, row))


async def record_booth_results(
    ctx: Context, booth_id: UUID, *, came: int, spoke: int, hired: int, by: Caller
) -> BoothView:
    """By the employer, or by an officer of the place. Raises Missing, Conflict wrong_state, Refused."""
    async with ctx.uow() as uow:
        seen = await uow.fairs.booth(booth_id)
        fair = await uow.fairs.lock(seen.fair_id)
        own = by.role == "member" and by.employer_id == seen.employer_id
        if not own and not is_served(fair, by):
            raise Missing
        row = await uow.fairs.lock_booth(booth_id)
        check_state(fair, "record_results", ("running", "over"))
        if row.state != "confirmed":
            raise BOOTH.refusal(row.state, "record_results")
        rules.check_results(came, spoke, hired)
        told: dict[str, Any] = {"came": came, "spoke": spoke, "hired": hired}
        await uow.edit(row, by=by.actor, at=await uow.now(), action="record_results", **told)
        await uow.flush()
        return uow.answer(await _shown(uow, row))


async def list_booth_requests(
    ctx: Context, fair_id: UUID, *, states: Collection[str] | None, by: Caller, after: After, limit: int
) -> Page[BoothView]:
    """Of a fair in the officer's region, the oldest first. Raises Missing."""
    async with ctx.uow() as uow:
        await served_fair(uow, fair_id, by)
        now = await uow.now()
        rows = await uow.fairs.booths_page(fair_id=fair_id, states=states, after=after(now), limit=limit + 1)
        return page_of(await _all_shown(uow, rows), limit, now, lambda view: [str(view.id)])


async def list_own_booths(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[BoothView]:
    """Of the caller's employer, the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.fairs.booths_page(employer_id=by.employer_id, after=after(now), limit=limit + 1)
        return page_of(await _all_shown(uow, rows), limit, now, lambda view: [str(view.id)])


def _check_member(by: Caller) -> None:
    if by.member_role not in DECIDERS:
        raise Forbidden("member_role_lacks", roles=list(DECIDERS))


async def _own(uow: Uow, booth_id: UUID, by: Caller) -> tuple[FairRow, BoothRow]:
    """The employer's, behind its fair. Raises Missing, Forbidden."""
    seen = await uow.fairs.booth(booth_id)
    if by.employer_id is None or seen.employer_id != by.employer_id:
        raise Missing
    _check_member(by)
    fair = await uow.fairs.lock(seen.fair_id)
    return fair, await uow.fairs.lock_booth(booth_id)


async def _served(uow: Uow, booth_id: UUID, by: Caller) -> tuple[FairRow, BoothRow]:
    """Of a fair in the officer's region, behind it. Raises Missing."""
    seen = await uow.fairs.booth(booth_id)
    fair = await served_fair(uow, seen.fair_id, by, lock=True)
    return fair, await uow.fairs.lock_booth(booth_id)


async def _tell(uow: Uow, fair: FairRow, row: BoothRow, what: str) -> None:
    facts = {"title": fair.title, "starts_at": fair.starts_at}
    facts |= {"number": row.number} if what == "confirmed" else {"reason": row.decline_reason}
    for person_id in await uow.members.deciders(row.employer_id):
        await uow.tell(
            person_id,
            f"fair_booth.{what}",
            params=facts,
            subject=("fair", fair.id),
            dedupe=f"fair_booth.{what}:{row.id}",
            employer_id=row.employer_id,
        )


async def _shown(uow: Uow, row: BoothRow) -> BoothView:
    return (await _all_shown(uow, [row]))[0]


async def _all_shown(uow: Uow, rows: Sequence[BoothRow]) -> list[BoothView]:
    names = await uow.fairs.exhibitors({row.employer_id for row in rows})
    postings = await uow.fairs.postings_at([row.id for row in rows])
    return [booth_view(row, names[row.employer_id][0], postings[row.id]) for row in rows]
