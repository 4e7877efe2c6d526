"""What the feed's use cases answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.feed.values import Tally


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the feed stands: server time, last entry, when the builder last looked, which feed it is."""

    now: datetime
    high_water_mark: int
    built_at: datetime
    epoch: UUID


@dataclass(frozen=True, slots=True)
class FeedView:
    """Where the feed stands, and the versions of its lists of codes."""

    standing: Standing
    code_lists: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lines:
    """Entries as they are sent, up to `seq`; `more` follow at once."""

    standing: Standing
    lines: Sequence[str]
    seq: int
    more: bool


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A snapshot at `seq`, cut into parts; their tallies where nothing is filtered."""

    standing: Standing
    seq: int
    parts: int
    tallies: Sequence[Tally] | None


@dataclass(frozen=True, slots=True)
class PlaceTally:
    """What is public in one city, of one kind, in one state."""

    kind: str
    city_code: str
    state: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class ManifestView:
    """What a copy at `seq` must add up to: in all, by place and state, by bucket."""

    standing: Standing
    seq: int
    whole: Tally
    places: Sequence[PlaceTally]
    buckets: Sequence[tuple[str, Tally]]


@dataclass(frozen=True, slots=True)
class SeatsView:
    """Figures of seats told up to `seq`; `more` follow at once."""

    standing: Standing
    rows: Sequence[Mapping[str, Any]]
    seq: int
    more: bool


@dataclass(frozen=True, slots=True)
class CountView:
    """At least so many people look for work of a trade in a place (a district, or '' for the whole city)."""

    city_code: str
    district_code: str
    trade: str
    band: str
    at_least: int
    day: date


@dataclass(frozen=True, slots=True)
class ResultView:
    """What became of a posting that a partner brought."""

    id: UUID
    source: str | None
    source_id: str | None
    state: str
    headcount: int
    published_at: datetime | None
    closed_at: datetime | None
    hired: int
