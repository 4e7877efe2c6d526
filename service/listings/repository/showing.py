"""What stands in a line of a list, read for the few listings of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from service.db.driver import Statement, fetch
from service.listings.rules.found import Hit
from service.listings.views import ListingView
from service.text import mask_name

if TYPE_CHECKING:
    from service.uow import Uow

_SAME = """l.id, l.side, l.kind, l.city_code, l.lon, l.lat, l.pay_fen, l.pay_unit, l.settlement, l.first_day,
    l.last_day, l.published_at, l.valid_until,
    (select count(*) - 1 from listings g where g.group_key = l.group_key)::int as similar"""
DEMAND = Statement(f"""
    select {_SAME}, p.number, p.title, array[p.trade] as trades, array[p.work_mode] as work_modes,
        array_remove(array[p.district_code], null) as district_codes, p.pay_most_fen, p.headcount, p.approximate,
        e.id as employer_id, e.name, e.kind as employer_kind, e.state = 'verified' as verified,
        e.payment_record, s.starts_at, f.free
    from listings l join postings p on p.id = l.id join employers e on e.id = p.employer_id
    left join lateral (
        select starts_at from shifts where posting_id = p.id and state = 'open' and starts_at > :now
        order by starts_at, shifts.id limit 1) s on true
    left join lateral (
        select sum(headcount - taken)::int as free from shifts
        where posting_id = p.id and state = 'open' and starts_at > :now) f on true
    where l.id = any(:ids::uuid[])""")
SUPPLY = Statement(f"""
    select {_SAME}, s.number, s.title, array(select jsonb_array_elements_text(s.trades)) as trades,
        array(select jsonb_array_elements_text(s.work_modes)) as work_modes,
        array(select jsonb_array_elements_text(s.district_codes)) as district_codes
    from listings l join supplies s on s.id = l.id where l.id = any(:ids::uuid[])""")


class ListingShowing:
    """What a page shows."""

    session: AsyncSession
    uow: Uow

    async def shown(self, hits: Sequence[Hit]) -> list[ListingView]:
        """Each as everybody sees it, in the order given; what is hidden by now is left out."""
        now = await self.uow.now()
        found: dict[UUID, Any] = {}
        for side, statement, facts in (("demand", DEMAND, {"now": now}), ("supply", SUPPLY, {})):
            ids = [hit.id for hit in hits if hit.side == side]
            if ids:
                found |= {row["id"]: row for row in await fetch(self.session, statement, facts | {"ids": ids})}
        return [_view(found[hit.id], hit) for hit in hits if hit.id in found]


def _view(row: Any, hit: Hit) -> ListingView:
    demand = hit.side == "demand"
    at_home = demand and row["employer_kind"] == "household"
    return ListingView(
        id=row["id"],
        number=row["number"],
        side=hit.side,
        title=row["title"],
        trades=row["trades"],
        kind=row["kind"],
        work_modes=row["work_modes"],
        city_code=row["city_code"],
        district_codes=row["district_codes"],
        point=(row["lon"], row["lat"]) if row["lon"] is not None else None,
        approximate=not demand or at_home or row["approximate"],
        pay_fen=row["pay_fen"],
        pay_most_fen=row["pay_most_fen"] if demand else None,
        pay_unit=row["pay_unit"],
        settlement=row["settlement"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        headcount=row["headcount"] if demand else None,
        free_seats=row["free"] if demand else None,
        next_start=row["starts_at"] if demand else None,
        employer=_employer(row, at_home) if demand else None,
        published_at=row["published_at"],
        valid_until=row["valid_until"],
        distance_m=hit.metres,
        similar=row["similar"],
    )


def _employer(row: Any, at_home: bool) -> dict[str, Any]:
    name = mask_name(row["name"]) if at_home else row["name"]
    shown = {"id": row["employer_id"], "name": name, "kind": row["employer_kind"], "verified": row["verified"]}
    return shown | {"payment_record": row["payment_record"]}
