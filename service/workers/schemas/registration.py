"""Shapes of coming in."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import Place
from service.http.types import Day, Flag, Id, In, Moment, Out, PersonName, Phone, RegionCode, line
from service.people.rules import SCOPES, Scope
from service.workers.rules import DEFAULT_RADIUS_M
from service.workers.schemas.fields import (
    IdNumber,
    Language,
    Level,
    Radius,
    Trade,
    placed,
)
from service.workers.schemas.profile import WorkerOut


class StartIn(In):
    """What a profile begins with; only the trade must be said."""

    trade: Trade = Field(description="a trade code, a popular name of a trade, or free words")
    id_number: IdNumber | None = None
    birth_date: Day | None = None
    level: Level | None = None
    home: Place | None = None
    precise: Flag = Field(False, description="keep the home point as sent instead of to about 100 m")
    region_code: RegionCode | None = None
    radius_m: Radius = DEFAULT_RADIUS_M
    consents: Annotated[list[Scope], Field(max_length=len(SCOPES), default_factory=list)]
    wait_today: Flag = Field(True, description="wait for work here from now on, until eight in the evening")

    def told(self, *without: str) -> dict[str, Any]:
        """The fields as use cases take them, the home point in WGS-84."""
        names = (set(NewcomerIn.model_fields) & set(type(self).model_fields)) - {"home", *without}
        return {name: getattr(self, name) for name in names} | {"home": placed(self.home)}


class NewcomerIn(StartIn):
    """What every registration may say; name, trade and an identity number or a phone are the least."""

    name: PersonName
    language: Language = "zh-CN"


class BecomeIn(StartIn):
    """A profile for somebody who is known already, as the owner or a member of an employer."""

    label: line(60) | None = None  # type: ignore[valid-type]


class RegisterIn(NewcomerIn):
    """Registration with the ticket of a proved phone."""

    ticket: Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
    label: line(60) | None = None  # type: ignore[valid-type]


class RegisterByOfficerIn(NewcomerIn):
    """Registration at the counter. A birth date without an identity number is one that the officer has seen."""

    phone: Phone | None = None
    consent_channel: Literal["oral", "paper"] = "oral"
    venue_id: Id | None = None


class IdentityIn(In):
    """The identity number, or (officers) a birth date seen on a paper."""

    id_number: IdNumber | None = None
    birth_date: Day | None = None


class SessionOut(Out):
    """An open session; a kiosk's has no refresh token."""

    session_id: UUID
    role: str
    person_id: UUID | None
    employer_id: UUID | None
    access_token: str
    access_expires_in_seconds: int
    refresh_token: str | None
    session_ends_at: Moment


class RegisteredOut(Out):
    """The new profile and its owner's session."""

    worker: WorkerOut
    session: SessionOut
