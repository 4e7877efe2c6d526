"""Shapes of staff accounts."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.access.schemas.sessions import ChallengeIn
from service.access.schemas.words import Label, Password, Username
from service.http.types import Id, In, Moment, Out, Phone, RegionCode, line


class StaffSignInIn(In):
    """The first factor of staff."""

    username: Username
    password: Password


class StaffVerifyIn(ChallengeIn):
    """The second factor of staff."""

    label: Label | None = None


class StaffIn(In):
    """A new officer or admin. Regions are GB/T 2260 codes; an officer has at least one."""

    username: Username
    password: Password
    phone: Phone
    display_name: line(60)  # type: ignore[valid-type]
    role: Literal["officer", "admin"]
    regions: list[RegionCode] = Field(default=[], max_length=50)
    venue_id: Id | None = None


class StaffPatch(In):
    """What is left out stays."""

    display_name: line(60) = None  # type: ignore[valid-type]
    role: Literal["officer", "admin"] = None  # type: ignore[assignment]
    regions: list[RegionCode] = Field(default=None, max_length=50)  # type: ignore[arg-type]
    venue_id: Id | None = None


class StaffCredentialsIn(In):
    """For somebody who lost password or phone; at least one of the two."""

    password: Password | None = None
    phone: Phone | None = None


class PasswordIn(In):
    """The present password and the next."""

    present: Password
    password: Password


class StaffOut(Out):
    """An officer or admin."""

    id: UUID
    version: int
    username: str
    display_name: str
    role: str
    regions: list[str]
    venue_id: UUID | None
    phone_masked: str
    state: str
    created_at: Moment


class StaffPage(Out):
    """Accounts in the order of their making."""

    items: list[StaffOut]
    next_cursor: str | None
