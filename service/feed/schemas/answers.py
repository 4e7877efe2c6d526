"""Shapes of what the feed answers around its entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from service.http.types import Moment, Out

DIGEST: dict[str, Any] = {"pattern": "^[0-9a-f]{64}$", "description": "sum of the rows' digests modulo 2^256"}


class StandingOut(Out):
    """The heartbeat that every answer carries."""

    server_time: Moment
    high_water_mark: int = Field(description="number of the last entry there is")
    built_at: Moment = Field(description="when the builder last looked at the market")


class ChangesOut(StandingOut):
    """Entries behind the cursor, in their order; ask again at once while `more`, else after a while."""

    items: list[dict[str, Any]] = Field(description="entries, see /v1/feed/schema")
    read_to: int = Field(description="the cursor stands behind this entry")
    next_cursor: str
    more: bool


class TallyOut(Out):
    """How many, and the digest of the set."""

    count: int
    digest: str = Field(json_schema_extra=DIGEST)


class PartOut(Out):
    """One part of a snapshot; count and digest only where nothing is filtered."""

    part: int
    url: str
    count: int | None
    digest: str | None = Field(json_schema_extra=DIGEST)


class SnapshotOut(StandingOut):
    """A snapshot at `cursor`: fetch its parts in any order, then go on with the changes of the same cursor."""

    cursor: str
    at_seq: int
    parts: list[PartOut]


class PlaceTallyOut(TallyOut):
    """What is public in one city, of one kind, in one state."""

    kind: str
    city_code: str
    state: str


class BucketTallyOut(TallyOut):
    """What is public in one bucket: ids that end in these two hexadecimal digits."""

    bucket: str
    url: str


class ManifestOut(StandingOut):
    """What a copy at `cursor` must add up to."""

    cursor: str
    at_seq: int
    whole: TallyOut
    places: list[PlaceTallyOut]
    buckets: list[BucketTallyOut]


class CodeListOut(Out):
    """A list of codes and its present version."""

    kind: str
    version: str
    url: str


class LicenceOut(Out):
    """Under which licence the data are given."""

    name: str
    url: str
    attribution: str


class LimitsOut(Out):
    """What may be asked, how long things are kept, how early a change of the feed is told."""

    requests_per_minute: int = Field(description="from one address; 0: not limited. Each answer says what is left")
    page_most: int
    part_rows: int
    cursor_days: int
    tombstone_days: int
    notice_days: int
    freshness_seconds: int
    seats_every_seconds: int
    supply_least: int


class FeedOut(StandingOut):
    """What the feed is, and where to go on."""

    epoch: UUID
    schema_version: int
    licence: LicenceOut
    limits: LimitsOut
    order: str
    codes: str
    code_lists: list[CodeListOut]
    links: dict[str, str]
