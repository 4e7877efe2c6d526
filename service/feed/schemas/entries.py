"""The entries of the feed, version 1: what a copier may rely on. Fields are added, never changed or taken away,
within a version; a new version is told `notice_days` before."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from service.feed.rules import EVERY_CAUSE

INSTANT = {"type": "string", "format": "date-time"}


class Exact(BaseModel):
    """Nothing else stands in it."""

    model_config = ConfigDict(extra="forbid")


class PointOut(Exact):
    """Degrees as text with six decimals, WGS-84."""

    lon: str = Field(pattern=r"^-?\d+\.\d{6}$")
    lat: str = Field(pattern=r"^-?\d+\.\d{6}$")
    datum: Literal["wgs84"]


class EmployerOut(Exact):
    """Who needs hands; a household's name is masked."""

    id: UUID
    name: str
    kind: str
    verified: bool


class PlaceOut(Exact):
    """Where the work is. Of a household: no address, the point to about 100 m."""

    city_code: str
    district_code: str | None
    address: str | None
    point: PointOut | None
    approximate: bool


class PickupOut(Exact):
    """Where people are fetched. To a household: no address, the point to about 100 m."""

    address: str | None
    point: PointOut | None
    seats: int | None
    leaves_at: str | None
    way_back: bool | None


class TierOut(Exact):
    """From this many minutes on an hour pays this."""

    from_minutes: int
    rate_fen: int


class PayOut(Exact):
    """Whole fen for a unit, or a range."""

    amount_fen: int
    most_fen: int | None
    currency: Literal["CNY"]
    unit: str
    unit_label: str | None
    tiers: list[TierOut]
    note: str | None
    settlement: str
    call_off_fen: int


class TimeOut(Exact):
    """One of the three: listed shifts, a series, a weekly pattern (weekday 0 is Monday)."""

    shifts: list[dict[str, Any]] | None
    series: dict[str, Any] | None
    pattern: dict[str, Any] | None


class ConditionsOut(Exact):
    """What comes with the work."""

    meals: str | None
    lodging: str | None
    travel: str | None
    bring: list[str] | None
    outdoor: bool | None
    insurance: str | None
    injury_cover: str | None
    units_per_hour: int | None


class OriginOut(Exact):
    """Where it came from: the source's label and the source's own id."""

    source: str
    id: str | None


class PostingBody(Exact):
    """A need in the open."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["posting"]
    id: UUID
    state: Literal["published", "filled"]
    title: str
    description: str | None
    trade: str
    occupation_code: str | None
    industry: str | None
    job_kind: str
    work_mode: str
    binding: Literal["shift", "pattern"]
    headcount: int
    break_minutes: int
    radius_limit_m: int | None
    certificates: list[str]
    skills: list[dict[str, Any]]
    adult_only: bool
    min_age: int | None
    max_age: int | None
    claimable: bool
    funding: str
    traits: list[str]
    priority_groups: list[str]
    terms_version: int
    terms_hash: str = Field(description="SHA-256 of the terms as everybody may read them at /v1/postings/{id}/terms")
    employer: EmployerOut
    place: PlaceOut
    pickup: PickupOut | None
    pay: PayOut
    time: TimeOut
    conditions: ConditionsOut
    origin: OriginOut | None
    published_at: str = Field(json_schema_extra=dict(INSTANT))
    valid_until: str = Field(json_schema_extra=dict(INSTANT))


class WishOut(Exact):
    """What somebody wants to be paid."""

    amount_fen: int
    currency: Literal["CNY"]
    unit: str


class SupplyBody(Exact):
    """What somebody looks for or offers, without the person."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["supply"]
    id: UUID
    state: Literal["published"]
    supply_kind: Literal["work", "service"]
    title: str
    description: str | None
    trades: list[str]
    certificates: list[str]
    work_modes: list[str]
    city_code: str
    district_codes: list[str]
    weekly: list[dict[str, Any]] | None
    licence_exempt: bool
    pay_wish: WishOut | None
    published_at: str = Field(json_schema_extra=dict(INSTANT))
    valid_until: str = Field(json_schema_extra=dict(INSTANT))


class PutEntry(Exact):
    """New content, or content in place of what the entity's entry before said."""

    seq: int
    op: Literal["put"]
    kind: Literal["posting", "supply"]
    id: UUID
    at: str = Field(json_schema_extra=dict(INSTANT))
    digest: str = Field(pattern="^[0-9a-f]{64}$")
    codes: str = Field(description="version of the code lists, see code_lists of /v1/feed")
    body: PostingBody | SupplyBody = Field(discriminator="kind")


class RemoveEntry(Exact):
    """A tombstone: take the entity out of the copy."""

    seq: int
    op: Literal["remove"]
    kind: Literal["posting", "supply"]
    id: UUID
    at: str = Field(json_schema_extra=dict(INSTANT))
    cause: str = Field(json_schema_extra={"enum": list(EVERY_CAUSE)})
    urgent: bool


ENTRY: TypeAdapter[PutEntry | RemoveEntry] = TypeAdapter(PutEntry | RemoveEntry)


def entry_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one entry."""
    made = ENTRY.json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Linggong feed entry, version 1"} | made
