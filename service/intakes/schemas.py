"""Intakes on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from service.codes import PayUnit, Settlement, WorkMode
from service.http.measures import MOST_FEN, Place
from service.http.types import (
    Code,
    Day,
    Facts,
    Id,
    In,
    Instant,
    Moment,
    OneTimeCode,
    Out,
    PersonName,
    Phone,
    RegionCode,
    TimeOfDay,
    count,
    line,
    paragraph,
)

Fen = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN)]


class IntakePersonIn(In):
    """The least of somebody: a name, a phone or an identity number, a birth date; a broker states all but the second.

    Whoever has this name on this phone is meant; else somebody new.
    """

    name: PersonName
    phone: Phone | None = None
    id_number: line(40) | None = None  # type: ignore[valid-type]
    birth_date: Day | None = None
    city_code: RegionCode | None = Field(default=None, description="city or district")


class IntakeWindow(In):
    """Free time of a week (Monday 0)."""

    weekday: count(0, 6)  # type: ignore[valid-type]
    start: TimeOfDay
    end: TimeOfDay


class IntakeWishPay(In):
    """What is hoped for."""

    amount_fen: Fen
    currency: Literal["CNY"] = "CNY"
    unit: PayUnit


class IntakeWishIn(In):
    """What will be posted, as `POST /v1/supplies` has it."""

    kind: Literal["work", "service"] = "work"
    trades: Annotated[list[Code], Field(min_length=1, max_length=5)]
    title: line(40) | None = None  # type: ignore[valid-type]
    description: paragraph(500) | None = None  # type: ignore[valid-type]
    work_modes: Annotated[list[WorkMode], Field(min_length=1, max_length=5)] | None = None
    city_code: RegionCode | None = None
    district_codes: Annotated[list[RegionCode], Field(max_length=10)] | None = None
    weekly: Annotated[list[IntakeWindow], Field(max_length=42)] | None = None
    pay_wish: IntakeWishPay | None = None
    licence_exempt: bool | None = None

    def fields(self) -> dict[str, Any]:
        """Columns of a supply posting."""
        made = self.model_dump(mode="json", exclude={"pay_wish"})
        wish = self.pay_wish
        pay = {"pay_wish_fen": wish and wish.amount_fen, "pay_wish_unit": wish and wish.unit}
        return {name: value for name, value in (made | pay).items() if value is not None}


class SupplyIntakeIn(In):
    """For `worker_id`, or for `person`. An officer says in the query how the yes was given.

    Whom a broker enters is asked first.
    """

    worker_id: Id | None = None
    person: IntakePersonIn | None = None
    wish: IntakeWishIn
    agreed_at: Instant | None = Field(default=None, description="when the person said yes; now where it is not said")


class SupplyIntakeOut(Out):
    """One. `possible`: what the caller may do now."""

    id: Id
    version: int
    state: str
    supply_id: Id | None
    supply_state: str | None
    title: str | None
    worker_id: Id | None = Field(description="for a broker only once the person has said yes")
    person_masked: str
    agency_id: Id | None
    agency_name: str | None
    entered_by: Literal["officer", "broker"]
    entered_by_name: str | None = Field(description="of an officer")
    agreed_how: str | None
    agreed_at: Moment | None
    wording: str | None = Field(description="version of the words of the scope proxy_intake")
    answer_by: Moment | None
    city_code: str
    level_code: str = Field(description="the region whose officers have to act")
    escalations: int
    due_at: Moment | None
    created_at: Moment
    closed_at: Moment | None
    close_reason: str | None
    possible: list[str]


class SupplyIntakesOut(Out):
    """A page."""

    items: list[SupplyIntakeOut]
    next_cursor: str | None


class RecommendIn(In):
    """A public posting."""

    posting_id: Id


class RecommendationOut(Out):
    """A posting that was recommended; `by`: officer, admin, member (a broker) or application (an invitation)."""

    id: Id
    intake_id: Id
    posting_id: Id
    title: str
    by: str
    created_at: Moment


class RecommendationsOut(Out):
    """The newest first."""

    items: list[RecommendationOut]


class IntakePlaceIn(In):
    """Where: an address with its district, or with a point."""

    address: line(200)  # type: ignore[valid-type]
    district_code: RegionCode | None = None
    city_code: RegionCode | None = None
    point: Place | None = None

    def asked(self) -> dict[str, Any]:
        """As a posting has it, the point in WGS-84."""
        made = self.model_dump(exclude_none=True, exclude={"point"})
        if self.point is None:
            return made
        lon, lat = self.point.wgs84()
        return made | {"point": {"lon": lon, "lat": lat, "sent_datum": self.point.datum}}


class IntakePayIn(In):
    """How much for what, how settled."""

    amount_fen: Fen | None = None
    currency: Literal["CNY"] = "CNY"
    unit: PayUnit | None = None
    settlement: Settlement | None = None


class DemandIntakeIn(In):
    """What a boss says on the phone. All but phone and start may be left out where he has called before."""

    phone: Phone
    name: PersonName | None = Field(default=None, description="needed from a phone that nobody knows")
    employer_id: Id | None = None
    trade: line(60) | None = Field(default=None, description="in the boss's own words, or a code")  # type: ignore[valid-type]
    starts_at: Instant
    ends_at: Instant | None = None
    place: IntakePlaceIn | None = None
    headcount: count(1, 500) | None = None  # type: ignore[valid-type]
    pay: IntakePayIn | None = None
    note: paragraph(500) | None = None  # type: ignore[valid-type]

    def fields(self) -> dict[str, Any]:
        """What the use case takes."""
        made = self.model_dump(exclude={"place", "pay"})
        pay = self.pay.model_dump(exclude={"currency"}, exclude_none=True) if self.pay else None
        return made | {"place": self.place.asked() if self.place else None, "pay": pay}


class DemandConfirmIn(In):
    """The code that the boss reads out; without one the officer has read the job back, and says so in the query."""

    code: OneTimeCode | None = None


class IntakeLineOut(Out):
    """Who did what, through which channel: staff by name, people only as what they are."""

    at: Moment
    action: str
    state: str | None
    by: str
    by_name: str | None
    channel: str


class IntakeWarningOut(Out):
    """What a rule found in the words."""

    pointer: str
    code: str
    facts: Facts


class DemandIntakeOut(Out):
    """One. `read_back` is what the officer says to the boss; `taken` names what was not said and was filled in: from
    the last job, or `ends_at` from the usual time of the trade, and one for `headcount`.
    """

    id: Id
    version: int
    state: str
    employer_id: Id
    employer_name: str
    posting_id: Id
    posting_state: str
    read_back: str
    taken: list[str]
    warnings: list[IntakeWarningOut]
    entered_by_name: str | None
    channel: str
    agreed_how: str | None
    confirm_by: Moment
    city_code: str
    district_code: str | None
    created_at: Moment
    closed_at: Moment | None
    history: list[IntakeLineOut]


class DemandIntakesOut(Out):
    """A page, the newest first."""

    items: list[DemandIntakeOut]
    next_cursor: str | None
