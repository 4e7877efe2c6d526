"""A saved search as its person sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from service.searches.tables import SearchRow


@dataclass(frozen=True, slots=True)
class SearchView:
    """`filter` in its stored form; `broken`: the code of why it finds nothing any more."""

    id: UUID
    version: int
    name: str | None
    filter: Mapping[str, Any] | None
    alerts: bool
    personalised: bool
    created_at: datetime
    broken: str | None


@dataclass(frozen=True, slots=True)
class SearchesView:
    """All of a person; `alerts_enabled` is the switch over all of them."""

    items: Sequence[SearchView]
    alerts_enabled: bool


def search_view(row: SearchRow, broken: str | None) -> SearchView:
    """One."""
    return SearchView(row.id, row.version, row.name, row.filter, row.alerts, row.personalised, row.created_at, broken)
