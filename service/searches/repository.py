"""Queries on saved searches and on what was found for their people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from service.db.base import table_of
from service.errors import Conflict, Missing, Refused
from service.ids import new_id
from service.listings.rules.filters import check_filter, filter_from
from service.listings.rules.listing import Listing
from service.listings.rules.questions import Question
from service.searches.tables import AlertStopRow, SearchHitRow, SearchRow
from service.workers.tables import BlockRow

if TYPE_CHECKING:
    from service.uow import Uow

HITS, STOPS = table_of(SearchHitRow), table_of(AlertStopRow)


@dataclass(frozen=True, slots=True)
class Untold:
    """A find that nobody has been told of: its listing's title (None: hidden by now), its search's name."""

    listing_id: UUID
    search_id: UUID
    title: str | None
    name: str | None
    wanted: bool


class SearchRepository:
    """`uow.searches`."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, person_id: UUID, **fields: Any) -> SearchRow:
        """One for `uow.add`."""
        return SearchRow(id=new_id(), person_id=person_id, removed_at=None, **fields)

    async def lock_person(self, person_id: UUID) -> None:
        """One at a time counts and saves a person's searches."""
        await self.session.execute(
            text("select pg_advisory_xact_lock(hashtextextended('searches:' || :id, 0))"), {"id": str(person_id)}
        )

    async def get(self, search_id: UUID, person_id: UUID, *, lock: bool = False) -> SearchRow:
        """A person's own. Raises Missing."""
        asked = select(SearchRow).where(
            SearchRow.id == search_id, SearchRow.person_id == person_id, SearchRow.removed_at.is_(None)
        )
        asked = asked.with_for_update(key_share=True) if lock else asked
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of_person(self, person_id: UUID) -> Sequence[SearchRow]:
        """Every one of a person, in the order of saving."""
        asked = select(SearchRow).where(SearchRow.person_id == person_id, SearchRow.removed_at.is_(None))
        return (await self.session.scalars(asked.order_by(SearchRow.id))).all()

    async def question(self, row: SearchRow) -> Question:
        """What a saved search asks now. Raises Conflict `search_broken` with `why` (a code) when its market, a code of
        it or the form that it was kept in is no more."""
        try:
            return await self.uow.listings.question(check_filter(filter_from(row.filter or {})))
        except Missing:
            why = "venue_unknown"
        except Refused as refused:
            why = refused.errors[0].code if refused.errors else refused.code
        except ValueError:
            why = "filter_outdated"
        raise Conflict("search_broken", why=why)

    async def broken(self, row: SearchRow) -> str | None:
        """Why a saved search finds nothing any more (a code), or None."""
        try:
            await self.question(row)
        except Conflict as broken:
            return str(broken.facts["why"])
        return None

    async def stopped(self, person_id: UUID) -> bool:
        """Whether a person wants no alerts."""
        return bool((await self.session.execute(select(exists().where(STOPS.c.person_id == person_id)))).scalar_one())

    async def stop(self, person_id: UUID, now: datetime) -> None:
        """No alerts from now on; what was not told yet is dropped."""
        await self.session.execute(insert(STOPS).values(person_id=person_id, since=now).on_conflict_do_nothing())
        await self.session.execute(delete(HITS).where(HITS.c.person_id == person_id, HITS.c.told_at.is_(None)))

    async def start(self, person_id: UUID, now: datetime) -> None:
        """Alerts again, of what is published from now on."""
        await self.session.execute(delete(STOPS).where(STOPS.c.person_id == person_id))
        await self.session.execute(update(SearchRow).where(SearchRow.person_id == person_id).values(alerts_from=now))

    async def meaning(self, listing: Listing, after: UUID | None, limit: int) -> Sequence[SearchRow]:
        """Searches with alerts that may mean a new listing, by id: through the index of their anchors.

        Left out: older ones than the listing's first showing allows, people who stopped alerts, own postings, and for
        personalised ones employers that the person or the employer keeps apart.
        """
        apart = exists().where(
            BlockRow.worker_id == SearchRow.person_id,
            BlockRow.employer_id == listing.owner_id,
            BlockRow.lifted_at.is_(None),
        )
        asked = select(SearchRow).where(
            SearchRow.anchors.overlap(list(listing.tokens)),
            SearchRow.alerts,
            SearchRow.removed_at.is_(None),
            SearchRow.alerts_from < listing.published_at,
            SearchRow.person_id != listing.owner_id,
            ~exists().where(STOPS.c.person_id == SearchRow.person_id),
            or_(~SearchRow.personalised, ~apart),
        )
        asked = asked if after is None else asked.where(SearchRow.id > after)
        return (await self.session.scalars(asked.order_by(SearchRow.id).limit(limit))).all()

    async def keep(self, search: SearchRow, listing: Listing, now: datetime) -> bool:
        """Keep what was found for a person; False where its group, or the posting itself, was found before."""
        values = {
            "person_id": search.person_id, "group_key": listing.group_key, "listing_id": listing.id,
            "search_id": search.id, "found_at": now, "told_at": None,
        }  # fmt: skip
        made = insert(HITS).values(values).on_conflict_do_nothing().returning(HITS.c.person_id)
        return (await self.session.execute(made)).scalar_one_or_none() is not None

    async def untold_count(self, person_id: UUID) -> int:
        """How many finds wait to be told."""
        asked = select(func.count()).where(HITS.c.person_id == person_id, HITS.c.told_at.is_(None))
        return int((await self.session.execute(asked)).scalar_one())

    async def told_since(self, person_id: UUID, since: datetime) -> int:
        """How many alerts were sent since then."""
        asked = select(func.count(HITS.c.told_at.distinct())).where(
            HITS.c.person_id == person_id, HITS.c.told_at >= since
        )
        return int((await self.session.execute(asked)).scalar_one())

    async def untold(self, person_id: UUID) -> list[Untold]:
        """What waits to be told, the oldest find first, locked."""
        rows = await self.session.execute(UNTOLD, {"person": person_id})
        return [Untold(row.listing_id, row.search_id, row.title, row.name, row.wanted) for row in rows]

    async def mark_told(self, person_id: UUID, listing_ids: Sequence[UUID], now: datetime) -> None:
        """These have been told."""
        await self.session.execute(
            update(HITS).where(HITS.c.person_id == person_id, HITS.c.listing_id.in_(listing_ids)).values(told_at=now)
        )

    async def drop(self, person_id: UUID, listing_ids: Sequence[UUID]) -> None:
        """These need not be told: hidden, or nobody asks for them any more. Shown anew they are found anew."""
        await self.session.execute(
            delete(HITS).where(HITS.c.person_id == person_id, HITS.c.listing_id.in_(listing_ids))
        )

    async def hand_over(self, person_id: UUID, into: UUID) -> None:
        """What was found for a person whose record was merged is not told again to the kept one."""
        await self.session.execute(HAND_OVER, {"person": person_id, "into": into})
        await self.session.execute(delete(HITS).where(HITS.c.person_id == person_id))


UNTOLD = text("""
    select h.listing_id, h.search_id, s.name, s.alerts and s.removed_at is null as wanted,
        case when l.side = 'demand' then p.title when l.side = 'supply' then w.title end as title
    from search_hits h join searches s on s.id = h.search_id
    left join listings l on l.id = h.listing_id
    left join postings p on p.id = l.id left join supplies w on w.id = l.id
    where h.person_id = :person and h.told_at is null order by h.found_at, h.listing_id for update of h""")
HAND_OVER = text("""
    insert into search_hits (person_id, group_key, listing_id, search_id, found_at, told_at)
    select :into, group_key, listing_id, search_id, found_at, told_at from search_hits where person_id = :person
    on conflict do nothing""")
