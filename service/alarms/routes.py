"""On the spot over HTTP: one press for either side, the officers' list, taking and closing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from service.alarms.lifecycle import LIVE
from service.alarms.schemas import (
    AlarmCloseIn,
    AlarmCountsOut,
    AlarmIn,
    AlarmLeaveIn,
    AlarmListOut,
    AlarmNoteIn,
    AlarmOut,
    AlarmsOut,
    KindCode,
    State,
)
from service.alarms.usecases import handling, looking, pressing
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, paged
from service.http.responses import LIST, READ, WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("alarms")
SIDES = (WORKER, MEMBER, OFFICER, ADMIN)
DONE: dict[str, Any] = {"response_model": AlarmOut, "responses": problems(*WRITE)}
DONE_PLAIN: dict[str, Any] = {"response_model": AlarmOut, "responses": problems(400, 401, 403, 404, 409, 422)}


def _key(key: list[Any]) -> tuple[int, datetime, UUID]:
    return int(key[0]), datetime.fromisoformat(key[1]), UUID(key[2])


@router.post(
    "/engagements/{engagement_id}/alarm",
    status_code=201,
    response_model=AlarmOut,
    responses=problems(*WRITE),
    summary="Say at once that something is wrong on the spot",
)
@may(*SIDES, object="engagement", key="optional", location="/v1/alarms/{value.id}")
async def press_alarm(ctx: Ctx, engagement_id: Id, body: AlarmIn, by: By, on_behalf: OnBehalf) -> Any:
    """From check-in to a little after the end; «not let in» from the opening of the check-in. Officers are told at
    once; the answer has the numbers to call. Pressed again it is the same alarm."""
    return await pressing.press(ctx, engagement_id, on_behalf=on_behalf, by=by, **body.model_dump())


@router.get(
    "/engagements/{engagement_id}/alarms",
    response_model=AlarmListOut,
    responses=problems(*READ),
    summary="What was pressed about a seat",
)
@may(*SIDES, object="engagement", sensitive=True)
async def list_seat_alarms(ctx: Ctx, engagement_id: Id, by: By) -> Any:
    """Own ones and the other side's; the other side's words only where nobody has to be shielded."""
    return await looking.list_seat_alarms(ctx, engagement_id, by=by)


@router.get("/alarms", response_model=AlarmsOut, responses=problems(*LIST), summary="Alarms of my regions")
@may(OFFICER, ADMIN)
async def list_alarms(
    ctx: Ctx,
    by: By,
    state: Annotated[State | None, Query(description="those that wait for somebody where not named")] = None,
    kind: KindCode | None = None,
    overdue: Annotated[bool, Query(description="only those past their time")] = False,
    mine: Annotated[bool, Query(description="only those that I have taken")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The gravest first, of these the newest."""
    filters = {"list": "alarms", "by": by.account_id, "state": state, "kind": kind, "overdue": overdue, "mine": mine}
    page = await looking.list_alarms(
        ctx,
        states=LIVE if state is None else (state,),
        kind=kind,
        overdue=overdue,
        mine=mine,
        by=by,
        after=after_cursor(ctx, cursor, filters, _key),
        limit=limit,
    )
    return paged(ctx, page, filters)


@router.get("/alarms/counts", response_model=AlarmCountsOut, responses=problems(401, 403), summary="Alarms in figures")
@may(OFFICER, ADMIN)
async def count_alarms(ctx: Ctx, by: By) -> Any:
    """Waiting for somebody, and past their time."""
    return await looking.count_alarms(ctx, by=by)


@router.get("/alarms/{alarm_id}", response_model=AlarmOut, responses=problems(*READ), summary="One alarm")
@may(*SIDES, object="alarm", sensitive=True)
async def get_alarm(ctx: Ctx, alarm_id: Id, by: By) -> Any:
    """How it stands."""
    return await looking.get_alarm(ctx, alarm_id, by=by)


@router.post("/alarms/{alarm_id}/leave", summary="Leave on an own alarm, without a mark", **DONE)
@may(WORKER, OFFICER, ADMIN, object="alarm", key="optional")
async def leave_on_alarm(ctx: Ctx, alarm_id: Id, body: AlarmLeaveIn, by: By, on_behalf: OnBehalf) -> Any:
    """The hours until now are to be confirmed and paid; the seat is offered for the rest, after danger or an injury
    not before an officer has found the place safe."""
    return await pressing.leave_on(ctx, alarm_id, back_in_line=body.back_in_line, on_behalf=on_behalf, by=by)


@router.post("/alarms/{alarm_id}/withdraw", summary="Take an own alarm back", **DONE_PLAIN)
@may(*SIDES, object="alarm", key="optional")
async def withdraw_alarm(ctx: Ctx, alarm_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """While nobody has taken it; not after danger, an injury or leaving."""
    return await pressing.withdraw(ctx, alarm_id, on_behalf=on_behalf, by=by)


@router.post("/alarms/{alarm_id}/take", summary="See to an alarm", **DONE_PLAIN)
@may(OFFICER, ADMIN, object="alarm", key="optional")
async def take_alarm(ctx: Ctx, alarm_id: Id, by: By) -> Any:
    """Who pressed is told that somebody does."""
    return await handling.take(ctx, alarm_id, by=by)


@router.post("/alarms/{alarm_id}/release", summary="Give an alarm back", **DONE_PLAIN)
@may(OFFICER, ADMIN, object="alarm", key="optional")
async def release_alarm(ctx: Ctx, alarm_id: Id, by: By) -> Any:
    """An administrator also another's."""
    return await handling.release(ctx, alarm_id, by=by)


@router.post("/alarms/{alarm_id}/note", summary="Write down what was done about an alarm", **DONE)
@may(OFFICER, ADMIN, object="alarm", key="optional")
async def note_alarm(ctx: Ctx, alarm_id: Id, body: AlarmNoteIn, by: By) -> Any:
    """For the officers only."""
    return await handling.note(ctx, alarm_id, words=body.words, by=by)


@router.post("/alarms/{alarm_id}/close", summary="Close an alarm with what was found", **DONE)
@may(OFFICER, ADMIN, object="alarm", key="optional")
async def close_alarm(ctx: Ctx, alarm_id: Id, body: AlarmCloseIn, by: By) -> Any:
    """By who has taken it. Founded: what counted against the worker goes, and a case, a check of the posting or a mark
    of the employer follows, which can be contested as any."""
    return await handling.close(ctx, alarm_id, by=by, **body.model_dump())
