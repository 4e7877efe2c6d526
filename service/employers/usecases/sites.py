"""Places of work: added, changed, closed; without a point the district's centre stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.employers.usecases.doors import enter, place_of
from service.employers.views import PointView, SiteView
from service.errors import Conflict
from service.guard.quoting import check_quoted
from service.reference.rules import check_seen
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import SiteRow
    from service.http.caller import Caller
    from service.uow import Uow

_SAME = (
    "id", "version", "employer_id", "name", "city_code", "district_code", "address", "approximate", "closed_at",
)  # fmt: skip


def _view(row: SiteRow) -> SiteView:
    point = (
        PointView((row.lon, row.lat), row.sent_datum or "wgs84")
        if row.lon is not None and row.lat is not None
        else None
    )
    return SiteView(**{name: getattr(row, name) for name in _SAME}, point=point)


async def add_site(ctx: Context, employer_id: UUID, *, by: Caller, **fields: Any) -> SiteView:
    """A new place of work. Raises Missing, Forbidden, Refused (place, words)."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_sites")
        await _check_words(uow, fields)
        fields |= await place_of(uow, fields["city_code"], fields["district_code"])
        row = uow.sites.new(employer_id=employer_id, **(fields | await _point(uow, fields)))
        await uow.add(row, by=by.actor)
        return uow.answer(_view(row))


async def _check_words(uow: Uow, fields: Mapping[str, Any]) -> None:
    """A site's name and address stand in postings and in texts. Raises Refused words_contact, guard_hit, words_pose."""
    day = local_day(await uow.now())
    for name in ("name", "address"):
        check_quoted(f"/{name}", fields.get(name), uow.ctx.rulebook(), day, uow.ctx.language)


async def _point(uow: Uow, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The point that was sent, or the centre of the narrowest known region, said to be approximate."""
    if fields.get("lon") is not None:
        return {"approximate": False}
    catalogue = await uow.reference.catalogue()
    region = catalogue.region(fields["district_code"] or fields["city_code"])
    if region is None:
        return {"lon": None, "lat": None, "sent_datum": None, "approximate": True}
    return {"lon": region.longitude, "lat": region.latitude, "sent_datum": "wgs84", "approximate": True}


async def list_sites(ctx: Context, employer_id: UUID, *, closed: bool, by: Caller) -> Sequence[SiteView]:
    """The employer's sites. Raises Missing."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "see")
        return [_view(row) for row in await uow.sites.listed(employer_id, closed=closed)]


async def read_site(ctx: Context, employer_id: UUID, site_id: UUID, *, by: Caller) -> SiteView:
    """One site. Raises Missing."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "see")
        return _view(await uow.sites.get(employer_id, site_id))


async def change_site(
    ctx: Context, employer_id: UUID, site_id: UUID, *, seen: int, changes: Mapping[str, Any], by: Caller
) -> SiteView:
    """Change fields; a place without a point of its own follows its district's centre.

    Raises Missing, Stale, Refused, Conflict site_closed.
    """
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_sites")
        row = await uow.sites.get(employer_id, site_id, lock=True)
        check_seen(seen, row.version)
        if row.closed_at is not None:
            raise Conflict("site_closed")
        made = dict(changes)
        await _check_words(uow, made)
        if made.keys() & {"city_code", "district_code"}:
            city = made.get("city_code", row.city_code)
            made |= await place_of(uow, city, made.get("district_code", row.district_code))
        made |= await _moved_point(uow, row, made)
        await uow.edit(row, by=by.actor, at=await uow.now(), **made)
        return uow.answer(_view(row))


async def _moved_point(uow: Uow, row: SiteRow, made: Mapping[str, Any]) -> dict[str, Any]:
    moved = made.keys() & {"lon", "city_code", "district_code"}
    if not moved or ("lon" not in made and not row.approximate):
        return {}
    names = ("city_code", "district_code")
    return await _point(uow, {name: getattr(row, name) for name in names} | dict(made))


async def close_site(ctx: Context, employer_id: UUID, site_id: UUID, *, by: Caller) -> SiteView:
    """No new postings here; old ones keep their place. Raises Missing, Conflict site_closed."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "manage_sites")
        row = await uow.sites.get(employer_id, site_id, lock=True)
        if row.closed_at is not None:
            raise Conflict("site_closed")
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, action="close", closed_at=now)
        return uow.answer(_view(row))
