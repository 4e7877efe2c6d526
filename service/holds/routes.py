"""Holds over HTTP: one officer pauses, a second one confirms or lifts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.holds.schemas import ConfirmIn, HoldCountsOut, HoldIn, HoldOut, HoldsOut, Noun, State
from service.holds.usecases import deciding, looking, placing
from service.http.caller import ADMIN, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("holds")
PLACED: dict[str, Any] = {"status_code": 201, "response_model": HoldOut, "responses": problems(*WRITE)}
WHERE = "/v1/holds/{value.id}"


@router.post("/postings/{posting_id}/hold", summary="Pause a posting everywhere at once", **PLACED)
@may(OFFICER, ADMIN, object="posting", key="optional", location=WHERE)
async def hold_posting(ctx: Ctx, posting_id: Id, body: HoldIn, by: By) -> Any:
    """Gone from lists, search, screens and feed; no new seat is given, seats already taken stay. A second officer
    decides within a working day."""
    return await placing.place_hold(ctx, "posting", posting_id, by=by, **body.model_dump())


@router.post("/supplies/{supply_id}/hold", summary="Pause a supply posting everywhere at once", **PLACED)
@may(OFFICER, ADMIN, object="supply", key="optional", location=WHERE)
async def hold_supply(ctx: Ctx, supply_id: Id, body: HoldIn, by: By) -> Any:
    """The person cannot show it again until a second officer has decided."""
    return await placing.place_hold(ctx, "supply", supply_id, by=by, **body.model_dump())


@router.post("/employers/{employer_id}/hold", summary="Pause an employer everywhere at once", **PLACED)
@may(OFFICER, ADMIN, object="employer", key="optional", location=WHERE)
async def hold_employer(ctx: Ctx, employer_id: Id, body: HoldIn, by: By) -> Any:
    """Every posting of theirs, in every city; nothing new is shown meanwhile."""
    return await placing.place_hold(ctx, "employer", employer_id, by=by, **body.model_dump())


@router.get("/holds", response_model=HoldsOut, responses=problems(*LIST), summary="Holds of my regions")
@may(OFFICER, ADMIN)
async def list_holds(
    ctx: Ctx,
    by: By,
    state: State = "open",
    noun: Noun | None = None,
    overdue: Annotated[bool, Query(description="only those past their time; administrators see everywhere")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """By the time until which a second person decides."""
    filters = {"list": "holds", "state": state, "noun": noun, "overdue": overdue, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await looking.list_holds(ctx, states=(state,), noun=noun, overdue=overdue, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get("/holds/counts", response_model=HoldCountsOut, responses=problems(401, 403), summary="Holds in figures")
@may(OFFICER, ADMIN)
async def count_holds(ctx: Ctx, by: By) -> Any:
    """Open, and past their time."""
    return await looking.count_holds(ctx, by=by)


@router.get("/holds/{hold_id}", response_model=HoldOut, responses=problems(*READ), summary="One hold")
@may(OFFICER, ADMIN, object="hold")
async def get_hold(ctx: Ctx, hold_id: Id, by: By) -> Any:
    """Who placed it, why, until when it is decided."""
    return await looking.get_hold(ctx, hold_id, by=by)


@router.post(
    "/holds/{hold_id}/confirm", response_model=HoldOut, responses=problems(*WRITE), summary="Confirm another's hold"
)
@may(OFFICER, ADMIN, object="hold", key="optional")
async def confirm_hold(ctx: Ctx, hold_id: Id, body: ConfirmIn, by: By) -> Any:
    """A posting is taken down and its author may appeal; an employer is suspended. 409 `hold_own` for who placed it."""
    return await deciding.confirm_hold(ctx, hold_id, reason=body.reason, by=by)


@router.post(
    "/holds/{hold_id}/lift", response_model=HoldOut, responses=problems(400, 401, 403, 404, 409, 422),
    summary="Lift another's hold",
)  # fmt: skip
@may(OFFICER, ADMIN, object="hold", key="optional")
async def lift_hold(ctx: Ctx, hold_id: Id, by: By) -> Any:
    """Everything is as before, unless it has ended meanwhile."""
    return await deciding.lift_hold(ctx, hold_id, by=by)
