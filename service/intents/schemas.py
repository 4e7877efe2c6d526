"""Intents on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.http.explained import HindranceOut, SharingScoreOut
from service.http.types import Code, Day, Id, In, Moment, Out, PersonName, Phone, RegionCode, count, line


class IntentIn(In):
    """Somebody of the firm's own staff, by telephone number."""

    phone: Phone
    name: PersonName


class IntentAgreeIn(In):
    """The yes, and what may be used with it."""

    text_version: line(20) = Field(description="of the words of the scope lending_intent")  # type: ignore[valid-type]
    home_district_code: RegionCode | None = Field(default=None, description="none: the one of the worker's record")
    radius_m: count(0, 500_000) | None = Field(  # type: ignore[valid-type]
        default=None, description="how far from home; none: as the worker's record says"
    )
    accepts: Annotated[list[Code], Field(max_length=20)] = Field(
        default_factory=list, description="what may be asked: codes of `GET /v1/balances/conditions`"
    )
    days_off: Annotated[list[Day], Field(max_length=366)] = Field(
        default_factory=list, description="days of the surplus that are not possible"
    )


class IntentWordsOut(Out):
    """What is agreed to."""

    version: str
    text: str


class IntentOut(Out):
    """Whether somebody wants to be considered for lending. What was said with the yes (from `words` on) only the person
    reads; to the firm a no is `asked` until `answer_by` and `lapsed` from then on, as no answer is, and who has taken
    the yes back has no name and no number."""

    id: Id
    state: Literal["asked", "agreed", "refused", "lapsed", "withdrawn", "ended"]
    balance_id: Id
    firm_name: str
    trade: str
    city_code: str
    first_day: Day
    last_day: Day
    name: str | None = Field(description="masked; none to the firm once it is withdrawn")
    phone: str | None = Field(description="masked; none to the firm once it is withdrawn")
    answer_by: Moment
    agreed_at: Moment | None
    wording: str | None = Field(description="version of the words that were agreed to")
    ended_at: Moment | None
    words: IntentWordsOut | None
    home_district_code: str | None
    radius_m: int | None
    accepts: list[str] | None
    days_off: list[Day] | None
    possible: list[str]


class IntentsOut(Out):
    """All of a surplus, in the order of asking; or all of a person, the newest first."""

    items: list[IntentOut]


class ConsideredOut(Out):
    """Somebody who has agreed to be considered, and how well it goes with the shortage that was named."""

    intent_id: Id
    name: str | None = Field(description="masked")
    agreed_at: Moment
    fits: bool | None = Field(description="none: no shortage was named")
    distance_m: int | None = Field(description="from the middle of the home's district")
    score: SharingScoreOut | None
    hindrances: list[HindranceOut]


class ConsideredListOut(Out):
    """Who can go first, then who is hindered least; without a shortage in the order of the yes."""

    balance_id: Id
    shortage_id: Id | None
    at: Moment
    rules: str
    considered: int = Field(description="everybody who has agreed")
    fitting: int | None = Field(description="hindered by nothing")
    items: list[ConsideredOut]
