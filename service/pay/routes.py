"""Due, paid, received, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, OfPosting, OfSeat, OfShift, after_cursor, paged, places
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.pay import usecases
from service.pay.schemas import (
    ClosedShiftOut,
    PayDisputeIn,
    PaymentIn,
    PayPageOut,
    PayRecordOut,
    PayState,
    PayTotalsOut,
    ReceiptIn,
    ShiftPaidIn,
)

router = make_router("pay")


@router.get("/pay-records", response_model=PayPageOut, responses=problems(*LIST), summary="List my pay, or what we owe")
@may(WORKER, MEMBER, object="pay_record", sensitive=True)
async def list_pay_records(
    ctx: Ctx,
    by: By,
    state: Annotated[PayState | None, Query()] = None,
    engagement_id: OfSeat = None,
    shift_id: OfShift = None,
    posting_id: OfPosting = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """A worker sees the latest first; an employer what is overdue, disputed and due first."""
    of = places(engagement_id, shift_id, posting_id)
    filters = {"list": "pay", "by": by.account_id, "role": by.role, "employer": by.employer_id, "state": state, **of}
    after = after_cursor(ctx, cursor, filters)
    page = await usecases.list_pay_records(ctx, state=state, of=of, after=after, limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(
    "/pay-records/overdue",
    response_model=PayPageOut,
    responses=problems(*LIST),
    summary="What is overdue or disputed in my regions",
)
@may(OFFICER, ADMIN, object="pay_record", sensitive=True)
async def list_overdue_pay(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """The longest overdue first."""
    filters = {"list": "overdue", "by": by.account_id}
    page = await usecases.list_overdue_pay(ctx, after=after_cursor(ctx, cursor, filters), limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(
    "/pay-records/totals", response_model=PayTotalsOut, responses=problems(401, 403, 422), summary="Sums by state"
)
@may(WORKER, MEMBER, object="pay_record", sensitive=True)
async def sum_pay_records(ctx: Ctx, by: By) -> Any:
    """What I have earned, or what we owe and have paid."""
    return {"items": await usecases.sum_pay_records(ctx, by=by)}


@router.get(
    "/pay-records/{record_id}", response_model=PayRecordOut, responses=problems(*READ), summary="One pay record"
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="pay_record", sensitive=True)
async def get_pay_record(ctx: Ctx, record_id: Id, by: By) -> Any:
    """With the parts that its amount comes from."""
    return await usecases.get_pay_record(ctx, record_id, by=by)


@router.post(
    "/pay-records/{record_id}/pay",
    response_model=PayRecordOut,
    responses=problems(*WRITE),
    summary="State a payment",
)
@may(MEMBER, object="pay_record", sensitive=True, key="required")
async def pay_record(ctx: Ctx, record_id: Id, body: PaymentIn, by: By) -> Any:
    """Payments add up. Less than due is not paid: the record stays as it is and `owed_fen` says what is missing."""
    return await usecases.pay_record(ctx, record_id, **body.model_dump(), by=by)


@router.post(
    "/pay-records/{record_id}/receive",
    response_model=PayRecordOut,
    responses=problems(*WRITE),
    summary="Confirm what has come",
)
@may(WORKER, OFFICER, ADMIN, object="pay_record", sensitive=True, key="required")
async def receive_pay(ctx: Ctx, record_id: Id, body: ReceiptIn, by: By, on_behalf: OnBehalf) -> Any:
    """The amount in all. The whole sum settles the record; less is disputed as less_than_due."""
    return await usecases.receive_pay(ctx, record_id, **body.model_dump(), on_behalf=on_behalf, by=by)


@router.post(
    "/pay-records/{record_id}/dispute",
    response_model=PayRecordOut,
    responses=problems(*WRITE),
    summary="Dispute a payment",
)
@may(WORKER, OFFICER, ADMIN, object="pay_record", sensitive=True, key="optional")
async def dispute_payment(ctx: Ctx, record_id: Id, body: PayDisputeIn, by: By, on_behalf: OnBehalf) -> Any:
    """With a reason of the kind pay_dispute; the officers of the region see it."""
    return await usecases.dispute_payment(ctx, record_id, **body.model_dump(), on_behalf=on_behalf, by=by)


@router.post(
    "/shifts/{shift_id}/all-on-time-and-paid",
    response_model=ClosedShiftOut,
    responses=problems(*WRITE),
    summary="All were on time, all are paid",
)
@may(MEMBER, object="shift", sensitive=True, key="required")
async def close_shift_paid(ctx: Ctx, shift_id: Id, body: ShiftPaidIn, by: By) -> Any:
    """One press after the shift: planned hours and full pay for everybody; each worker is asked what has come."""
    return await usecases.close_shift_paid(ctx, shift_id, means=body.means, paid_at=body.paid_at, by=by)
