"""What the public list of fairs is narrowed by."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FairFilter:
    """Which public fairs: around a region, of a kind, of a venue, for a group (those for everybody too)."""

    region: str | None = None
    kind: str | None = None
    venue_id: UUID | None = None
    group: str | None = None
    past: bool = False
