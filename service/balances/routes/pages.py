"""The page of a surplus or shortage: which firm, when, where, under what conditions, and how to get in touch."""

from __future__ import annotations

from typing import Any

from service.balances import usecases
from service.balances.shaping import terms_out
from service.balances.telling import line_of, lines_of
from service.http.caller import ANYBODY
from service.http.html import page, page_router
from service.http.routing import Ctx, may
from service.http.types import Id

router = page_router()


@router.get("/shared_labour/{balance_id}", operation_id="show_balance_page")
@may(ANYBODY)
async def show_balance_page(ctx: Ctx, balance_id: Id) -> Any:
    """One; 410 when it was public and is not now. No search engine keeps it."""
    balance, terms = await usecases.show_balance(ctx, balance_id)
    facts = {
        "balance": balance,
        "line": line_of(balance, ctx.language),
        "lines": lines_of(balance, ctx.language),
        "terms": terms_out(terms, ctx.language)["text"],
    }
    return page("balances/balance.html", ctx.language, facts, here=f"/shared_labour/{balance_id}")
