"""Hire by sight (现场成交)."""

from __future__ import annotations

from typing import Any

from service.applications.schemas import HireIn, HireOut, HireRefuseIn, HiresOut, SeatOut, SightPlaceIn
from service.applications.usecases import hires
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as new_router
from service.http.types import Id

router = new_router("engagements")


def _place(place: SightPlaceIn | None) -> dict[str, object] | None:
    if place is None:
        return None
    lon, lat = place.point.wgs84() if place.point else (None, None)
    return {
        "address": place.address,
        "city_code": place.city_code,
        "district_code": place.district_code,
        "lon": lon,
        "lat": lat,
        "datum": place.point.datum if place.point else None,
    }


@router.post(
    "/hires",
    status_code=201,
    response_model=HireOut,
    responses=problems(*WRITE, 429),
    summary="Put a deal made face to face before the worker",
)
@may(MEMBER, sensitive=True, key="required", location="/v1/hires/{value.id}")
async def propose_hire(ctx: Ctx, body: HireIn, by: By) -> Any:
    """Shown to nobody but the worker, whose yes makes posting, shift, seat and terms."""
    deal = hires.Deal(
        code=body.code,
        trade=body.trade,
        pay_fen=body.pay.amount_fen,
        pay_unit=body.pay_unit,
        settlement=body.settlement,
        until=body.until,
        starts_at=body.starts_at,
        break_minutes=body.break_minutes,
        job_kind=body.job_kind,
        title=body.title,
        site_id=body.site_id,
        place=_place(body.place),
    )
    return await hires.propose_hire(ctx, deal, by=by)


@router.get(
    "/hires/pending",
    response_model=HiresOut,
    responses=problems(401, 403, 422),
    summary="Deals that wait for a yes",
)
@may(WORKER, MEMBER)
async def list_pending_hires(ctx: Ctx, by: By) -> dict[str, object]:
    """The worker sees what waits for his yes, the employer what it has proposed."""
    return {"items": await hires.list_pending_hires(ctx, by=by)}


@router.get("/hires/{hire_id}", response_model=HireOut, responses=problems(401, 403, 404, 422), summary="One deal")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="hire")
async def get_hire(ctx: Ctx, hire_id: Id, by: By) -> Any:
    """For its two sides and the officer of the place."""
    return await hires.get_hire(ctx, hire_id, by=by)


@router.post(
    "/hires/{hire_id}/accept",
    response_model=SeatOut,
    responses=problems(*WRITE),
    summary="Say yes to a deal",
)
@may(WORKER, OFFICER, ADMIN, object="hire", key="required")
async def accept_hire(ctx: Ctx, hire_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """Posting, shift, seat and terms in one step, under the same gates as any other seat."""
    return await hires.accept_hire(ctx, hire_id, by=by, on_behalf=on_behalf)


@router.post(
    "/hires/{hire_id}/refuse",
    response_model=HireOut,
    responses=problems(*WRITE),
    summary="Say no to a deal",
)
@may(WORKER, OFFICER, ADMIN, object="hire", key="optional")
async def refuse_hire(ctx: Ctx, hire_id: Id, body: HireRefuseIn, by: By, on_behalf: OnBehalf) -> Any:
    """Nothing is made."""
    return await hires.refuse_hire(ctx, hire_id, by=by, reason=body.reason, on_behalf=on_behalf)


@router.post(
    "/hires/{hire_id}/withdraw",
    response_model=HireOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Take a proposed deal back",
)
@may(MEMBER, object="hire", key="optional")
async def withdraw_hire(ctx: Ctx, hire_id: Id, by: By) -> Any:
    """Before the worker has answered."""
    return await hires.withdraw_hire(ctx, hire_id, by=by)
