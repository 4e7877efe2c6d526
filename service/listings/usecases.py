"""Find what the public may see, of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import Missing, Refused
from service.listings.rules.filters import ListingFilter, filter_from
from service.listings.rules.folding import asked
from service.listings.rules.found import as_cursor
from service.listings.rules.suggesting import by_use, repairs, suggestions
from service.listings.views import ListingPage, Suggestion
from service.reference.catalogue import regions

OWNERS = 3  # employers among suggestions
CANDIDATES = 24  # words of which the most used are suggested

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
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
        slip = wanted.q if wanted.q and not found.total else None
        meant = (await uow.listings.meant([], wanted) or repairs(slip)) if slip else []
        return ListingPage(views, _last(found, limit), now, found.total, found.facets if facets else None, meant)


async def suggest(ctx: Context, text: str, limit: int, region: str | None) -> tuple[list[Suggestion], list[str]]:
    """What the text may become: trades and places with the most listings (of a region) first, then employers; and
    what it may have been meant to be.

    Raises Refused region_unknown.
    """
    if region is not None and region not in regions():
        raise Refused("region_unknown", field="query:region")
    candidates = suggestions(text, CANDIDATES)
    async with ctx.uow() as uow:
        owners = await uow.listings.owners_like(asked(text), OWNERS)
        live = await uow.listings.live([word.tokens for word in candidates], region)
    named = [Suggestion(name, "employer", None, owner_id) for owner_id, name in owners]
    words = [Suggestion(word.shown, word.kind, word.code, None) for word in by_use(text, candidates, live, region)]
    made = [*words[: max(limit - len(named), 0)], *named][:limit]
    return made, [] if made else repairs(text)


async def list_search_listings(
    ctx: Context, search_id: UUID, *, personalised: bool | None, after: After, limit: int, by: Caller
) -> ListingPage:
    """What an own saved search finds now. Personalised: without employers that the person or they keep apart; not
    personalised: nothing of the profile is read, and the order is by distance or time. Raises Missing, Conflict
    search_broken with the code of why.
    """
    async with ctx.uow() as uow:
        if by.person_id is None:
            raise Missing
        row = await uow.searches.get(search_id, by.person_id)
        now = await uow.now()
        await uow.searches.question(row)
        wanted = filter_from(row.filter or {})
        apart: frozenset[UUID] = frozenset()
        if row.personalised if personalised is None else personalised:
            apart = await uow.blocks.employers_apart_from(by.person_id)
        else:
            wanted = wanted.model_copy(update={"sort": "distance" if wanted.near else "time"})
        found = await uow.listings.page(wanted, after(now), limit + 1, owners_apart=apart)
        views = await uow.listings.shown(found.hits[:limit])
        return ListingPage(views, _last(found, limit), now, found.total, None, ())


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
