"""`uow.listings`: what the public sees of both sides, found by a ListingFilter.

For features that show listings (columns of a zone, saved searches, boards):

- `await uow.listings.page(wanted, after, limit, grouped=True, facets=False) -> Found`: `wanted` a checked
  `ListingFilter`, `after` the `Key` of the last row seen (`rules.found.key_of`), None at first; `Found.hits` have id
  and side, `Found.total` the number found in all (at most CAP + 1: `capped`).
- `await uow.listings.counts(filters, most=CAP) -> list[int]`: how many listings each finds, `most` + 1 for more.
- `await uow.listings.among(wanted, ids) -> list[Hit]`: those of some listings that are meant.
- `await uow.listings.meant(around, wanted) -> list[str]`: other words that find something, where those of `wanted` find
  nothing.
- `wanted` may be several filters that all have to hold (see `rules.together`).
- `await uow.listings.shown(hits) -> list[ListingView]`: as everybody sees them, in the order given; what was hidden
  meanwhile is left out.
- `await uow.listings.question(wanted) -> Question` and `service.listings.rules.questions.accepts` for one listing.

A listing counts once, a posting group (the same words, place and pay of one employer) is shown once: its newest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from service.geo import Point
from service.listings.repository.breadth import breadth
from service.listings.repository.finding import count, find, find_among, owners_like
from service.listings.repository.keeping import LISTINGS, ListingKeeping
from service.listings.repository.showing import ListingShowing
from service.listings.rules.filters import ListingFilter
from service.listings.rules.found import CAP, Found, Hit, Key
from service.listings.rules.listing import Listing
from service.listings.rules.questions import Ground, Question, question_of
from service.listings.rules.suggesting import MOST_REPAIRS, likely
from service.listings.rules.together import Part, all_together
from service.listings.rules.tokens import region_token
from service.venues.tables import VenueRow
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import Uow

MOST_LIVE = 100  # above it one word is as good as another
Wanted = Part | Sequence[Part]


class ListingRepository(ListingKeeping, ListingShowing):
    """Kept, found, shown."""

    CAP = CAP

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    async def question(self, wanted: Wanted) -> Question:
        """What a filter, or several that all hold, asks now: day, usual radius, seasons and venue filled in.

        Raises Missing for an unknown venue.
        """
        if isinstance(wanted, Question):
            return wanted
        if not isinstance(wanted, ListingFilter):
            return all_together([await self.question(each) for each in wanted])
        now = await self.uow.now()
        venue = await self._venue(wanted.venue_id) if wanted.venue_id else None
        seasons = list((await self.uow.reference.catalogue()).newest("season").values()) if wanted.seasons else []
        region = wanted.regions[0] if wanted.regions else None
        radius = self.uow.ctx.policies.at(now, region).postings.search_radius_metres
        return question_of(wanted, Ground(local_day(now), radius, seasons, venue))

    async def page(
        self,
        wanted: Wanted,
        after: Key | None,
        limit: int,
        *,
        grouped: bool = True,
        facets: bool = False,
        owners_apart: Collection[UUID] = (),
    ) -> Found:
        """The listings after a key, at most `limit`, and how many there are; none of `owners_apart`.

        Raises Missing for an unknown venue.
        """
        asked = await self.question(wanted)
        asked = replace(asked, owners_apart=(*asked.owners_apart, *owners_apart))
        today = local_day(await self.uow.now())
        most = (await breadth(self.session, self.uow.ctx.database)).most(asked)
        return await find(self.session, asked, today, after, limit, grouped=grouped, facets=facets, most=most)

    async def among(self, wanted: Wanted, ids: Sequence[UUID]) -> list[Hit]:
        """Those of some listings that are meant, in the order of their ids given. Raises Missing."""
        found = {hit.id: hit for hit in await find_among(self.session, await self.question(wanted), ids)}
        return [found[each] for each in ids if each in found]

    async def meant(self, around: Sequence[Part], wanted: ListingFilter) -> list[str]:
        """Other words than those of `wanted`, which find nothing inside `around`: such as find something there
        now, the most first."""
        words = likely(wanted.q or "")
        asked: list[Wanted] = [[*around, wanted.model_copy(update={"q": word})] for word in words]
        found = dict(zip(words, await self.counts(asked, MOST_LIVE), strict=True))
        return sorted((word for word in words if found[word]), key=lambda word: -found[word])[:MOST_REPAIRS]

    async def live(self, meanings: Sequence[Sequence[str]], region: str | None) -> list[int]:
        """How many listings have one of the tokens of each meaning, in a region; MOST_LIVE + 1 for more."""
        here = (region_token(region),) if region else ()
        return await self.counts([Question(any_of=(tuple(tokens),), all_of=here) for tokens in meanings], MOST_LIVE)

    async def counts(self, filters: Sequence[Wanted], most: int = CAP) -> list[int]:
        """How many listings each filter finds; `most` + 1 means more. Raises Missing."""
        return await count(self.session, [await self.question(each) for each in filters], most)

    async def get(self, listing_id: UUID) -> Listing | None:
        """One, where it is shown."""
        found = await self.session.execute(select(LISTINGS).where(LISTINGS.c.id == listing_id))
        row = found.mappings().one_or_none()
        return None if row is None else Listing(**{**row, "tokens": tuple(row["tokens"])})

    async def owners_like(self, folded: str, limit: int) -> list[tuple[UUID, str]]:
        """(id, public name) of employers with listings whose name begins so."""
        return await owners_like(self.session, folded, limit)

    async def _venue(self, venue_id: UUID) -> Point | str:
        venue: VenueRow = await self.uow.venues.get(venue_id)
        if venue.lon is not None and venue.lat is not None:
            return Point(venue.lon, venue.lat)
        return venue.district_code or venue.city_code


__all__ = ["ListingRepository"]
