"""What a worker takes along: history, export, calendar; and what stands for a worker: card and word."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response

from service.http.caller import ANYBODY, KIOSK, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, instant_and_id, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Day
from service.workers.export import history_csv
from service.workers.routes.asking import WorkerId
from service.workers.schemas.records import CalendarOut, CardIn, CardOut, ExportOut, HistoryOut, IdentifiedOut, WordOut
from service.workers.schemas.together import MeantIn
from service.workers.usecases import calendar, cards, history

router = make_router("workers")
ME = "/workers/{worker:worker}"
From = Annotated[Day | None, Query(alias="from", description="first local day")]
Until = Annotated[Day | None, Query(description="last local day")]
CSV: dict[str, Any] = {
    "description": "The history",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}
ICS: dict[str, Any] = {
    "description": "An iCalendar (RFC 5545)",
    "content": {"text/calendar": {"schema": {"type": "string"}}},
}


@router.get(ME + "/history", summary="Work and pay", responses=problems(400, 401, 403, 404, 410, 422))
@may(WORKER, OFFICER, object="worker", sensitive=True)
async def list_history(
    ctx: Ctx,
    worker_id: WorkerId,
    by: By,
    limit: Limit = 20,
    cursor: CursorText = None,
    since: From = None,
    until: Until = None,
) -> HistoryOut:
    """Newest first, with agreed hours and pay; an officer sees what was in the own regions."""
    filters = {"list": "history", "worker": worker_id, "since": since, "until": until}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    page = await history.list_history(ctx, worker_id, since=since, until=until, after=after, limit=limit, by=by)
    return HistoryOut.model_validate(paged(ctx, page, filters))


@router.get(
    ME + "/export",
    summary="Take the history along",
    response_model=ExportOut,
    responses=problems(401, 403, 404, 422) | {200: CSV},
)
@may(WORKER, OFFICER, object="worker", sensitive=True)
async def export_history(
    ctx: Ctx,
    worker_id: WorkerId,
    by: By,
    format: Literal["json", "csv"] = "json",
    since: From = None,
    until: Until = None,
) -> Any:
    """As JSON, or as CSV for a spreadsheet (UTF-8 with a mark, quoted, no cell a formula)."""
    made = await history.export_history(ctx, worker_id, since=since, until=until, by=by)
    if format == "json":
        return ExportOut.model_validate(made)
    return Response(
        history_csv(made.records, made.lendings, ctx.language),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="work-history.csv"'},
    )


@router.post(
    ME + "/calendar",
    status_code=201,
    summary="A calendar address",
    responses=problems(401, 403, 404, 409, 422),
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def create_calendar(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> CalendarOut:
    """Unguessable, shown this once; the address before it ends."""
    return CalendarOut.model_validate(await calendar.create_calendar(ctx, worker_id, on_behalf=on_behalf, by=by))


@router.delete(
    ME + "/calendar", status_code=204, summary="End the calendar address", responses=problems(401, 403, 404, 409, 422)
)
@may(WORKER, OFFICER, object="worker", key="optional")
async def revoke_calendar(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> None:
    """It answers 404 from now on."""
    await calendar.revoke_calendar(ctx, worker_id, on_behalf=on_behalf, by=by)


@router.get(
    "/calendar/{token}.ics",
    summary="A worker's calendar",
    response_class=Response,
    responses=problems(401, 404, 422) | {200: ICS},
)
@may(ANYBODY, sensitive=True)
async def get_calendar(
    ctx: Ctx, token: Annotated[str, Path(min_length=8, max_length=100, pattern="^[A-Za-z0-9_-]+$")]
) -> Response:
    """Seats of the last 90 days and to come, called-off ones as CANCELLED. Who knows the address may read it."""
    made = await calendar.get_calendar(ctx, token)
    return Response(made, media_type="text/calendar; charset=utf-8")


@router.post(
    ME + "/card",
    status_code=201,
    summary="Print a worker's card",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def issue_card(ctx: Ctx, worker_id: WorkerId, body: CardIn, by: By, on_behalf: OnBehalf) -> CardOut:
    """The answer holds the code and the HTML page to print, this once; the card before it is void. Besides the
    masked name nothing on it says whose it is."""
    return CardOut.model_validate(await cards.issue_card(ctx, worker_id, size=body.size, on_behalf=on_behalf, by=by))


@router.delete(ME + "/card", status_code=204, summary="The card is lost", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", key="optional")
async def revoke_card(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> None:
    """It means nobody from now on."""
    await cards.revoke_card(ctx, worker_id, on_behalf=on_behalf, by=by)


@router.post(ME + "/word", status_code=201, summary="A word of today", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, OFFICER, object="worker", sensitive=True, key="optional")
async def issue_word(ctx: Ctx, worker_id: WorkerId, by: By, on_behalf: OnBehalf) -> WordOut:
    """Six digits to say to whoever hires on the spot; the word before it ends."""
    return WordOut.model_validate(await cards.issue_word(ctx, worker_id, on_behalf=on_behalf, by=by))


@router.post(
    "/workers/identify",
    summary="Whom a card or a word means",
    responses=problems(400, 401, 403, 404, 409, 415, 422, 429),
)
@may(MEMBER, OFFICER, KIOSK, sensitive=True, key="optional")
async def identify_worker(ctx: Ctx, body: MeantIn, by: By) -> IdentifiedOut:
    """An id and a masked name, nothing else; wrong tries are few. A POST so that no code stands in an address."""
    return IdentifiedOut.model_validate(await cards.identify_worker(ctx, code=body.code, word=body.word, by=by))
