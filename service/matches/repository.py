"""Set-based queries for rankings: a handful whatever the number of people and shifts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.matches.records import Belongings, ByWorker, Offers, People, Row
from service.matches.statements import (
    AMONG,
    APPLICANTS,
    APPLICATIONS,
    BLOCKS,
    BOOKINGS,
    CERTIFICATES,
    DRAFT,
    EVERYBODY,
    HAS_PART,
    HOURS,
    NAMES,
    OFFERS,
    ON_OFFER,
    OPEN_BETWEEN,
    PEOPLE,
    PERSON,
    PLAN,
    SEATS,
    SHIFT,
    SKILLS,
)
from service.referrals.lifecycle import LIVE
from service.referrals.tables import ReferralRow
from service.text import mask_name
from service.worktime import at_local, local_day, week_of

if TYPE_CHECKING:
    from service.uow import Uow
    from service.vault import Vault


class MatchesRepository:
    """Reads what a ranking needs; writes nothing."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def shift(self, shift_id: UUID) -> Row | None:
        """A shift with its posting's and employer's columns."""
        return await self._one(SHIFT, shift=shift_id)

    async def plan(self, posting_id: UUID) -> Row | None:
        """When a posting's work is, whether it has been published yet or not."""
        return await self._one(PLAN, posting=posting_id)

    async def draft(self, posting_id: UUID, starts_at: datetime, ends_at: datetime) -> Row | None:
        """A posting as one shift of these hours."""
        return await self._one(DRAFT, posting=posting_id, starts_at=starts_at, ends_at=ends_at)

    async def person(
        self, worker_id: UUID, now: datetime, *, resting: bool = False, in_cells: bool = False
    ) -> Row | None:
        """An active worker, waiting or not; with `resting` also one who rests at the moment."""
        return await self._one(PERSON[in_cells], worker=worker_id, now=now, also="resting" if resting else "active")

    async def has_part(self, worker_id: UUID, shift_id: UUID) -> bool:
        """Whether the worker has, or ever had, an application or a seat in the shift."""
        return (await self._one(HAS_PART, worker=worker_id, shift=shift_id)) is not None

    async def people(
        self, shift: Row, place: tuple[float, float] | None, now: datetime, *, in_cells: bool = False
    ) -> People:
        """Everybody whom the place (longitude, latitude; None: anywhere) may reach, and how many it cannot."""
        rows = await self._all(
            PEOPLE[in_cells],
            now=now,
            anywhere=place is None,
            lon=place[0] if place else None,
            lat=place[1] if place else None,
            job_limit=shift["radius_limit_m"],
        )
        everybody: int = (await self.uow.session.execute(EVERYBODY)).scalar_one()
        found = await self.belongings([row["id"] for row in rows], [shift])
        return People(rows, found, max(0, everybody - len(rows)))

    async def applicants(self, shift: Row, now: datetime, *, in_cells: bool = False) -> People:
        """Those who have a live application for the shift, or for its posting as a whole."""
        rows = await self._all(APPLICANTS[in_cells], now=now, posting=shift["posting_id"], shift=shift["id"])
        return People(rows, await self.belongings([row["id"] for row in rows], [shift]), 0)

    async def people_among(self, worker_ids: Sequence[UUID], shifts: Sequence[Row], now: datetime) -> People:
        """Those of these workers who are active, with what matters beside the shifts; a seat held for somebody who
        has not answered yet takes the time like any other, so that nobody holds two for the same hours."""
        rows = await self._all(AMONG, now=now, workers=list(worker_ids))
        return People(rows, await self.belongings([row["id"] for row in rows], shifts, held=True), 0)

    async def open_between(self, city_code: str, first: datetime, last: datetime, now: datetime) -> Sequence[Row]:
        """Public shifts of a city with free seats that begin in [first, last)."""
        return await self._all(OPEN_BETWEEN, city=city_code, first=first, last=last, now=now)

    async def offers(self, person: Row, place: tuple[float, float] | None, now: datetime) -> Offers:
        """Every open public shift that is within the person's reach from the place, and how many are not."""
        rows = await self._all(
            OFFERS,
            now=now,
            anywhere=place is None,
            lon=place[0] if place else None,
            lat=place[1] if place else None,
            radius=person["radius_m"],
        )
        on_offer: int = (await self.uow.session.execute(ON_OFFER, {"now": now})).scalar_one()
        found = await self.belongings([person["id"]], rows)
        return Offers(rows, found, max(0, on_offer - len(rows)))

    async def belongings(self, workers: Sequence[UUID], shifts: Sequence[Row], *, held: bool = False) -> Belongings:
        """What belongs to these workers and matters beside these shifts; seven queries, none without workers."""
        if not workers or not shifts:
            return Belongings({}, {}, {}, {}, {}, {}, {})
        employers = list({shift["employer_id"] for shift in shifts})
        first = min(shift["starts_at"] for shift in shifts) - timedelta(days=2)  # rest gaps lie well within
        last = max(shift["ends_at"] for shift in shifts) + timedelta(days=2)
        return Belongings(
            skills=await self._grouped(SKILLS, workers=workers),
            certificates=await self._grouped(CERTIFICATES, workers=workers),
            bookings=await self._grouped(BOOKINGS[held], workers=workers, first=first, last=last),
            applications=await self._grouped(
                APPLICATIONS, workers=workers, postings=list({shift["posting_id"] for shift in shifts})
            ),
            seats=await self._grouped(SEATS, workers=workers, shifts=[shift["id"] for shift in shifts]),
            blocks=await self._grouped(BLOCKS, workers=workers, employers=employers),
            hours=await self._grouped(HOURS, workers=workers, employers=employers, **_span_of(_weeks(shifts))),
        )

    async def masked_names(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names as somebody who has not been accepted sees them."""
        return masked(self.uow.ctx.vault, await self._all(NAMES, ids=list(ids)))

    async def live_referrals(self, posting_id: UUID, workers: Collection[UUID]) -> dict[UUID, str]:
        """Of these people, who has a live referral to a posting, and its state."""
        asked = select(ReferralRow.worker_id, ReferralRow.state).where(
            ReferralRow.posting_id == posting_id, ReferralRow.worker_id.in_(workers), ReferralRow.state.in_(LIVE)
        )
        return {row.worker_id: row.state for row in await self.uow.session.execute(asked)}

    async def _one(self, statement: Any, **values: Any) -> Row | None:
        row = (await self.uow.session.execute(statement, values)).mappings().one_or_none()
        return None if row is None else dict(row)

    async def _all(self, statement: Any, **values: Any) -> Sequence[Row]:
        return [dict(row) for row in (await self.uow.session.execute(statement, values)).mappings()]

    async def _grouped(self, statement: Any, **values: Any) -> ByWorker:
        groups: dict[UUID, list[Row]] = defaultdict(list)
        for row in await self._all(statement, **values):
            groups[row["worker_id"]].append(row)
        return groups


def masked(vault: Vault, rows: Iterable[Any]) -> dict[UUID, str]:
    """The masked names in rows of `NAMES`."""
    found = {}
    for row in rows:
        sealed = row["name_sealed"]
        name = vault.open_for(row["data_key"], row["id"].bytes, "name", sealed) if sealed else ""
        found[row["id"]] = mask_name(name)
    return found


def _span_of(weeks: Sequence[date]) -> dict[str, Any]:
    """The weeks, and the moments between which they lie."""
    return {"weeks": list(weeks), "first": at_local(weeks[0], 0), "last": at_local(weeks[-1] + timedelta(days=7), 0)}


def _weeks(shifts: Sequence[Row]) -> list[date]:
    """The Mondays of the weeks that the shifts touch."""
    days = {local_day(moment) for shift in shifts for moment in (shift["starts_at"], shift["ends_at"])}
    return sorted({week_of(day) for day in days})
