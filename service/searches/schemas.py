"""Saved searches on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field

from service.http.types import Flag, In, Moment, Out, line
from service.listings.rules.filters import ListingFilter


class SearchIn(In):
    """A name and the filter that is meant."""

    name: line(40)  # type: ignore[valid-type]
    filter: ListingFilter
    alerts: Flag = Field(default=True, description="tell of what is published from now on")
    personalised: Flag = Field(default=True, description="leave out employers whom one does not want to see")


class SearchPatch(In):
    """Only fields that are sent change."""

    name: line(40) | None = None  # type: ignore[valid-type]
    filter: ListingFilter | None = None
    alerts: Flag | None = None
    personalised: Flag | None = None

    def fields(self) -> dict[str, Any]:
        """Columns of what was sent, the filter apart."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"filter"}}
        return {name: value for name, value in sent.items() if value is not None}


class SearchAlertsIn(In):
    """The switch over all of them."""

    enabled: Flag


class SearchOut(Out):
    """One, as its person sees it."""

    id: UUID
    version: int
    name: str
    filter: dict[str, Any]
    alerts: bool
    personalised: bool
    created_at: Moment
    broken: str | None = Field(
        description="why it finds nothing any more: venue_unknown, filter_outdated, or the code that a new search with"
        " this filter would be refused with; null while it finds"
    )


class SearchesOut(Out):
    """All of one's own; without `alerts_enabled` none of them tells anything."""

    items: list[SearchOut]
    alerts_enabled: bool
