"""Shapes of waiting for work."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.http.measures import Place
from service.http.types import Id, In, Instant, Moment, Out, RegionCode
from service.workers.schemas.fields import (
    CardCode,
    Tool,
    Trade,
)


class WaitingIn(In):
    """Where (a point, a venue, or at home), for what, with what, with whom, until when."""

    place: Place | None = None
    venue_id: Id | None = None
    region_code: RegionCode | None = None
    trades: Annotated[list[Trade], Field(min_length=1, max_length=10)] | None = None
    own_tools: Annotated[list[Tool], Field(max_length=10, default_factory=list)]
    crew_id: Id | None = None
    until: Instant | None = Field(None, description="at most the 04:00 after the next 20:00; that 20:00 by default")
    card_code: CardCode | None = Field(None, description="a kiosk's proof: the card that lies on it")


class WaitingPersonOut(Out):
    """Somebody who waits."""

    id: UUID
    worker_id: UUID
    name_masked: str
    venue_id: UUID | None
    trades: list[str]
    own_tools: list[str]
    crew_id: UUID | None
    crew_size: int | None
    since: Moment
    until: Moment


class WaitingPeopleOut(Out):
    """Who waits now."""

    items: list[WaitingPersonOut]
    next_cursor: str | None


class TradeCountOut(Out):
    """How many wait for a trade."""

    trade: str
    label: str
    people: int


class WaitingCountsOut(Out):
    """How many wait in a region."""

    region_code: str
    venue_id: UUID | None
    as_of: Moment
    people: int
    trades: list[TradeCountOut]
