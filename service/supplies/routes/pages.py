"""The page of a supply posting: what somebody looks for or offers, and how to ask; nothing of who it is."""

from __future__ import annotations

from typing import Any

from service.http.caller import ANYBODY
from service.http.html import page, page_router
from service.http.routing import Ctx, may
from service.http.types import Id
from service.supplies import usecases
from service.supplies.telling import lines_of, said_wish

router = page_router()


@router.get("/supply/{supply_id}", operation_id="show_supply_page")
@may(ANYBODY)
async def show_supply_page(ctx: Ctx, supply_id: Id) -> Any:
    """One; 410 when it was public and is not now. No search engine keeps it: people come and go."""
    supply = await usecases.show_supply(ctx, supply_id)
    facts = {
        "supply": supply,
        "wish": said_wish(supply, ctx.language),
        "lines": lines_of(supply, ctx.language),
        "report_to": f"/supply/{supply_id}/report",
    }
    return page("supplies/supply.html", ctx.language, facts, here=f"/supply/{supply_id}")
