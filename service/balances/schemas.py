"""Balances on the wire. No field can hold a charge or a margin."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from service.balances.rules import BLOCKED_MOST, HEADCOUNT_MOST
from service.http.explained import HindranceOut, SharingScoreOut
from service.http.measures import MoneyIn, MoneyOut, Place, PointOut
from service.http.types import (
    NEEDED,
    Code,
    Day,
    Flag,
    Id,
    In,
    Moment,
    Out,
    ReasonCode,
    RegionCode,
    count,
    line,
    paragraph,
)

Side = Literal["surplus", "shortage"]
State = Literal["draft", "published", "matched", "closed"]


Heads = count(1, HEADCOUNT_MOST)
Codes = Annotated[list[Code], Field(max_length=20)]


class BalancePlaceIn(In):
    """The firm's place of work; without a point the middle of the district or city stands for it."""

    city_code: RegionCode
    district_code: RegionCode | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None


class HomesIn(In):
    """So many of the people live in this district; never an address."""

    district_code: RegionCode
    people: Heads  # type: ignore[valid-type]


class BalanceFields(In):
    """What may be said and left out."""

    least_days: count(1, 3660) | None = Field(  # type: ignore[valid-type]
        default=None, description="fewest days that somebody goes, or stays; of a shortage none: all of them"
    )
    place: BalancePlaceIn | None = Field(default=None, description="none: the firm's own place")
    homes: Annotated[list[HomesIn], Field(max_length=50)] | None = Field(
        default=None, description="only of a surplus: where the people live, by district"
    )
    radius_m: count(0, 500_000) | None = Field(  # type: ignore[valid-type]
        default=None, description="how far from home people go"
    )
    pay_day: MoneyIn | None = Field(
        default=None,
        description="a day for one; of a surplus the least, of a shortage what is paid; none: not said yet",
    )
    needs: Codes | None = Field(default=None, description="surplus: conditions without which nobody goes")
    wishes: Codes | None = Field(default=None, description="surplus: what would be good")
    accepts: Codes | None = Field(default=None, description="surplus: what may be asked of the people")
    offers: Codes | None = Field(default=None, description="shortage: conditions that are given")
    asks: Codes | None = Field(default=None, description="shortage: what is asked of people")
    crosses_region: Flag | None = Field(default=None, description="also with firms of other cities")
    season: Code | None = Field(default=None, description="codes of `GET /v1/reference/season`: `season` of its rows")
    words: paragraph(500) | None = None  # type: ignore[valid-type]
    blocked: Annotated[list[Id], Field(max_length=BLOCKED_MOST)] | None = Field(
        default=None, description="employers that are not wanted; nobody else reads them"
    )

    def fields(self) -> dict[str, Any]:
        """What was sent, in plain values with the point in WGS-84."""
        made = self.model_dump(mode="python", exclude_unset=True)
        if "blocked" in made:
            made["blocked_firms"] = made.pop("blocked")
        if "pay_day" in made:
            pay = made.pop("pay_day")
            made["pay_fen"] = pay and pay["amount_fen"]
        if self.place is not None:
            made["place"] = self._place()
        made.pop("employer_id", None)
        return made

    def _place(self) -> dict[str, Any]:
        assert self.place is not None  # noqa: S101 - asked by `fields`
        made = self.place.model_dump(mode="python", exclude={"point"})
        if self.place.point is not None:
            lon, lat = self.place.point.wgs84()
            made |= {"lon": lon, "lat": lat, "sent_datum": self.place.point.datum}
        return made


class BalanceIn(BalanceFields):
    """A new draft: people to lend (surplus) or people that lack (shortage), from day to day, both counted."""

    side: Side
    trade: Code = Field(description="a code of `GET /v1/reference/trade`")
    headcount: Heads  # type: ignore[valid-type]
    first_day: Day
    last_day: Day
    employer_id: Id | None = Field(default=None, description="for which firm, where an agency acts; else the own one")


class BalancePatch(BalanceFields):
    """Only fields that are sent change."""

    trade: Annotated[Code | None, NEEDED] = None
    headcount: Annotated[Heads | None, NEEDED] = None  # type: ignore[valid-type]
    first_day: Annotated[Day | None, NEEDED] = None
    last_day: Annotated[Day | None, NEEDED] = None


class BalanceCopyIn(In):
    """The days of the new one, both counted."""

    first_day: Day
    last_day: Day


class BalanceReasonIn(In):
    """One of `GET /v1/reference/reason?parent=posting_take_down`, without that name before it: `other`."""

    reason: ReasonCode


class BalanceCodeOut(Out):
    """A code and what it is called."""

    code: str
    label: str


class BalancePlaceOut(Out):
    """The firm's place of work."""

    city_code: str
    district_code: str | None
    address: str | None
    point: PointOut | None
    approximate: bool

    @model_validator(mode="before")
    @classmethod
    def _from_view(cls, view: Any) -> Any:
        if isinstance(view, dict):
            return view
        point = view.point and {"type": "Point", "coordinates": view.point, "sent_datum": view.sent_datum or "wgs84"}
        return {name: getattr(view, name) for name in cls.model_fields if name != "point"} | {"point": point}


class HomesOut(Out):
    """So many people of a district; none: nobody knows where."""

    district_code: str | None
    people: int


class BalanceOut(Out):
    """One, without contact. The fields from `taken` on only for its firm, its agency and officers of the place."""

    id: Id
    version: int
    state: State
    side: Side
    employer_id: Id
    employer_name: str
    agency_id: Id | None
    agency_name: str | None
    trade: BalanceCodeOut
    headcount: int
    left: int = Field(description="not spoken for by a deal")
    first_day: Day
    last_day: Day
    least_days: int | None
    place: BalancePlaceOut
    pay_day: MoneyOut | None = Field(description="a day for one; none: by agreement between firms")
    needs: list[BalanceCodeOut]
    wishes: list[BalanceCodeOut]
    accepts: list[BalanceCodeOut]
    offers: list[BalanceCodeOut]
    asks: list[BalanceCodeOut]
    crosses_region: bool
    season: str | None
    words: str | None
    published_at: Moment | None
    closed_at: Moment | None
    close_reason: str | None
    taken: int | None
    homes: list[HomesOut] | None
    radius_m: int | None
    agreed_at: Moment | None = Field(description="the firm's yes to what its agency has entered")
    blocked: list[UUID] | None
    deals: list[UUID] | None = Field(description="whose people of it are; the newest first")

    @model_validator(mode="before")
    @classmethod
    def _from_view(cls, view: Any) -> Any:
        if isinstance(view, dict):
            return view
        made = {name: getattr(view, name) for name in cls.model_fields if name != "pay_day"}
        fen = view.pay_fen
        return made | {"pay_day": None if fen is None else {"amount_fen": fen, "currency": "CNY"}}


class BalancesOut(Out):
    """A page."""

    items: list[BalanceOut]
    next_cursor: str | None


class BalanceTermsOut(Out):
    """Under which clause firms share labour in a city, and what follows from it."""

    city_code: str
    clause: str = Field(description="NAT, SH, QH … and the number of the clause")
    document: str
    title: str
    number: str
    article: str
    says: str = Field(description="the clause's own words")
    of_place: bool = Field(
        description="false: the place has no document, or none with a clause on it, and the national one holds"
    )
    place_document: str = Field(description="the place's own document; NAT where it has none")
    place_title: str
    agencies_broker: bool = Field(description="whether commercial agencies may publish for firms")
    follow_up: bool = Field(description="whether the clause asks for follow-up")
    text: str = Field(description="all of it in a few sentences")


class ConditionOut(Out):
    """A condition that a balance may name."""

    code: str
    label: str
    kind: Literal["given", "asked"]
    reach: bool = Field(description="where it is offered nobody lives too far away")


class ConditionsOut(Out):
    """All of them."""

    items: list[ConditionOut]


class StayingOut(Out):
    """So many people or seats that are left, and why."""

    reason: str
    people: int
    text: str


class BalanceMatchOut(Out):
    """A balance of the other side; `people` could go."""

    balance: BalanceOut
    people: int
    staying: list[StayingOut] = Field(description="who of the surplus stays behind though the two fit, and why")
    by_homes: list[HomesOut] | None = Field(description="only for the lender and officers of its place")
    distance_m: int | None = Field(
        description="of the nearest home; for all others rounded up to 5 km, as all that is said of homes"
    )
    score: SharingScoreOut
    hindrances: list[HindranceOut]


class SharingCountOut(Out):
    """How many are kept out by one rule; one may be kept out by several."""

    code: str
    label: str
    count: int


class BalanceMatchesOut(Out):
    """The other side in order, and how many are kept out by what. No person is in it, only headcounts."""

    balance_id: Id
    side: Side
    at: Moment
    rules: str = Field(description="name and version; the same label means the same rules")
    considered: int
    hindered: int
    lacks: list[SharingCountOut]
    agreed: int | None = Field(description="of a surplus: how many of its people have agreed to be considered")
    matches: list[BalanceMatchOut]
    misses: list[BalanceMatchOut] = Field(description="as many as were asked for, those that nearly fit first")


class BalancePlanIn(In):
    """What a plan looks at."""

    region: RegionCode | None = Field(default=None, description="none: every region that the caller serves")
    cross_region: Flag = Field(
        default=True, description="also with firms of other places that want it; false: each city for itself"
    )
    season: Code | None = Field(default=None, description="only what is of this season on one side at least")


class BalancePairOut(Out):
    """So many people of a surplus for a shortage."""

    surplus: BalanceOut
    shortage: BalanceOut
    people: int
    value: int = Field(description="the sum of their scores, in millionths of a point")
    by_homes: list[HomesOut] | None = Field(description="only for officers of the lender's place")
    distance_m: int | None
    score: SharingScoreOut = Field(description="of one of these people on average, as in the matches")


class BalanceLeftOut(Out):
    """A balance with somebody left over, and why."""

    balance: BalanceOut
    people: int
    reason: str = Field(description="the one for which most are left")
    reasons: list[StayingOut] = Field(description="all of them, which add up to `people`")
    text: str
    lacks: list[SharingCountOut] = Field(description="the other side's balances by the rule that stands between")


class BalancePlanOut(Out):
    """The best of all plans: most people first, then the greatest sum of scores. Nothing is stored."""

    at: Moment
    rules: str
    region: str | None
    cross_region: bool
    season: str | None
    surpluses: int = Field(description="of the region")
    shortages: int = Field(description="of the region")
    surpluses_elsewhere: int = Field(
        description="of other places, open to other cities: looked at for the shortages of the region"
    )
    shortages_elsewhere: int = Field(description="of other places, looked at for the surpluses of the region")
    people: int
    value: int
    proven: bool = Field(description="the proof that no plan is better was read; a plan that fails is not given out")
    scored_anew: bool = Field(description="every score behind it was made anew too; not of more than 40,000 pairs")
    pairs: list[BalancePairOut]
    left_surpluses: list[BalanceLeftOut]
    left_shortages: list[BalanceLeftOut]
