"""Which cases are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """`regions` None is everywhere; `state` is a state, open or ended; `free`: nobody has taken it."""

    regions: Sequence[str] | None
    state: str | None = "open"
    kind: str | None = None
    region: str | None = None
    venue_id: UUID | None = None
    claimed_by: UUID | None = None
    free: bool = False
    overdue: bool = False
    escalated: bool = False
