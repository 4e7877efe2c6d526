"""The open-data feed over HTTP: everybody may copy what is public, exactly, and prove that the copy is equal."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Response

from service.feed import showing
from service.feed.filters import Asked
from service.feed.rules import CONTENT, PAGE_MOST, SEATS, URGENT
from service.feed.schemas.answers import (
    ChangesOut,
    FeedOut,
    ManifestOut,
    ResultsOut,
    SeatsPageOut,
    SnapshotOut,
    SupplyCountsOut,
)
from service.feed.schemas.entries import entry_schema
from service.feed.usecases import counting, reading
from service.http.caller import ANYBODY, INTEGRATOR
from service.http.paging import CursorText, after_cursor, id_of, paged
from service.http.responses import problems
from service.http.routing import By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import RegionCode, Whole
from service.reference.rules import region_prefix

router = make_router("feed")
Trade = Annotated[str | None, Query(max_length=800, description="trade codes, with commas")]
Region = Annotated[str | None, Query(max_length=200, description="codes of areas (GB/T 2260), with commas")]
Kind = Annotated[str | None, Query(max_length=20, description="posting or supply; both when left out")]
Own = Annotated[bool, Query(description="with a partner's key: also what this partner brought")]
CursorNeeded = Annotated[str, Query(max_length=500, description="of a snapshot, or next_cursor of the page before")]
CursorPerhaps = Annotated[str | None, Query(max_length=500, description="of a snapshot or page; now when left out")]
Page = Annotated[Whole, Query(ge=1, le=PAGE_MOST, description="entries in one page")]
LINES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One entry a line; ETag and X-Checksum-Sha256 hold the SHA-256 of the bytes",
        "content": {showing.NDJSON: {"schema": {"type": "string"}}},
    }
}
ERRORS = problems(400, 401, 410, 422)


@router.get("/feed", response_model=FeedOut, responses=problems(401), summary="What the open data are")
@may(ANYBODY)
async def get_feed(ctx: Ctx) -> Any:
    """Licence, schema, freshness, order, limits, notice periods, where it stands now, and where to go on."""
    return showing.feed_of(ctx, await reading.read_feed(ctx))


@router.get("/feed/schema", responses=problems(401), summary="JSON Schema of one entry")
@may(ANYBODY)
async def get_feed_schema() -> dict[str, Any]:
    """Version 1, as in api_specs/feed_entry.schema.json."""
    return entry_schema()


@router.get("/feed/snapshot", response_model=SnapshotOut, responses=ERRORS | problems(409), summary="Begin a copy")
@may(ANYBODY)
async def list_feed_parts(
    ctx: Ctx,
    by: PerhapsBy,
    kind: Kind = None,
    trade: Trade = None,
    region: Region = None,
    own: Own = False,
    cursor: CursorPerhaps = None,
) -> Any:
    """The parts of a snapshot of this moment. Each can be fetched again and again, in any order, for 35 days."""
    asked = Asked(kind, trade, region, own)
    at = showing.perhaps(ctx, cursor, CONTENT, asked.facts)
    found = await reading.read_snapshot(ctx, asked.filter(), by=None if own else by, at=at)
    return showing.snapshot_of(ctx, found, asked)


@router.get(
    "/feed/snapshot/{part}",
    responses=LINES | ERRORS | problems(404),
    summary="One part of a snapshot",
    response_class=Response,
)
@may(ANYBODY)
async def get_feed_part(
    ctx: Ctx,
    by: PerhapsBy,
    part: Annotated[int, Path(ge=1, le=4096)],
    cursor: CursorNeeded,
    kind: Kind = None,
    trade: Trade = None,
    region: Region = None,
    own: Own = False,
) -> Any:
    """What was public at the cursor, one entry a line; the same bytes whenever it is asked for."""
    asked = Asked(kind, trade, region, own)
    at = showing.reader(ctx, cursor, CONTENT, asked.facts)
    found = await reading.read_part(ctx, part, asked.filter(), by=None if own else by, at=at)
    return showing.file_of_lines(found, lasting=True)


@router.get("/feed/changes", response_model=ChangesOut, responses=ERRORS, summary="What is new since a cursor")
@may(ANYBODY)
async def list_feed_changes(
    ctx: Ctx,
    by: PerhapsBy,
    cursor: CursorNeeded,
    kind: Kind = None,
    trade: Trade = None,
    region: Region = None,
    own: Own = False,
    limit: Page = 1_000,
) -> Any:
    """Contents and removals in the order of publication. With a filter, what leaves it is a removal too."""
    asked = Asked(kind, trade, region, own)
    at = showing.reader(ctx, cursor, CONTENT, asked.facts)
    found = await reading.read_changes(ctx, asked.filter(), by=None if own else by, at=at, limit=limit)
    return showing.page_of_lines(ctx, found, CONTENT, asked.facts)


@router.get("/feed/removals", response_model=ChangesOut, responses=ERRORS, summary="What must come down at once")
@may(ANYBODY)
async def list_feed_removals(ctx: Ctx, cursor: CursorPerhaps = None, limit: Page = 1_000) -> Any:
    """Urgent removals only (an officer stopped it), for everybody: poll this often, and the changes when you like."""
    at = showing.perhaps(ctx, cursor, URGENT, {})
    found = await reading.read_removals(ctx, at=at, limit=limit)
    return showing.page_of_lines(ctx, found, URGENT, {})


@router.get("/feed/seats", response_model=SeatsPageOut, responses=ERRORS, summary="Open seats, apart from content")
@may(ANYBODY)
async def list_feed_seats(ctx: Ctx, cursor: CursorPerhaps = None, limit: Page = 1_000) -> Any:
    """Told at most once a minute for each posting; without a cursor of every public one."""
    at = showing.perhaps(ctx, cursor, SEATS, {})
    return showing.seats_of(ctx, await reading.read_seats(ctx, at=at, limit=limit))


@router.get("/feed/supply", response_model=SupplyCountsOut, responses=ERRORS, summary="How many look for work")
@may(ANYBODY)
async def list_supply_counts(
    ctx: Ctx,
    region: Annotated[RegionCode | None, Query(description="province, city or district (GB/T 2260)")] = None,
    trade: Trade = None,
    limit: Page = 1_000,
    cursor: CursorText = None,
) -> Any:
    """People by trade, place and time of the week, once a day: none below five, and no difference that is."""
    asked = Asked(None, trade, region, own=False)
    filters = {"list": "supply_counts", **asked.facts}
    trades = asked.filter().trades
    after = after_cursor(ctx, cursor, filters, tuple)
    prefix = region_prefix(region) if region else ""
    return paged(ctx, await counting.list_supply_counts(ctx, trades, prefix, after=after, limit=limit), filters)


@router.get(
    "/feed/results",
    response_model=ResultsOut,
    responses=ERRORS | problems(403),
    summary="What became of what I brought",
)
@may(INTEGRATOR, scopes=("feed:results",))
async def list_feed_results(ctx: Ctx, by: By, limit: Page = 1_000, cursor: CursorText = None) -> Any:
    """Filled, hired: for each posting that came with a key of this partner."""
    filters = {"list": f"feed_results:{by.account_id}"}
    page = await counting.list_results(ctx, after=after_cursor(ctx, cursor, filters, id_of), limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(
    "/feed/manifest", response_model=ManifestOut, responses=ERRORS | problems(409), summary="What a copy adds up to"
)
@may(ANYBODY)
async def get_feed_manifest(ctx: Ctx, by: PerhapsBy, own: Own = False, cursor: CursorPerhaps = None) -> Any:
    """Counts and digests of an unfiltered copy at a cursor, by place and by bucket. docs/feed.md has the sum."""
    asked = Asked(None, None, None, own)
    at = showing.perhaps(ctx, cursor, CONTENT, asked.facts)
    found = await reading.read_manifest(ctx, own=own, by=by, at=at)
    return showing.manifest_of(ctx, found, asked)


@router.get(
    "/feed/bucket/{bucket}",
    responses=LINES | ERRORS | problems(404),
    summary="One bucket again",
    response_class=Response,
)
@may(ANYBODY)
async def get_feed_bucket(
    ctx: Ctx,
    by: PerhapsBy,
    bucket: Annotated[str, Path(pattern="^[0-9a-f]{2}$")],
    kind: Kind = None,
    trade: Trade = None,
    region: Region = None,
    own: Own = False,
    cursor: CursorPerhaps = None,
) -> Any:
    """Everything public whose id ends in these two hexadecimal digits: replace yours by it."""
    asked = Asked(kind, trade, region, own)
    at = showing.perhaps(ctx, cursor, CONTENT, asked.facts)
    found = await reading.read_bucket(ctx, bucket, asked.filter(), by=None if own else by, at=at)
    return showing.file_of_lines(found, lasting=cursor is not None)
