"""Shapes of a profile, its skills and certificates, as they go in and out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from service.codes import PayUnit
from service.http.measures import MOST_FEN, Place
from service.http.types import Code, Day, Flag, In, Moment, Out, RegionCode, TimeOfDay, count, line, paragraph
from service.workers.availability import MOST_EXCEPTIONS, MOST_WINDOWS
from service.workers.schemas.fields import (
    Level,
    Radius,
    Trade,
    placed,
)


class WindowIn(In):
    """A weekly window; an end at or before the start is on the next day, 00:00 to 00:00 is the whole day."""

    weekday: count(0, 6) = Field(description="0 Monday to 6 Sunday")  # type: ignore[valid-type]
    start: TimeOfDay
    end: TimeOfDay


class ExceptionIn(In):
    """A dated exception; without times it is the whole day. Where free and busy meet, busy counts."""

    day: Day
    start: TimeOfDay | None = None
    end: TimeOfDay | None = None
    free: Flag


class PayWishIn(In):
    """What somebody would like to earn for one unit."""

    amount_fen: count(1, MOST_FEN)  # type: ignore[valid-type]
    unit: PayUnit
    currency: Literal["CNY"] = "CNY"


class WorkerPatch(In):
    """What is left out stays; null forgets."""

    home: Place | None = None
    precise: Flag = False
    radius_m: Radius | None = None
    weekly: Annotated[list[WindowIn], Field(max_length=MOST_WINDOWS)] | None = None
    exceptions: Annotated[list[ExceptionIn], Field(max_length=MOST_EXCEPTIONS)] | None = None
    pay_wish: PayWishIn | None = None
    intro: paragraph(500) | None = None  # type: ignore[valid-type]
    region_code: RegionCode | None = None

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        sent = self.model_dump(exclude_unset=True, exclude={"precise", "home"})
        return sent | ({"home": placed(self.home)} if "home" in self.model_fields_set else {})


class PointOut(Out):
    """A point in WGS-84 with the datum that was sent."""

    type: Literal["Point"]
    coordinates: tuple[float, float]
    sent_datum: str


class WindowOut(Out):
    """A weekly window."""

    weekday: int
    start: str
    end: str


class ExceptionOut(Out):
    """A dated exception."""

    day: date
    start: str
    end: str
    free: bool


class PayWishOut(Out):
    """A pay wish."""

    amount_fen: int
    unit: str
    currency: Literal["CNY"]


class SkillOut(Out):
    """A skill; level 0 none, 1 basic, 2 middle, 3 high, 4 master."""

    id: UUID
    version: int
    trade: str | None
    name: str
    label: str
    level: int | None
    verified: bool


class SkillsOut(Out):
    """A worker's skills."""

    items: list[SkillOut]


class CertificateOut(Out):
    """A certificate; its number is never shown."""

    id: UUID
    version: int
    kind: str
    label: str
    has_number: bool
    valid_from: date | None
    valid_until: date | None
    verified: bool
    verified_at: Moment | None
    valid_today: bool


class CertificatesOut(Out):
    """A worker's certificates."""

    items: list[CertificateOut]


class WaitingOut(Out):
    """How somebody waits for work."""

    id: UUID
    version: int
    state: str
    venue_id: UUID | None
    place: PointOut | None
    trades: list[str]
    own_tools: list[str]
    crew_id: UUID | None
    since: Moment
    until: Moment


class WorkerOut(Out):
    """A profile. `missing` names what keeps somebody from being found: birth_date, age, home, availability."""

    id: UUID
    version: int
    state: str
    name: str
    phone_masked: str | None
    id_number_masked: str | None
    language: str
    introducible: bool
    adult: bool
    missing: list[str]
    city_code: str | None
    district_code: str | None
    home: PointOut | None
    home_approximate: bool
    radius_m: int
    weekly: list[WindowOut] | None
    exceptions: list[ExceptionOut]
    pay_wish: PayWishOut | None
    intro: str | None
    skills: list[SkillOut]
    certificates: list[CertificateOut]
    waiting: WaitingOut | None


class SkillIn(In):
    """A trade code, a popular name of a trade, or free words."""

    trade: Trade
    level: Level | None = None


class SkillPatch(In):
    """Another level, or null for unknown."""

    level: Level | None


class CertificateIn(In):
    """A certificate of a kind of the catalogue; `valid_until` is its last day."""

    kind: Code
    number: line(64) | None = None  # type: ignore[valid-type]
    valid_from: Day | None = None
    valid_until: Day | None = None


class CertificatePatch(In):
    """What is left out stays; null forgets."""

    number: line(64) | None = None  # type: ignore[valid-type]
    valid_from: Day | None = None
    valid_until: Day | None = None


class UnverifyIn(In):
    """Why the check no longer stands."""

    reason: Literal["checked_wrongly", "paper_withdrawn", "paper_forged"]
