"""Find what the public may see, of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.errors import Missing, Refused
from service.listings.rules.filters import ListingFilter
from service.listings.rules.found import as_cursor
from service.listings.views import ListingPage

if TYPE_CHECKING:
    from service.context import Context
    from service.listings.rules.found import Found
    from service.pages import After


async def list_listings(
    ctx: Context, wanted: ListingFilter, *, after: After, limit: int, grouped: bool, facets: bool
) -> ListingPage:
    """A page in the filter's order. Raises Refused venue_unknown."""
    async with ctx.uow() as uow:
        now = await uow.now()
        try:
            found = await uow.listings.page(wanted, after(now), limit + 1, grouped=grouped, facets=facets)
        except Missing:
            raise Refused("venue_unknown", field="query:venue_id") from None
        views = await uow.listings.shown(found.hits[:limit])
        return ListingPage(views, _last(found, limit), now, found.total, found.facets if facets else None, ())


async def count_listings(ctx: Context, filters: Sequence[ListingFilter]) -> list[int]:
    """How many each finds. Raises Refused venue_unknown."""
    async with ctx.uow() as uow:
        try:
            return await uow.listings.counts(filters)
        except Missing:
            raise Refused("venue_unknown", field="query:venue_id") from None


def _last(found: Found, limit: int) -> list[object] | None:
    """The sort key of the last hit, shown or hidden meanwhile, where more follow."""
    if len(found.hits) <= limit:
        return None
    return as_cursor(found.hits[limit - 1])
