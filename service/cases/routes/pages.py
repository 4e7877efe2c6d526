"""The extract and the hand-over sheet as pages to be printed; kept nowhere."""

from __future__ import annotations

from typing import Any

from service.cases.routes.extracts import Whole
from service.cases.showing import in_words
from service.cases.usecases import extracts
from service.http.caller import ADMIN, OFFICER, WORKER
from service.http.html import page, page_router, words
from service.http.html.terms import said_moment, said_on
from service.http.routing import By, Ctx, may
from service.http.types import Day, Id

router = page_router()
KEPT_NOWHERE = {"cache-control": "no-store"}


@router.get("/print/engagements/{engagement_id}/extract", operation_id="print_engagement_extract")
@may(WORKER, object="engagement", sensitive=True)
async def print_engagement_extract(ctx: Ctx, engagement_id: Id, by: By) -> Any:
    """An own seat."""
    made = await extracts.of_engagement(ctx, engagement_id, by=by)
    return _extract(ctx, made, f"/print/engagements/{engagement_id}/extract")


@router.get("/print/cases/{case_id}/extract", operation_id="print_case_extract")
@may(WORKER, OFFICER, ADMIN, object="case", sensitive=True)
async def print_case_extract(
    ctx: Ctx, case_id: Id, by: By, whole: Whole = False, since: Day | None = None, until: Day | None = None
) -> Any:
    """For a case."""
    made = await extracts.of_case(ctx, case_id, whole=whole, since=since, until=until, by=by)
    return _extract(ctx, made, f"/print/cases/{case_id}/extract")


@router.get("/print/cases/{case_id}/hand-over", operation_id="print_case_hand_over")
@may(OFFICER, ADMIN, object="case", sensitive=True)
async def print_case_hand_over(ctx: Ctx, case_id: Id, by: By) -> Any:
    """To go with a case to the outside body; who is shielded is not named."""
    made = await extracts.hand_over_sheet(ctx, case_id, by=by)
    language, who = ctx.language, made["who"]
    facts = made | {
        "place": words.said_place(made["case"].city_code, made["case"].district_code, language),
        "yuan": words.yuan,
        "on": lambda day: said_on(day, language),
        "made_at": said_moment(made["made_at"], language),
        "phone": words.said_phone(who["phone"]) if who["phone"] else None,
    }
    return page(
        "cases/hand_over.html", ctx.language, facts, here=f"/print/cases/{case_id}/hand-over", headers=KEPT_NOWHERE
    )


def _extract(ctx: Any, made: dict[str, Any], here: str) -> Any:
    return page(
        "cases/extract.html", ctx.language, {"doc": in_words(made, ctx.language)}, here=here, headers=KEPT_NOWHERE
    )
