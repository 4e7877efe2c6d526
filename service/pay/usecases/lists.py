"""Looking pay up: earnings, debts, what is overdue in a region, and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing
from service.pages import After, Page, page_of
from service.pay.usecases.payments import sees
from service.reference.rules import lies_within

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def list_pay_records(
    ctx: Context,
    *,
    state: str | None = None,
    of: Mapping[str, UUID] | None = None,
    after: After,
    limit: int,
    by: Caller,
) -> Page:
    """A worker's earnings, the latest first; an employer's debts, what is unpaid first.

    `of` narrows them to a seat, a shift or a posting.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        if by.role == "worker":
            if by.worker_id is None:
                return Page((), None, now)
            rows = await uow.pay_records.of_worker(
                by.worker_id, state=state, of=of or {}, after=after(now), limit=limit + 1
            )
            return page_of(rows, limit, now, lambda record: [record.due_on.isoformat(), str(record.id)])
        if by.employer_id is None:
            return Page((), None, now)
        ranked = await uow.pay_records.of_employer(
            by.employer_id, state=state, of=of or {}, after=after(now), limit=limit + 1
        )
        shown = tuple(record for record, _ in ranked[:limit])
        if len(ranked) <= limit:
            return Page(shown, None, now)
        record, urgency = ranked[limit - 1]
        return Page(shown, [urgency, record.due_on.isoformat(), str(record.id)], now)


async def list_overdue_pay(ctx: Context, *, after: After, limit: int, by: Caller) -> Page:
    """What is overdue or disputed in the officer's regions, the longest overdue first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        regions = None if by.role == "admin" else by.regions
        rows = await uow.pay_records.overdue_in(regions, after=after(now), limit=limit + 1)
        return page_of(rows, limit, now, lambda record: [record.due_at.isoformat(), str(record.id)])


async def get_pay_record(ctx: Context, record_id: UUID, *, by: Caller) -> Any:
    """One record with its reckoning. Raises Missing."""
    async with ctx.uow() as uow:
        record = await uow.pay_records.get(record_id)
        if record is None or not sees(by, record):
            raise Missing()
        return record


async def sum_pay_records(ctx: Context, *, by: Caller) -> tuple[Any, ...]:
    """Sums by state: of the worker, or of the employer."""
    async with ctx.uow() as uow:
        if by.role == "worker":
            return tuple(await uow.pay_records.totals(worker_id=by.worker_id)) if by.worker_id else ()
        return tuple(await uow.pay_records.totals(employer_id=by.employer_id)) if by.employer_id else ()


async def latest_open_record(ctx: Context, worker_id: UUID, *, within: Sequence[str] = ()) -> UUID | None:
    """The record in these regions that «收到» without a question means: stated as paid first, else the latest owed."""
    async with replace(ctx, once=None).uow() as uow:
        found = await uow.pay_records.open_of(worker_id)
        return next((record.id for record in found if lies_within(record.city_code, within)), None)
