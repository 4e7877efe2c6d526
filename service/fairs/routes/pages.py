"""Fairs as pages for anybody with a browser: the next ones of a place, and one with its booths."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from service.errors import Refused
from service.fairs import showing
from service.fairs.filters import FairFilter
from service.fairs.usecases import looking
from service.http.caller import ANYBODY
from service.http.html import page, page_router, words
from service.http.html.rendering import link
from service.http.paging import CursorText, after_cursor, instant_and_id, next_cursor
from service.http.routing import Ctx, may
from service.http.types import Id
from service.reference.catalogue import regions

router = page_router()
IN_ONE_PAGE = 20
Past = Annotated[bool, Query(description="those that are over")]


@router.get("/fairs", operation_id="list_fair_pages")
@may(ANYBODY)
async def list_fair_pages(
    ctx: Ctx, region: Annotated[str | None, Query(max_length=6)] = None, past: Past = False, cursor: CursorText = None
) -> Any:
    """To come in a place, twenty at a time; with a calendar to subscribe to."""
    if region is not None and region not in regions():
        raise Refused("region_unknown", field="query:region")
    filters = {"list": "fair_pages", "region": region, "past": past}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    found = await looking.list_fairs(ctx, FairFilter(region, past=past), after=after, limit=IN_ONE_PAGE)
    more = next_cursor(ctx, found, filters)
    query = {name: value for name, value in (("region", region), ("past", "true" if past else None)) if value}
    facts = {
        "area": words.said_region(region, ctx.language) if region else None,
        "region": region,
        "past": past,
        "is_first": cursor is None,
        "fairs": [showing.entry_of(each, ctx.language) for each in found.items],
        "places": [(code, words.said_region(code, ctx.language)) for code in await looking.list_places(ctx)],
        "more": link("/fairs", **query, cursor=more) if more else None,
        "calendar": "/v1/fairs/calendar.ics" + (f"?region={region}" if region else ""),
    }
    here = "/fairs" + (f"?{urlencode(query)}" if query else "")
    return page("fairs/fairs.html", ctx.language, facts, here=here)


@router.get("/fairs/{fair_id}", operation_id="show_fair_page")
@may(ANYBODY)
async def show_fair_page(ctx: Ctx, fair_id: Id) -> Any:
    """One; suspended and called-off ones say so first, and stay."""
    fair, booths = await looking.show_fair(ctx, fair_id)
    facts = {
        "fair": fair,
        "state": showing.said_state(fair, ctx.language),
        "lines": showing.lines_of(fair, ctx.language),
        "stands": [showing.stand_of(each) for each in booths],
        "calendar": f"/v1/fairs/{fair_id}/calendar.ics",
        "open": fair.state in ("announced", "running"),
        "city": words.said_region(fair.city_code, ctx.language),
    }
    return page("fairs/fair.html", ctx.language, facts, here=f"/fairs/{fair_id}")
