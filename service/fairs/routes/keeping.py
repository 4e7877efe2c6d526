"""What officers do with fairs over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.fairs.schemas.fairs import (
    FairAnnounceIn,
    FairCallOffIn,
    FairIn,
    FairOut,
    FairPatch,
    FairResultsIn,
    FairSessionIn,
    FairsOut,
    FairState,
    FairSuspendIn,
)
from service.fairs.usecases import keeping, looking, running
from service.http.caller import ADMIN, OFFICER
from service.http.measures import PointIn
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import LIST, WRITE, problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("fairs")
ONE = "/fairs/{fair_id}"
NO_BODY = (400, 401, 403, 404, 409, 422)
PLANS = ("plan", "emergency_plan", "security_plan")
CAN_BE_EMPTIED = frozenset({
    "description", "district_code", "venue_id", "address", "lon", "lat", "sent_datum", "online_url", "hotline",
    "capacity", "expected_attendance", "permit_number",
})  # fmt: skip


def _columns(fields: dict[str, Any], point: PointIn | None, sessions: list[FairSessionIn] | None) -> dict[str, Any]:
    """The body's fields as a fair keeps them."""
    made = {name: value for name, value in fields.items() if name not in ("point", "sessions")}
    if sessions is not None:
        made["sessions"] = [(each.starts_at, each.ends_at) for each in sessions]
    if "point" in fields:
        lon, lat = point.wgs84() if point is not None else (None, None)
        made |= {"lon": lon, "lat": lat, "sent_datum": point.datum if point is not None else None}
    return made


@router.get("/fairs/desk", response_model=FairsOut, responses=problems(*LIST), summary="Fairs of one's regions")
@may(OFFICER, ADMIN)
async def list_desk_fairs(
    ctx: Ctx,
    by: By,
    state: Annotated[list[FairState] | None, Query(description="only in these states")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """Drafts too, those that begin last first."""
    filters = {"list": "desk_fairs", "state": state}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await looking.list_desk_fairs(ctx, states=state, by=by, after=after, limit=limit), filters)


@router.post("/fairs", status_code=201, response_model=FairOut, responses=problems(*WRITE), summary="Prepare a fair")
@may(OFFICER, ADMIN, object="fair", key="optional", location="/v1/fairs/{value.id}")
async def create_fair(ctx: Ctx, body: FairIn, by: By) -> Any:
    """A draft. It costs nobody anything, now or later."""
    return await keeping.create_fair(ctx, _columns(body.model_dump(), body.point, body.sessions), by=by)


@router.patch(ONE, response_model=FairOut, responses=problems(*WRITE, 412, 428), summary="Change a fair")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def change_fair(ctx: Ctx, fair_id: Id, body: FairPatch, version: IfMatch, by: By) -> Any:
    """Who signed up is told of another time or place; more places go to who waits."""
    changes = _columns(body.model_dump(exclude_unset=True), body.point, body.sessions)
    kept = {name: value for name, value in changes.items() if value is not None or name in CAN_BE_EMPTIED}
    return await keeping.change_fair(ctx, fair_id, kept, seen=version, by=by)


@router.post(ONE + "/announce", response_model=FairOut, responses=problems(*WRITE), summary="Announce a fair")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def announce_fair(ctx: Ctx, fair_id: Id, body: FairAnnounceIn, by: By) -> Any:
    """Needs the three plans, and from a thousand people on the permit's number. It opens and closes by itself."""
    plans = {name: getattr(body, name) for name in PLANS}
    changes = {name: value for name, value in body.model_dump().items() if name not in PLANS and value is not None}
    return await running.announce_fair(ctx, fair_id, plans=plans, changes=changes, by=by)


@router.post(ONE + "/suspend", response_model=FairOut, responses=problems(*WRITE), summary="Suspend a fair")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def suspend_fair(ctx: Ctx, fair_id: Id, body: FairSuspendIn, by: By) -> Any:
    """With a reason and the day on which it comes back by itself; everybody who signed up is told."""
    asked = [(each.starts_at, each.ends_at) for each in body.sessions] if body.sessions is not None else None
    return await running.suspend_fair(
        ctx, fair_id, reason=body.reason, returns_on=body.returns_on, sessions=asked, by=by
    )


@router.post(ONE + "/resume", response_model=FairOut, responses=problems(*NO_BODY), summary="Bring a fair back early")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def resume_fair(ctx: Ctx, fair_id: Id, by: By) -> Any:
    """Before the day that was said; everybody who signed up is told."""
    return await running.resume_fair(ctx, fair_id, by=by)


@router.post(ONE + "/call-off", response_model=FairOut, responses=problems(*WRITE), summary="Call a fair off")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def call_off_fair(ctx: Ctx, fair_id: Id, body: FairCallOffIn, by: By) -> Any:
    """For good; everybody who signed up and every employer with a booth is told."""
    return await running.call_off_fair(ctx, fair_id, reason=body.reason, by=by)


@router.post(ONE + "/discard", response_model=FairOut, responses=problems(*NO_BODY), summary="Give a draft up")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def discard_fair(ctx: Ctx, fair_id: Id, by: By) -> Any:
    """Nobody has seen it."""
    return await running.discard_fair(ctx, fair_id, by=by)


@router.put(ONE + "/results", response_model=FairOut, responses=problems(*WRITE), summary="Tell what came of a fair")
@may(OFFICER, ADMIN, object="fair", key="optional")
async def record_fair_results(ctx: Ctx, fair_id: Id, body: FairResultsIn, by: By) -> Any:
    """Who came, who spoke with an employer, who was hired; told again it is corrected."""
    return await running.record_fair_results(
        ctx, fair_id, came=body.came, spoke=body.spoke, hired=body.hired, by=by
    )  # fmt: skip
