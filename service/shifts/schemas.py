"""Shapes of shifts in the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from service.http.types import Day, In, Instant, Moment, Out, ReasonCode

Seats = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class ShiftAddIn(In):
    """A dated shift that was agreed in a posting by pattern."""

    starts_at: Instant
    ends_at: Instant
    headcount: Seats | None = None


class ShiftPatch(In):
    """More or fewer seats, never fewer than are taken."""

    headcount: Seats


class ShiftCancelIn(In):
    """Why the shift is called off."""

    reason: ReasonCode


class ShiftsCancelIn(In):
    """Why, and of which day; without a day everything that is left."""

    reason: ReasonCode
    day: Day | None = None


class ShiftOut(Out):
    """A dated shift and its seats. `reopened_at`: a seat was left on the spot and is open for the rest; `reopened_why`:
    the code of the alarm, never who pressed it."""

    id: UUID
    version: int
    posting_id: UUID
    state: str
    local_day: date
    starts_at: Moment
    ends_at: Moment
    break_minutes: int
    headcount: int
    taken: int
    free_seats: int
    cancelled_at: Moment | None
    reopened_at: Moment | None
    reopened_why: str | None


class ShiftPageOut(Out):
    """Shifts by start."""

    items: list[ShiftOut]
    next_cursor: str | None


class CalledOffOut(Out):
    """What was called off."""

    posting_id: UUID
    posting_state: str
    shifts: list[ShiftOut]
