"""What stands in a place, for the free zone: how many of each side, and the newest lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.balances.filters import BalanceFilter
from service.balances.shaping import terms_out
from service.balances.showing import views_of
from service.balances.usecases.looking import terms_in

if TYPE_CHECKING:
    from service.balances.views import BalanceView
    from service.uow import Uow


async def counted(uow: Uow, region: str | None, *, trade: str | None = None) -> dict[str, int]:
    """How many surpluses and shortages are public in a region."""
    return await uow.balances.counts(BalanceFilter(region=region, trade=trade))


async def standing(
    uow: Uow, region: str | None, limit: int, *, side: str | None = None, trade: str | None = None
) -> Sequence[BalanceView]:
    """The newest public ones of a region, without contact."""
    rows = await uow.balances.page(BalanceFilter(region=region, side=side, trade=trade), None, limit)
    return await views_of(uow, rows, None)


async def terms_said(uow: Uow, region: str | None) -> str:
    """The clause under which firms share labour in a region (None: the country), in the reader's language."""
    return str(terms_out(terms_in(uow, region, await uow.now()), uow.ctx.language)["text"])
