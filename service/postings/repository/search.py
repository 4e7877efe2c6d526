"""The public search: filters, four orders with their keysets, exact facet counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    true,
    tuple_,
)  # fmt: skip
from sqlalchemy.ext.asyncio import AsyncSession

from service.employers.tables import EmployerRow
from service.geo import EARTH_RADIUS_M, Point, bounding_box
from service.postings.repository.rows import EMPLOYER_COLUMNS
from service.postings.rules.searching import Search, trimmed
from service.postings.tables import PostingRow
from service.shifts.tables import ShiftRow

SHOWN_WITHIN_M = 100  # a household's shown point is not farther than this from the exact one
FACETS = ("trade", "district_code", "pay_unit", "settlement")
BRIEF = (
    "id", "version", "employer_id", "title", "trade", "job_kind", "work_mode", "binding", "headcount",
    "city_code", "district_code", "address", "lon", "lat", "sent_datum", "approximate", "pay_fen", "pay_most_fen",
    "pay_unit", "pay_unit_label", "settlement", "adult_only", "claimable", "published_at",
)  # fmt: skip


class PostingSearch:
    """Only what is published, not private, and for everybody."""

    session: AsyncSession

    async def search(
        self, search: Search, now: datetime, after: tuple[Any, UUID] | None, limit: int
    ) -> list[dict[str, Any]]:
        """A page after the sort key `after` (value, id); `now` is the walk's first moment, so that «next
        start» means the same on every page. Each row has `sort_value` and, near a point, `distance_m`."""
        coming = _next_shift(now)
        distance = _distance(search.near) if search.near else cast(literal(None), Integer)
        value = _sort_value(search, coming, distance)
        query: Select[Any] = (
            select(
                *(getattr(PostingRow, name) for name in BRIEF),
                func.coalesce(PostingRow.conditions["meals"].astext, "none").label("meals"),
                *EMPLOYER_COLUMNS,
                coming.c.starts_at,
                coming.c.ends_at,
                coming.c.free,
                distance.label("distance_m"),
                value.label("sort_value"),
            )
            .join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
            .outerjoin(coming, true())
            .where(*_filters(search, now))
        )
        if search.sort == "starts_soon":
            query = query.where(coming.c.starts_at.is_not(None))
        falling = search.sort in ("newest", "pay")
        if after is not None:
            key, mark = tuple_(value, PostingRow.id), tuple_(literal(after[0]), literal(after[1]))
            query = query.where(key < mark if falling else key > mark)
        order = (value.desc(), PostingRow.id.desc()) if falling else (value, PostingRow.id)
        rows = (await self.session.execute(query.order_by(*order).limit(limit))).mappings()
        return [dict(row) for row in rows]

    async def facets(self, search: Search, now: datetime) -> dict[str, list[tuple[str | None, int]]]:
        """Exact counts of everything that is found, by each facet and in all (`total`)."""
        columns = [getattr(PostingRow, name) for name in FACETS]
        sets = func.grouping_sets(*(tuple_(column) for column in columns), text("()"))
        query = select(func.grouping(*columns), *columns, func.count()).where(*_filters(search, now)).group_by(sets)
        if search.near and search.radius_m:
            query = query.join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
        found: dict[str, list[tuple[str | None, int]]] = {name: [] for name in ("total", *FACETS)}
        for mask, *values, count in await self.session.execute(query):
            at = next((i for i in range(len(FACETS)) if not mask & (1 << (len(FACETS) - 1 - i))), None)
            name, value = ("total", None) if at is None else (FACETS[at], values[at])
            found[name].append((value, count))
        return {name: sorted(rows, key=lambda row: (-row[1], row[0] or "")) for name, rows in found.items()}


def _filters(search: Search, now: datetime) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [PostingRow.state == "published", PostingRow.private.is_(False)]
    if search.words:
        where.append(PostingRow.search.contains(list(search.words)))
    if search.cities:
        where.append(or_(*(PostingRow.city_code.like(f"{trimmed(code)}%") for code in search.cities)))
    for column, codes in (
        (PostingRow.district_code, search.districts),
        (PostingRow.trade, search.trades),
        (PostingRow.pay_unit, search.pay_units),
        (PostingRow.settlement, search.settlements),
        (PostingRow.job_kind, search.job_kinds),
    ):
        if codes:
            where.append(column.in_(codes))
    if search.near and search.radius_m:
        where += _within(search.near, search.radius_m)
    if search.starts_from or search.ends_by:
        where.append(_has_shift_inside(search, now))
    return where


def _within(near: Point, radius_m: int) -> list[ColumnElement[bool]]:
    box = bounding_box(near, radius_m + SHOWN_WITHIN_M)
    corners = func.box(func.point(box.west, box.south), func.point(box.east, box.north))
    return [func.point(PostingRow.lon, PostingRow.lat).op("<@")(corners), _distance(near) <= radius_m]


def _shown(degrees: Any) -> ColumnElement[Any]:
    """The coordinate as the public sees it: a household's to 3 decimals, about 100 m.

    Everything is measured from there. With distances, radius or order by the exact point, anybody could ask from
    a few places and know the door.
    """
    return case((EmployerRow.kind == "household", func.floor(degrees * 1000 + 0.5) / 1000), else_=degrees)


def _distance(near: Point) -> ColumnElement[int]:
    """Haversine in whole metres, half up: the same figure as service.geo.distance_m, from the point shown."""
    lon, lat = func.radians(_shown(PostingRow.lon)), func.radians(_shown(PostingRow.lat))
    here_lon, here_lat = func.radians(near.lon), func.radians(near.lat)
    across = func.power(func.sin((lat - here_lat) / 2), 2)
    along = func.cos(here_lat) * func.cos(lat) * func.power(func.sin((lon - here_lon) / 2), 2)
    metres = 2 * EARTH_RADIUS_M * func.asin(func.sqrt(func.least(1.0, across + along)))
    return cast(func.floor(metres + 0.5), Integer)


def _has_shift_inside(search: Search, now: datetime) -> ColumnElement[bool]:
    inside = [
        ShiftRow.posting_id == PostingRow.id,
        ShiftRow.state == "open",
        ShiftRow.taken < ShiftRow.headcount,
        ShiftRow.starts_at >= max(search.starts_from or now, now),
    ]
    if search.ends_by:
        inside.append(ShiftRow.ends_at <= search.ends_by)
    return exists().where(and_(*inside))


def _next_shift(now: datetime) -> Any:
    return (
        select(ShiftRow.starts_at, ShiftRow.ends_at, (ShiftRow.headcount - ShiftRow.taken).label("free"))
        .where(ShiftRow.posting_id == PostingRow.id, ShiftRow.state == "open", ShiftRow.starts_at > now)
        .order_by(ShiftRow.starts_at, ShiftRow.id)
        .limit(1)
        .lateral("coming")
    )


def _sort_value(search: Search, coming: Any, distance: ColumnElement[Any]) -> ColumnElement[Any]:
    values: dict[str, Any] = {
        "nearest": distance,
        "newest": PostingRow.published_at,
        "starts_soon": coming.c.starts_at,
        "pay": PostingRow.pay_fen,
    }
    value: ColumnElement[Any] = values[search.sort]
    return value
