"""Markets and stations: the officers of a region keep them, everybody finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Forbidden, Missing
from service.geo import Point, bounding_box
from service.pages import After, Page, page_of
from service.policies import local_day
from service.reference.rules import check_reason, check_seen, settle_place
from service.venues.lifecycle import VENUE
from service.venues.rules import check_hours, is_open, nearest, opens_in_minutes

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.venues.tables import VenueRow


@dataclass(frozen=True, slots=True)
class PointView:
    """A stored point in WGS-84, and the datum in which it was sent."""

    coordinates: tuple[float, float]
    sent_datum: str
    type: str = "Point"


@dataclass(frozen=True, slots=True)
class VenueView:
    """A venue as everybody sees it; `distance_m` only where a point was asked from."""

    id: UUID
    version: int
    state: str
    kind: str
    operator_kind: str
    name: str
    city_code: str
    district_code: str | None
    address: str
    point: PointView | None
    hours: Sequence[Mapping[str, Any]]
    facilities: Sequence[str]
    hotline: str | None
    open_now: bool
    opens_in_minutes: int | None
    distance_m: int | None


_SAME = (
    "id", "version", "state", "kind", "operator_kind", "name", "city_code", "district_code", "address",
    "hours", "facilities", "hotline",
)  # fmt: skip


def _view(row: VenueRow, now: datetime, metres: int | None = None) -> VenueView:
    shut = row.state != "open"
    point = (
        PointView((row.lon, row.lat), row.sent_datum or "wgs84")
        if row.lon is not None and row.lat is not None
        else None
    )
    return VenueView(
        **{name: getattr(row, name) for name in _SAME},
        point=point,
        open_now=not shut and is_open(row.hours, now),
        opens_in_minutes=None if shut else opens_in_minutes(row.hours, now),
        distance_m=metres,
    )


async def list_venues(
    ctx: Context,
    *,
    region: str | None,
    kind: str | None,
    near: Point | None,
    radius_m: int,
    open_now: bool,
    after: After,
    limit: int,
) -> Page[VenueView]:
    """Open venues: by distance when a point is given, else by id. `open_now` leaves out those shut at this hour."""
    async with ctx.uow() as uow:
        now = await uow.now()
        key = after(now)
        if near is not None:
            found = await _near(uow, region, kind, near, radius_m, open_now, key, now)
            return page_of(found, limit, now, lambda view: [view.distance_m, str(view.id)])
        found = await _by_id(uow, region, kind, open_now, UUID(key[0]) if key else None, limit, now)
        return page_of(found, limit, now, lambda view: [str(view.id)])


async def _near(
    uow: Uow,
    region: str | None,
    kind: str | None,
    near: Point,
    radius_m: int,
    open_now: bool,
    key: list[Any] | None,
    now: datetime,
) -> list[VenueView]:
    wanted = uow.venues.Filter(region, kind, bounding_box(near, radius_m))
    rows = await uow.venues.around(wanted)
    places = [(row, Point(row.lon, row.lat)) for row in rows if row.lon is not None and row.lat is not None]
    found = [_view(row, now, metres) for metres, row in nearest(places, near, radius_m)]
    later = [view for view in found if key is None or (view.distance_m, str(view.id)) > (key[0], key[1])]
    return [view for view in later if view.open_now or not open_now]


async def _by_id(
    uow: Uow, region: str | None, kind: str | None, open_now: bool, after: UUID | None, limit: int, now: datetime
) -> list[VenueView]:
    wanted, found = uow.venues.Filter(region, kind), list[VenueView]()
    while len(found) <= limit:
        rows = await uow.venues.page(wanted, after, limit + 1)
        views = (_view(row, now) for row in rows)
        found += [view for view in views if view.open_now or not open_now]
        if len(rows) <= limit:
            break
        after = rows[-1].id
    return found


async def read_venue(ctx: Context, venue_id: UUID) -> VenueView:
    """One venue, closed ones included. Raises Missing."""
    async with ctx.uow() as uow:
        return _view(await uow.venues.get(venue_id), await uow.now())


async def add_venue(ctx: Context, *, by: Caller, **fields: Any) -> VenueView:
    """A new open venue. Raises Refused (place, hours) and Forbidden region_not_served."""
    async with ctx.uow() as uow:
        place = await _place(uow, fields["city_code"], fields["district_code"], by)
        check_hours(fields["hours"])
        row = uow.venues.new(**(fields | place))
        await uow.add(row, by=by.actor)
        return uow.answer(_view(row, await uow.now()))


async def change_venue(ctx: Context, venue_id: UUID, *, seen: int, changes: Mapping[str, Any], by: Caller) -> VenueView:
    """Change fields of a venue of one's region. Raises Missing, Stale, Refused, Forbidden."""
    async with ctx.uow() as uow:
        row = await _lock_served(uow, venue_id, by)
        check_seen(seen, row.version)
        if changes.keys() & {"city_code", "district_code"}:
            city = changes.get("city_code", row.city_code)
            district = changes.get("district_code", row.district_code)
            changes = {**changes, **await _place(uow, city, district, by)}
        check_hours(changes.get("hours", row.hours))
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, **changes)
        return uow.answer(_view(row, now))


async def close_venue(ctx: Context, venue_id: UUID, *, reason: str, by: Caller) -> VenueView:
    """Take a venue out of the directory. Raises Missing, Conflict wrong_state, Refused reason_unknown."""
    async with ctx.uow() as uow:
        row = await _lock_served(uow, venue_id, by)
        check_reason((await uow.reference.catalogue()).reasons("venue_close"), reason)
        now = await uow.now()
        await uow.move(row, VENUE, "close", by=by.actor, at=now, reason=reason)
        return uow.answer(_view(row, now))


async def reopen_venue(ctx: Context, venue_id: UUID, *, by: Caller) -> VenueView:
    """Bring a closed venue back. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await _lock_served(uow, venue_id, by)
        now = await uow.now()
        await uow.move(row, VENUE, "reopen", by=by.actor, at=now)
        return uow.answer(_view(row, now))


async def _lock_served(uow: Uow, venue_id: UUID, by: Caller) -> VenueRow:
    row = await uow.venues.lock(venue_id)
    if not by.serves(row.district_code or row.city_code):
        raise Missing
    return row


async def _place(uow: Uow, city_code: str, district_code: str | None, by: Caller) -> dict[str, str | None]:
    known = (await uow.reference.catalogue()).regions(local_day(await uow.now()))
    city, district = settle_place(known, city_code, district_code)
    if not by.serves(district or city):
        raise Forbidden("region_not_served")
    return {"city_code": city, "district_code": district}
