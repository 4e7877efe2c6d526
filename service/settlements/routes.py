"""Days and money of shared labour over HTTP: days entered and objected to, months stated, two legs paid."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id, Month
from service.i18n import DEFAULT
from service.settlements.schemas import (
    DealStatementOut,
    LegObjectIn,
    LegOut,
    LegPaidIn,
    LegReceivedIn,
    LegsOut,
    LegState,
    LentDayChangeIn,
    LentDayDecideIn,
    LentDayObjectIn,
    LentDayOut,
    LentDaysIn,
    LentDaysOut,
    LentStatementOut,
    MismatchesOut,
)
from service.settlements.usecases import days, legs, mismatches, statements

router = make_router("settlements")
LENT_DAY, LEG = "/lent-days/{lent_day_id}", "/settlement-legs/{leg_id}"
DAY_READ: dict[str, Any] = {"response_model": LentDayOut, "responses": problems(*WRITE, 412, 428)}
LEG_DONE: dict[str, Any] = {"response_model": LegOut, "responses": problems(*WRITE)}
PDF: dict[str, Any] = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
AskedMonth = Annotated[Month | None, Query(description="as 2026-12, or any day of it")]


# -- days ---------------------------------------------------------------------------------------------


@router.post(
    "/deals/{deal_id}/days", response_model=LentDaysOut, responses=problems(*WRITE), summary="Enter a day of the people"
)
@may(MEMBER, object="deal", key="optional")
async def enter_lent_days(ctx: Ctx, deal_id: Id, body: LentDaysIn, by: By) -> Any:
    """By the borrower, in one call for everybody: who is named as said, all others who were to work as planned. The
    answer has the whole day."""
    people = [each.model_dump() for each in body.people]
    return await days.enter_days(ctx, deal_id, day=body.day, people=people, as_planned=body.as_planned, by=by)


@router.get(
    "/deals/{deal_id}/days", response_model=LentDaysOut, responses=problems(*READ, 422), summary="Days of a month"
)
@may(MEMBER, OFFICER, ADMIN, object="deal", sensitive=True)
async def list_lent_days(ctx: Ctx, deal_id: Id, by: By, month: AskedMonth = None) -> Any:
    """Of everybody under a deal; this month if none is said."""
    return {"items": await days.list_days(ctx, deal_id, month=month, by=by)}


@router.patch(
    LENT_DAY, response_model=LentDayOut, responses=problems(*WRITE, 412, 428), summary="Put a day right"
)  # fmt: skip
@may(MEMBER, object="lent_day", key="optional")
async def change_lent_day(ctx: Ctx, lent_day_id: Id, body: LentDayChangeIn, version: IfMatch, by: By) -> Any:
    """By the borrower. A month that was stated gets a new edition; what the earlier one said stays in sight."""
    return await days.change_day(ctx, lent_day_id, **body.model_dump(), version=version, by=by)


@router.post(LENT_DAY + "/agree", summary="Agree to a day", **DAY_READ)
@may(WORKER, OFFICER, ADMIN, object="lent_day", key="optional")
async def agree_lent_day(ctx: Ctx, lent_day_id: Id, version: IfMatch, by: By, on_behalf: OnBehalf) -> Any:
    """It was so, as it was read. Nothing said within the days of `stands_at` says the same."""
    return await days.agree_day(ctx, lent_day_id, version=version, by=by, on_behalf=on_behalf)


@router.post(LENT_DAY + "/object", summary="Object to a day", **DAY_READ)
@may(WORKER, OFFICER, ADMIN, object="lent_day", key="optional")
async def object_lent_day(
    ctx: Ctx, lent_day_id: Id, body: LentDayObjectIn, version: IfMatch, by: By, on_behalf: OnBehalf
) -> Any:
    """With a reason of the kind lent_day_object; the borrower puts it right, or an officer decides."""
    return await days.object_day(ctx, lent_day_id, **body.model_dump(), version=version, by=by, on_behalf=on_behalf)


@router.post(
    LENT_DAY + "/decide", response_model=LentDayOut, responses=problems(*WRITE, 412, 428), summary="Decide on a day"
)
@may(OFFICER, ADMIN, object="lent_day", key="optional")
async def decide_lent_day(ctx: Ctx, lent_day_id: Id, body: LentDayDecideIn, version: IfMatch, by: By) -> Any:
    """Where the person objects and the borrower does not put it right."""
    return await days.decide_day(ctx, lent_day_id, **body.model_dump(), version=version, by=by)


# -- statements ---------------------------------------------------------------------------------------


@router.get(
    "/deals/{deal_id}/statement",
    response_model=DealStatementOut,
    responses=problems(*READ, 422),
    summary="A deal's month in money",
)
@may(MEMBER, OFFICER, ADMIN, object="deal", sensitive=True)
async def get_deal_statement(ctx: Ctx, deal_id: Id, by: By, month: AskedMonth = None) -> Any:
    """The latest month if none is said. The parts of everybody add up to the deal's."""
    return await statements.get_deal_statement(ctx, deal_id, month=month, by=by)


@router.get(
    "/lent/{lent_id}/statement",
    response_model=LentStatementOut,
    responses=problems(*READ, 422),
    summary="A person's month",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", sensitive=True)
async def get_lent_statement(ctx: Ctx, lent_id: Id, by: By, month: AskedMonth = None) -> Any:
    """The own days, hours, parts of the wage, what is due, paid and open."""
    return await statements.get_lent_statement(ctx, lent_id, month=month, by=by)


@router.get(
    "/lent/{lent_id}/statement/pdf",
    response_class=Response,
    responses=problems(*READ, 422) | {200: PDF},
    summary="A person's month on paper",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="lent", sensitive=True)
async def download_lent_statement(ctx: Ctx, lent_id: Id, by: By, month: AskedMonth = None) -> Any:
    """In Chinese: days, parts of the wage, what is due and paid."""
    from service.settlements.printing import pdf_of  # late: few ask for it, and it is large

    chinese = ctx.for_request(ctx.request_id or "", DEFAULT, ctx.once)
    view = await statements.get_lent_statement(chinese, lent_id, month=month, by=by)
    name = f'attachment; filename="statement-{lent_id}-{view.month:%Y-%m}.pdf"'
    return Response(pdf_of(view), media_type="application/pdf", headers={"content-disposition": name})


# -- legs ---------------------------------------------------------------------------------------------


@router.get("/settlement-legs", response_model=LegsOut, responses=problems(*LIST), summary="What is owed and paid")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="leg", sensitive=True)
async def list_legs(
    ctx: Ctx,
    by: By,
    deal_id: Annotated[Id | None, Query(description="only of this deal")] = None,
    state: LegState | None = None,
    listed: Annotated[bool, Query(description="long overdue, in dispute, or claimed: the officers' list")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """A person's wages, a firm's legs on either side, those of an officer's places."""
    filters = {"list": "legs", "of": by.capacity, "deal": deal_id, "state": state, "listed": listed}
    after = after_cursor(ctx, cursor, filters)
    found = await legs.list_legs(ctx, deal_id=deal_id, state=state, listed=listed, after=after, limit=limit, by=by)
    return paged(ctx, found, filters)


@router.get(LEG, response_model=LegOut, responses=problems(*READ), summary="One leg")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="leg", sensitive=True)
async def get_leg(ctx: Ctx, leg_id: Id, by: By) -> Any:
    """With the parts that its amount comes from."""
    return await legs.get_leg(ctx, leg_id, by=by)


@router.post(LEG + "/pay", summary="Say that a leg was paid", **LEG_DONE)
@may(MEMBER, object="leg", sensitive=True, key="required")
async def say_leg_paid(ctx: Ctx, leg_id: Id, body: LegPaidIn, by: By) -> Any:
    """By the payer. Payments add up; a borrower gives back what is due and no more."""
    return await legs.say_paid(ctx, leg_id, **body.model_dump(), by=by)


@router.post(LEG + "/confirm", summary="Confirm what has come", **LEG_DONE)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="leg", sensitive=True, key="required")
async def confirm_leg(ctx: Ctx, leg_id: Id, body: LegReceivedIn, by: By, on_behalf: OnBehalf) -> Any:
    """By the payee: the amount in all. The whole sum settles it; less is in dispute."""
    return await legs.confirm_leg(ctx, leg_id, amount_fen=body.amount_fen, by=by, on_behalf=on_behalf)


@router.post(LEG + "/object", summary="Object to a payment", **LEG_DONE)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="leg", sensitive=True, key="optional")
async def object_leg(ctx: Ctx, leg_id: Id, body: LegObjectIn, by: By, on_behalf: OnBehalf) -> Any:
    """By the payee, with a reason of the kind leg_object; officers of either place have it on their list."""
    return await legs.object_leg(ctx, leg_id, **body.model_dump(), by=by, on_behalf=on_behalf)


@router.get(
    "/settlements/mismatches",
    response_model=MismatchesOut,
    responses=problems(*LIST),
    summary="What does not fit together",
)
@may(MEMBER, OFFICER, ADMIN, object="deal", sensitive=True)
async def list_mismatches(
    ctx: Ctx,
    by: By,
    deal_id: Annotated[Id | None, Query(description="only of this deal")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Days objected to or not entered, hours above the limits, money that differs; of so many deals a page."""
    filters = {"list": "mismatches", "of": by.capacity, "deal": deal_id}
    after = after_cursor(ctx, cursor, filters, id_of)
    found = await mismatches.list_mismatches(ctx, deal_id=deal_id, after=after, limit=limit, by=by)
    return paged(ctx, found, filters)
