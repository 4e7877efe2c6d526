"""What comes in about postings. Only trade, headcount, time, place and pay are needed; the rest has defaults."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from service.codes import Funding, JobKind, PayUnit, Settlement, WorkMode
from service.http.measures import MOST_FEN, Place, PointIn
from service.http.types import (
    NEEDED,
    Code,
    Day,
    Flag,
    Id,
    In,
    Instant,
    ReasonCode,
    RegionCode,
    TimeOfDay,
    count,
    formed,
    line,
    paragraph,
    refusal,
)
from service.postings.schemas.times import (
    Minutes,
    Seats,
    TimeIn,
)

Fen = Annotated[int, Field(strict=True, ge=1, le=MOST_FEN)]


class PlaceIn(In):
    """A site of the employer; or an address with a point; or a district, whose centre then stands for it."""

    site_id: Id | None = None
    address: line(200) | None = None  # type: ignore[valid-type]
    point: Place | None = None
    city_code: RegionCode | None = None
    district_code: RegionCode | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        """Said here too, so that it stands in one answer with what is missing elsewhere in the body."""
        if self.site_id is None and self.point is None and self.district_code is None:
            raise refusal("place_needs_point_or_district")
        return self

    def asked(self) -> dict[str, Any]:
        """With the point in WGS-84."""
        made = self.model_dump(exclude_unset=True, exclude={"point"})
        return made | ({"point": _stored_point(self.point)} if self.point else {})


def _stored_point(point: PointIn) -> dict[str, Any]:
    lon, lat = point.wgs84()
    return {"lon": lon, "lat": lat, "sent_datum": point.datum}


class TierIn(In):
    """From this many minutes in the settlement period on, an hour pays `rate_fen`."""

    from_minutes: Annotated[int, Field(strict=True, ge=1, le=100_000)]
    rate_fen: Fen


Tiers = Annotated[list[TierIn], Field(max_length=20)]


class PostingPayIn(In):
    """An amount for a unit, or a range; how often it is settled is another matter."""

    amount_fen: Fen
    currency: Literal["CNY"] = "CNY"
    most_fen: Fen | None = None
    unit: PayUnit
    unit_label: line(20) | None = None  # type: ignore[valid-type]
    settlement: Settlement | None = None
    tiers: Tiers = Field(default_factory=list)
    note: paragraph(2000) | None = None  # type: ignore[valid-type]
    call_off_fen: count(0, MOST_FEN) | None = None  # type: ignore[valid-type]


class PostingPayPatch(In):
    """The members that change."""

    amount_fen: Annotated[Fen | None, NEEDED] = None
    currency: Literal["CNY"] = "CNY"
    most_fen: Fen | None = None
    unit: Annotated[PayUnit | None, NEEDED] = None
    unit_label: line(20) | None = None  # type: ignore[valid-type]
    settlement: Settlement | None = None
    tiers: Tiers = Field(default_factory=list)
    note: paragraph(2000) | None = None  # type: ignore[valid-type]
    call_off_fen: count(0, MOST_FEN) | None = None  # type: ignore[valid-type]


class InsurancePolicyIn(In):
    """The insurance of this work as it was taken out (零工保, 雇主责任险 …): everybody reads it before a yes. Both days
    are insured. The employer pays for it, and nobody else."""

    kind: Literal["work_injury", "gig_order", "employer_liability", "accident"]
    insurer: formed(r"^[0-9A-Za-z\u4e00-\u9fff（）()·& -]{2,40}$", "PICC")  # type: ignore[valid-type]
    number: formed(r"^[0-9A-Za-z][0-9A-Za-z/-]{3,39}$", "PA2026110001")  # type: ignore[valid-type]
    first_day: Day
    last_day: Day


class ConditionsIn(In):
    """What comes with the work, and what to bring."""

    meals: Literal["none", "one_meal", "all_meals"] | None = None
    lodging: Literal["none", "provided"] | None = None
    travel: Literal["none", "pickup", "both_ways"] | None = None
    bring: Annotated[list[Code], Field(max_length=20)] | None = None
    outdoor: Flag | None = None
    insurance: line(200) | None = None  # type: ignore[valid-type]
    injury_cover: Literal["none", "commercial", "work_injury", "project"] | None = None
    insurance_policy: InsurancePolicyIn | None = None
    units_per_hour: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = Field(
        None, description="pieces, orders or square metres an hour, to compare with the minimum wage"
    )


class PickupIn(In):
    """Where people are fetched, by when, with how many seats."""

    point: Place
    address: line(200) | None = None  # type: ignore[valid-type]
    seats: count(1, 500) | None = None  # type: ignore[valid-type]
    leaves_at: TimeOfDay
    way_back: Flag = False

    def asked(self) -> dict[str, Any]:
        """With the point in WGS-84."""
        return self.model_dump(exclude={"point"}) | {"point": _stored_point(self.point)}


class SkillIn(In):
    """A further skill, by trade, with its least level; `wished` ones help and are not demanded."""

    trade: Code
    min_level: count(0, 4) = 0  # type: ignore[valid-type]
    wished: Flag = False


class _Optional(In):
    """The fields of a posting that have defaults."""

    title: line(100) | None = None  # type: ignore[valid-type]
    description: paragraph(2000) | None = None  # type: ignore[valid-type]
    occupation_code: formed(r"^[0-9]{1,2}(-[0-9]{2}){0,3}$", "4-03-02-05") | None = None  # type: ignore[valid-type]
    industry: Code | None = None
    job_kind: JobKind | None = None
    work_mode: WorkMode | None = None
    break_minutes: Minutes | None = None
    pickup: PickupIn | None = None
    radius_limit_m: count(100, 200_000) | None = None  # type: ignore[valid-type]
    conditions: ConditionsIn | None = None
    certificates: Annotated[list[Code], Field(max_length=20)] | None = None
    skills: Annotated[list[SkillIn], Field(max_length=20)] | None = None
    adult_only: Flag | None = None
    min_age: count(16, 100) | None = None  # type: ignore[valid-type]
    max_age: count(16, 100) | None = None  # type: ignore[valid-type]
    claimable: Flag | None = None
    funding: Funding | None = None
    traits: Annotated[list[Code], Field(max_length=10)] | None = None
    priority_groups: Annotated[list[Code], Field(max_length=10)] | None = Field(
        None, description="whom public support is meant for; nobody is shut out"
    )
    valid_until: Instant | None = None

    def asked(self) -> dict[str, Any]:
        """The plain values that the check takes; what was not sent is left out, null clears."""
        made = self.model_dump(exclude_unset=True, exclude={"place", "pickup", "employer_id", "submit"})
        for name in ("place", "pickup"):
            if name in self.model_fields_set:
                given = getattr(self, name)
                made[name] = given.asked() if given is not None else None
        for name in ("pay", "conditions"):
            if made.get(name):
                made[name].pop("currency", None)
        return made


class PostingIn(_Optional):
    """A need. `submit` offers it at once instead of keeping a draft."""

    trade: Code
    headcount: Seats
    time: TimeIn
    place: PlaceIn
    pay: PostingPayIn
    employer_id: Id | None = Field(None, description="for officers and keys that serve several employers")
    submit: Flag = False


class PostingPatch(_Optional):
    """What changes; pay and conditions member by member, everything else as a whole, null back to the default."""

    trade: Annotated[Code | None, NEEDED] = None
    headcount: Annotated[Seats | None, NEEDED] = None
    time: Annotated[TimeIn | None, NEEDED] = None
    place: Annotated[PlaceIn | None, NEEDED] = None
    pay: Annotated[PostingPayPatch | None, NEEDED] = None


class SentenceIn(In):
    """One sentence, as it would be said on the phone."""

    text: line(500)  # type: ignore[valid-type]
    employer_id: Id | None = None
    site_id: Id | None = None


class ReasonIn(In):
    """A coded reason."""

    reason: ReasonCode


class SubmitIn(In):
    """Offering a draft. `contested`: a rule of the guard is wrong here; an officer looks at it."""

    contested: bool = Field(default=False, strict=True)


class PublishIn(In):
    """The review's yes; where a rule stops the posting, why that rule is wrong here."""

    overrules: line(200) | None = None  # type: ignore[valid-type]


class RejectIn(In):
    """Every coded reason against it."""

    reasons: Annotated[list[ReasonCode], Field(min_length=1, max_length=10)]


class RebookIn(In):
    """The day on which the first shift of the new posting begins."""

    day: Day
