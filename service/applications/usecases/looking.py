"""Looking at applications: one, a worker's own, those for a posting or a shift (names masked)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications.rules import worker_meant
from service.applications.views import ApplicationView
from service.errors import Missing
from service.pages import After, Page, page_of

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


async def get_application(ctx: Context, application_id: UUID, *, by: Caller) -> ApplicationView:
    """One application, for its two sides and the officer of the place. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.applications.get(application_id)
        sides = {"worker": by.person_id == row.worker_id, "member": by.employer_id == row.employer_id}
        if not sides.get(by.role, by.serves(row.city_code)):
            raise Missing
        return await uow.application_pages.view(application_id)


async def list_own_applications(ctx: Context, *, by: Caller, states: Collection[str], after: After, limit: int) -> Page:
    """The worker's applications, newest first."""
    async with ctx.uow() as uow:
        worker_id = worker_meant(by, None)
        return await _page(uow, after, limit, worker_id=worker_id, states=states)


async def list_posting_applications(
    ctx: Context, posting_id: UUID, *, by: Caller, states: Collection[str], after: After, limit: int
) -> Page:
    """Who wants this work, newest first. Raises Missing."""
    async with ctx.uow() as uow:
        posting = await uow.applications.seen_posting(posting_id)
        _check_sees(by, posting.employer_id, posting.city_code)
        return await _page(uow, after, limit, posting_id=posting_id, states=states)


async def list_shift_applications(
    ctx: Context, shift_id: UUID, *, by: Caller, states: Collection[str], after: After, limit: int
) -> Page:
    """Who wants this shift, the waitlist with its places in line. Raises Missing."""
    async with ctx.uow() as uow:
        shift = await uow.applications.seen_shift(shift_id)
        _check_sees(by, shift.employer_id, shift.city_code)
        return await _page(uow, after, limit, shift_id=shift_id, states=states)


def _check_sees(by: Caller, employer_id: UUID, city_code: str) -> None:
    own = by.role == "member" and by.employer_id == employer_id
    if not own and not (by.role in STAFF and by.serves(city_code)):
        raise Missing


async def _page(uow: Uow, after: After, limit: int, **which: Any) -> Page:
    now = await uow.now()
    key = after(now)
    rows = await uow.application_pages.page(after=UUID(str(key[0])) if key else None, limit=limit + 1, **which)
    return page_of(rows, limit, now, lambda application: [application.id])
