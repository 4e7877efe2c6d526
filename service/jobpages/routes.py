"""Pages of postings for people with any browser, and what crawlers ask for."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import RedirectResponse, Response

from service.http.caller import ANYBODY
from service.http.html import page, page_router, words
from service.http.html.rendering import ALWAYS_ASKED, link, tag_of
from service.http.paging import CursorText, after_cursor, instant_and_id, next_cursor
from service.http.routing import Ctx, may
from service.http.types import Id
from service.jobpages import rules, showing, sitemap, usecases
from service.reference.catalogue import regions
from service.worktime import rfc3339

router = page_router()
IN_ONE_PAGE = 20
MOST_NUMBER = 10**15


@router.get("/jobs", operation_id="list_job_pages")
@may(ANYBODY)
async def list_job_pages(
    ctx: Ctx, region: Annotated[str | None, Query(max_length=6)] = None, cursor: CursorText = None
) -> Any:
    """The newest of a province, city or district, twenty at a time."""
    area = rules.area_of(region, regions())
    filters = {"list": "job_pages", "region": region}
    found = await usecases.list_jobs(
        ctx, area, after=after_cursor(ctx, cursor, filters, instant_and_id), limit=IN_ONE_PAGE
    )
    more = next_cursor(ctx, found.page, filters)
    facts = {
        "area": words.said_region(region, ctx.language) if region else None,
        "region": region,
        "is_first": cursor is None,
        "jobs": [showing.entry(row, ctx.language) for row in found.page.items],
        "places": [(code, words.said_region(code, ctx.language)) for code in found.places],
        "more": link("/jobs", region=region, cursor=more) if more else None,
        "url": f"{ctx.settings.base_url}/jobs" + (f"?region={region}" if region else ""),
    }
    return page("jobpages/jobs.html", ctx.language, facts, here="/jobs" + (f"?region={region}" if region else ""))


@router.get("/jobs/{posting_id}", operation_id="show_job_page")
@may(ANYBODY)
async def show_job_page(ctx: Ctx, posting_id: Id) -> Any:
    """One posting; 410 when it was public and is not now; the way to another one that it was merged into."""
    job = await usecases.show_job(ctx, posting_id)
    if isinstance(job, usecases.MovedView):
        return RedirectResponse(link(f"/jobs/{job.into}"), 301)
    path = f"/jobs/{posting_id}"
    url = ctx.settings.base_url + path
    lines = showing.Teller(ctx.language).lines(job)
    is_open = rules.is_open(job.posting, job.now)
    naming = showing.named(job, lines, url, ctx.language)
    facts = {
        "job": job.posting,
        "pay": words.said_pay(job.posting["pay"], ctx.language),
        "lines": lines,
        "is_open": is_open,
        "url": url,
        "report_to": f"{path}/report",
        "data": rules.job_posting(job.posting, naming) if is_open else None,
        "city_path": link("/jobs", region=job.posting["place"]["city_code"]),
        "city": words.said_region(job.posting["place"]["city_code"], ctx.language),
    }
    return page("jobpages/job.html", ctx.language, facts, here=path)


@router.get("/n/{number}", operation_id="find_numbered_page")
@may(ANYBODY)
async def find_numbered_page(ctx: Ctx, number: Annotated[int, Path(ge=1, le=MOST_NUMBER)]) -> Any:
    """The way to the page of what was read out or printed as a number."""
    side, found = await usecases.find_numbered(ctx, number)
    return RedirectResponse(link(f"/jobs/{found}" if side == "demand" else f"/supply/{found}"), 301)


@router.get("/sitemap.xml", operation_id="list_sitemaps")
@may(ANYBODY)
async def list_sitemaps(ctx: Ctx) -> Any:
    """The index of the sitemap's parts."""
    parts = await usecases.list_sitemaps(ctx)
    listed = [(part.number, rfc3339(part.changed_at.replace(microsecond=0))) for part in parts]
    return _xml(sitemap.index_of(ctx.settings.base_url, listed or [(1, None)]))


@router.get("/sitemaps/{number}.xml", operation_id="show_sitemap")
@may(ANYBODY)
async def show_sitemap(ctx: Ctx, number: Annotated[int, Path(ge=1, le=50_000)]) -> Any:
    """Ten thousand addresses with their last change; the first part names the list of jobs too."""
    found = await usecases.show_sitemap(ctx, number)
    pages: list[tuple[str, str | None]] = [("/jobs", None)] if number == 1 else []
    pages += [(f"/jobs/{posting_id}", changed) for posting_id, changed in found]
    # ten thousand lines: not on the loop that serves everybody
    return _xml(await asyncio.to_thread(sitemap.part_of, ctx.settings.base_url, pages))


@router.get("/robots.txt", operation_id="read_robots")
@may(ANYBODY)
async def read_robots(ctx: Ctx) -> Any:
    """Where crawlers may go."""
    return Response(sitemap.robots(ctx.settings.base_url), media_type="text/plain")


def _xml(text: str) -> Response:
    body = text.encode()
    headers = {"cache-control": ALWAYS_ASKED, "etag": tag_of(body)}
    return Response(body, media_type="application/xml", headers=headers)
