"""Shapes of kiosks, of people at them, and of integrators' keys."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.access.rules import SCOPES
from service.access.schemas.words import Secret
from service.http.types import Flag, Id, In, Moment, OneTimeCode, Out, RegionCode, line

Scope = Literal[
    "postings:read", "postings:write", "imports:write", "shifts:read", "applications:read", "sms:receive",
    "calls:report", "wechat:bind", "webhooks:write", "feed:results",
]  # fmt: skip


class DeviceIn(In):
    """A kiosk and where it stands."""

    venue_id: Id
    name: line(60)  # type: ignore[valid-type]


class DeviceOut(Out):
    """A kiosk."""

    id: UUID
    version: int
    venue_id: UUID
    name: str
    city_code: str
    state: str
    created_at: Moment


class DeviceEnrolledOut(DeviceOut):
    """A new kiosk with its credential, which is shown this once."""

    credential: str


class DevicePage(Out):
    """Kiosks in the order of their enrolment."""

    items: list[DeviceOut]
    next_cursor: str | None


class SpokenCodeIn(In):
    """For whom, and what the officer has looked at."""

    person_id: Id
    basis: Literal["seen_id_card", "seen_other_document"]


class SpokenCodeOut(Out):
    """To be read to the person, who types it at this kiosk."""

    code: str
    expires_in_seconds: int


class CardIn(In):
    """What the printed card's QR holds."""

    card: Secret


class KioskSessionIn(In):
    """A code; without a challenge it is the one that an officer has just read out."""

    challenge_id: Id | None = None
    code: OneTimeCode
    register_new: Flag = Field(False, alias="register")


class KeyIn(In):
    """A key for an integrator: what it may do, where, and perhaps for one employer only."""

    name: line(60)  # type: ignore[valid-type]
    scopes: list[Scope] = Field(min_length=1, max_length=len(SCOPES))
    city_code: RegionCode
    employer_id: Id | None = None


class KeyOut(Out):
    """An integrator's key, without the key."""

    id: UUID
    version: int
    name: str
    scopes: list[str]
    city_code: str
    employer_id: UUID | None
    state: str
    created_at: Moment


class KeyMadeOut(KeyOut):
    """A new key, which is shown this once."""

    key: str


class KeyPage(Out):
    """Keys in the order of their making."""

    items: list[KeyOut]
    next_cursor: str | None
