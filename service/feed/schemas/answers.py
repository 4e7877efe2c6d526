"""Shapes of what the feed answers around its entries."""

from __future__ import annotations

from datetime import date
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


class SeatsOut(Out):
    """Open seats of a posting, in its open shifts to come."""

    posting_id: UUID
    seq: int
    open_seats: int
    open_shifts: int
    at: Moment


class SeatsPageOut(StandingOut):
    """Figures that changed, in the order of their telling; a posting that left the feed has none any more."""

    items: list[SeatsOut]
    read_to: int
    next_cursor: str
    more: bool


class SupplyCountOut(Out):
    """At least so many people, in steps of five; a figure that is not there is below five, or kept back."""

    city_code: str
    district_code: str = Field(description="empty for the whole city")
    trade: str
    band: str = Field(description="weekday_day (6 to 18), weekday_evening (from 18), night (0 to 6), weekend, not_said")
    at_least: int
    day: date = Field(description="as it was on this day")


class SupplyCountsOut(Out):
    """A page of counts of people who look for work."""

    items: list[SupplyCountOut]
    next_cursor: str | None


class ResultOut(Out):
    """What became of a posting that the caller brought; `hired`: seats of people who said yes, without held ones."""

    id: UUID
    source: str | None
    source_id: str | None
    state: str
    headcount: int
    hired: int
    published_at: Moment | None
    closed_at: Moment | None


class ResultsOut(Out):
    """A page of results, by id; told as long as the feed has an entry of the posting."""

    items: list[ResultOut]
    next_cursor: str | None


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
