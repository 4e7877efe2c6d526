"""Disclosed fees on the wire: charges of others, outside this service, which has none."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import MOST_FEN
from service.http.types import Day, In, Moment, Out, ReasonCode, count, line, paragraph

Capacity = Literal["agency", "platform"]
What = Literal[
    "service_fee", "joining_fee", "management_fee", "membership_fee", "placement_fee", "training_fee", "commission",
    "other",
]  # fmt: skip
Payer = Literal["employer", "merchant", "worker"]
Basis = Literal["per_person", "per_order", "per_hour", "per_month", "per_year", "once", "share_of_price"]


class FeeItemIn(In):
    """One charge. `worker` pays nothing: such an item may only say so (amount 0)."""

    what: What
    payer: Payer = Field(description="employer; merchant: who trades on a platform or joined it; worker")
    basis: Basis = Field(description="share_of_price takes permille, everything else an amount")
    amount_fen: count(0, MOST_FEN) | None = None  # type: ignore[valid-type]
    permille: count(0, 1000) | None = None  # type: ignore[valid-type]
    words: line(80) | None = None  # type: ignore[valid-type]


class FeesIn(In):
    """Everything that is charged, as it will be: a version takes the place of the one before."""

    capacity: Capacity
    items: Annotated[list[FeeItemIn], Field(max_length=40)] = Field(description="none: nothing is charged")
    statement: paragraph(2000) | None = None  # type: ignore[valid-type]
    valid_from: Day | None = Field(default=None, description="as early as it may where none is given")


class FeeRemarkIn(In):
    """A code of `GET /v1/reference/reason?parent=fee_remark`, and words for everybody."""

    reason: ReasonCode
    words: line(200) | None = None  # type: ignore[valid-type]


class FeeItemOut(Out):
    """One charge of another, outside this service."""

    what: What
    payer: Payer
    basis: Basis
    amount_fen: int | None
    permille: int | None
    words: str | None


class FeeRemarkOut(Out):
    """An officer's doubt."""

    code: str
    words: str | None
    at: Moment


class FeeDisclosureOut(Out):
    """One version. `announced_by` only for the employer's own people and staff."""

    id: UUID
    version: int
    employer_id: UUID
    capacity: Capacity
    number: int
    items: list[FeeItemOut]
    statement: str | None
    announced_at: Moment
    announced_by: UUID | None
    valid_from: Day
    standing: Literal["coming", "in_force", "past"]
    remark: FeeRemarkOut | None


class FeeLogOut(Out):
    """Every version, the newest first; this service itself charges nobody."""

    this_service: Literal["free"]
    items: list[FeeDisclosureOut]


class FeesOut(Out):
    """What holds today."""

    this_service: Literal["free"]
    items: list[FeeDisclosureOut]
    next_cursor: str | None
