"""API shapes of plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from service.http.types import In, Moment, Out, ReasonCode, count


class PlanOut(Out):
    """One round of a session. `gap`: share of the bound not reached; 0 is proven best."""

    id: UUID
    version: int
    session_id: UUID
    round: int
    state: str
    drawn_at: Moment
    publish_at: Moment
    published_at: Moment | None
    algorithm: str
    reproducible: bool
    people: int
    seats_open: int
    seats_filled: int
    seats_bound: int
    value: int
    value_bound: int
    gap: float
    digest: str
    seed_commitment: str
    seed: str | None


class PlansOut(Out):
    """The rounds of a session."""

    items: list[PlanOut]


class PlanLineOut(Out):
    """What a plan says to one number, in one sentence; persons only for who may see them."""

    id: UUID
    number: int
    rank: int
    state: str
    shift_id: UUID | None
    title: str | None
    trade: str | None
    starts_at: Moment | None
    score: int | None
    why: str
    said: str
    worker_id: UUID | None
    name_masked: str | None
    application_id: UUID | None


class PlanLinesOut(Out):
    """Lines in the order of service."""

    items: list[PlanLineOut]
    next_cursor: str | None


class OrderOut(Out):
    """Why `earlier` comes before the other number."""

    first: int
    second: int
    earlier: int
    said: str


class BundleOut(Out):
    """A plan to run again (`linggong replay-plan`): people by number, shifts, pairs, rule, seed, outcome."""

    model_config = ConfigDict(extra="allow")
    format: str
    session_id: str
    round: int
    rule: dict[str, Any]
    seed_commitment: str
    seed: str | None = Field(description="of a draw: told when the session is over")
    digest: str


class ReplaceIn(In):
    """Another number for this seat; `reason` of `GET /v1/reference/reason?parent=hall_replace`."""

    number: count(1, 1_000_000)  # type: ignore[valid-type]
    reason: ReasonCode


class DropIn(In):
    """Why; a code of the reason list `hall_drop`."""

    reason: ReasonCode
