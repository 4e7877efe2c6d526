"""API shapes of the duty roster."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from service.http.types import Id, In, Instant, Moment, Out, RegionCode


class DutyIn(In):
    """Who is on duty where, from when until when; see `GET /v1/duties/officers` for who can be."""

    staff_id: Id
    region_code: RegionCode
    starts_at: Instant
    ends_at: Instant


class DutyOut(Out):
    """An entry of the roster; `on_duty`: now."""

    id: UUID
    version: int
    state: Literal["planned", "removed"]
    staff_id: UUID
    staff_name: str
    region_code: str
    starts_at: Moment
    ends_at: Moment
    on_duty: bool


class DutiesOut(Out):
    """By their beginning."""

    items: list[DutyOut]
    next_cursor: str | None


class DutyOfficerOut(Out):
    """An active officer who serves a region, or an administrator."""

    staff_id: UUID
    staff_name: str


class DutyOfficersOut(Out):
    """Who can be put on duty in a region, in the order of their accounts."""

    items: list[DutyOfficerOut]
