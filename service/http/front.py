"""The plain front page at `/`: what this is, where to go on; and the one style sheet of every page."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from service.http.caller import ANYBODY
from service.http.html import page, page_router
from service.http.html.rendering import sheet
from service.http.routing import Ctx, may

router = page_router()
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=300"


@router.get("/", operation_id="show_front")
@may(ANYBODY)
async def show_front(ctx: Ctx) -> Any:
    """The same for everybody."""
    docs = not ctx.settings.is_production
    return page("front.html", ctx.language, {"docs": docs}, here="/")


@router.get("/site.css", operation_id="read_sheet")
@may(ANYBODY)
async def read_sheet(ctx: Ctx, v: Annotated[str | None, Query(max_length=64)] = None) -> Any:
    """Kept for good under the version that pages name."""
    text, version = sheet()
    kept = FOR_GOOD if v == version else FOR_A_WHILE
    return Response(text, media_type="text/css", headers={"cache-control": kept, "etag": f'"{version}"'})
