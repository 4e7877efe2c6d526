"""From what the use cases answer to what is sent: entries go out as the bytes that were stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson
from starlette.responses import Response

from service.feed import rules
from service.feed.cursors import read_cursor, write_cursor
from service.feed.rules import CONTENT, SCHEMA_VERSION, SEATS, codes_of, written
from service.feed.values import Place, State, Tally
from service.feed.views import FeedView, Lines, ManifestView, SeatsView, SnapshotView, Standing
from service.worktime import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from service.context import Context
    from service.feed.filters import Asked

LIMITS = {
    "page_most": rules.PAGE_MOST,
    "part_rows": rules.PART_ROWS,
    "cursor_days": rules.CURSOR_DAYS,
    "tombstone_days": rules.CURSOR_DAYS,
    "notice_days": rules.NOTICE_DAYS,
    "freshness_seconds": rules.FRESH_SECONDS,
    "seats_every_seconds": rules.SEAT_SECONDS,
    "supply_least": rules.LEAST_COUNT,
}
LISTS = ("schema", "snapshot", "changes", "removals", "seats", "manifest", "supply", "results")
LINKS = {name: f"/v1/feed/{name}" for name in LISTS}  # what each is for: docs/feed.md
Reader = Callable[[State, "datetime"], Place]
NDJSON = "application/x-ndjson"


def perhaps(ctx: Context, cursor: str | None, stream: str, facts: Mapping[str, Any]) -> Reader | None:
    """`reader`, or None without a cursor."""
    return None if cursor is None else reader(ctx, cursor, stream, facts)


def reader(ctx: Context, cursor: str, stream: str, facts: Mapping[str, Any]) -> Reader:
    """What gives a use case the place of a cursor once it knows the feed."""

    def read(state: State, now: datetime) -> Place:
        return read_cursor(
            ctx.vault, cursor, stream=stream, epoch=state.epoch, filters=facts, now=now, floor=state.floor
        )

    return read


def cursor_at(ctx: Context, standing: Standing, place: Place, stream: str, facts: Mapping[str, Any]) -> str:
    """The cursor of a place, of this moment."""
    return write_cursor(ctx.vault, place, stream=stream, epoch=standing.epoch, filters=facts, now=standing.now)


def beat(standing: Standing) -> dict[str, Any]:
    """The heartbeat."""
    return {
        "server_time": rfc3339(standing.now),
        "high_water_mark": standing.high_water_mark,
        "built_at": rfc3339(standing.built_at),
    }


def feed_of(ctx: Context, found: FeedView) -> dict[str, Any]:
    """What the feed is."""
    settings = ctx.settings
    licence = {
        "name": settings.feed_licence,
        "url": settings.feed_licence_url,
        "attribution": settings.feed_attribution or settings.base_url,
    }
    lists = [
        {"kind": kind, "version": version, "url": f"/v1/reference/{kind}"}
        for kind, version in sorted(found.code_lists.items())
    ]
    return beat(found.standing) | {
        "epoch": found.standing.epoch,
        "schema_version": SCHEMA_VERSION,
        "licence": licence,
        "limits": {"requests_per_minute": settings.flood_limit_per_minute} | LIMITS,
        "order": "seq",
        "codes": codes_of(found.code_lists),
        "code_lists": lists,
        "links": LINKS,
    }


def page_of_lines(ctx: Context, found: Lines, stream: str, facts: Mapping[str, Any]) -> Response:
    """Entries as one JSON object, with the heartbeat and the cursor behind the last."""
    cursor = cursor_at(ctx, found.standing, Place(found.seq), stream, facts)
    rest = beat(found.standing) | {"read_to": found.seq, "next_cursor": cursor, "more": found.more}
    text = f'{{"items":[{",".join(found.lines)}],{orjson.dumps(rest).decode()[1:]}'
    return Response(text.encode(), media_type="application/json")


def seats_of(ctx: Context, found: SeatsView) -> dict[str, Any]:
    """A page of seats."""
    cursor = cursor_at(ctx, found.standing, Place(found.seq), SEATS, {})
    rest = {"read_to": found.seq, "next_cursor": cursor, "more": found.more}
    return beat(found.standing) | {"items": [dict(row) for row in found.rows]} | rest


def file_of_lines(found: Lines, *, lasting: bool) -> Response:
    """Entries as lines, with the checksum of the bytes; `lasting`: the same whenever it is asked for."""
    raw = "".join(f"{line}\n" for line in found.lines).encode()
    digest = hashlib.sha256(raw)
    headers = {
        "etag": f'"{digest.hexdigest()}"',
        "x-checksum-sha256": digest.hexdigest(),
        "x-feed-count": str(len(found.lines)),
        "x-feed-at-seq": str(found.seq),
    }
    if lasting:
        headers["cache-control"] = "private, max-age=86400, immutable"
    return Response(raw, headers=headers, media_type=NDJSON)


def snapshot_of(ctx: Context, found: SnapshotView, asked: Asked) -> dict[str, Any]:
    """The list of parts."""
    cursor = cursor_at(ctx, found.standing, Place(found.seq, found.parts), CONTENT, asked.facts)
    query = urlencode(asked.query | {"cursor": cursor})
    tallies: list[Tally | None] = [None] * found.parts if found.tallies is None else list(found.tallies)
    parts = [
        {
            "part": number,
            "url": f"/v1/feed/snapshot/{number}?{query}",
            "count": tally and tally.count,
            "digest": tally and written(tally.total),
        }
        for number, tally in enumerate(tallies, 1)
    ]
    return beat(found.standing) | {"cursor": cursor, "at_seq": found.seq, "parts": parts}


def manifest_of(ctx: Context, found: ManifestView, asked: Asked) -> dict[str, Any]:
    """What a copy must add up to."""
    cursor = cursor_at(ctx, found.standing, Place(found.seq), CONTENT, asked.facts)
    query = urlencode(asked.query | {"cursor": cursor})
    places = [
        {"kind": each.kind, "city_code": each.city_code, "state": each.state} | _tally(each.tally)
        for each in found.places
    ]
    buckets = [
        {"bucket": name, "url": f"/v1/feed/bucket/{name}?{query}"} | _tally(tally) for name, tally in found.buckets
    ]
    sums = {"whole": _tally(found.whole), "places": places, "buckets": buckets}
    return beat(found.standing) | {"cursor": cursor, "at_seq": found.seq} | sums


def _tally(tally: Tally) -> dict[str, Any]:
    return {"count": tally.count, "digest": written(tally.total)}
