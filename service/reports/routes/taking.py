"""Reports over HTTP: by anybody about what they see; only the reporter reads the answer."""

from __future__ import annotations

from typing import Any

from service.http.caller import ANYBODY, MEMBER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, problems
from service.http.routing import Address, By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.reports import usecases
from service.reports.schemas import ReceiptOut, ReportIn, ReportsOut

router = make_router("reviews")
TAKEN: dict[str, Any] = {
    "status_code": 201, "response_model": ReceiptOut, "responses": problems(400, 401, 404, 409, 413, 415, 422, 429),
}  # fmt: skip


@router.post("/postings/{posting_id}/reports", summary="Report a posting", **TAKEN)
@may(ANYBODY, object="posting", key="optional")
async def report_posting(ctx: Ctx, posting_id: Id, body: ReportIn, by: PerhapsBy, address: Address) -> Any:
    """Signed in or not; fees, papers withheld, child labour and safety are looked at first. Its employer never learns
    of it. The same one's second report of the same posting is the first one."""
    return await usecases.report(ctx, "posting", posting_id, by=by, address=address, **body.model_dump())


@router.post("/supplies/{supply_id}/reports", summary="Report a supply posting", **TAKEN)
@may(ANYBODY, object="supply", key="optional")
async def report_supply(ctx: Ctx, supply_id: Id, body: ReportIn, by: PerhapsBy, address: Address) -> Any:
    """The same for what somebody offers."""
    return await usecases.report(ctx, "supply", supply_id, by=by, address=address, **body.model_dump())


@router.post("/employers/{employer_id}/reports", summary="Report an employer", **TAKEN)
@may(ANYBODY, object="employer", key="optional")
async def report_employer(ctx: Ctx, employer_id: Id, body: ReportIn, by: PerhapsBy, address: Address) -> Any:
    """The same for who needs hands."""
    return await usecases.report(ctx, "employer", employer_id, by=by, address=address, **body.model_dump())


@router.get("/reports/mine", response_model=ReportsOut, responses=problems(*LIST), summary="My reports")
@may(WORKER, MEMBER)
async def list_my_reports(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """With their answers, the newest first."""
    filters = {"list": "reports", "by": by.person_id}
    page = await usecases.list_own(ctx, by=by, after=after_cursor(ctx, cursor, filters, id_of), limit=limit)
    return paged(ctx, page, filters)
