"""What goes out about postings."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.http.measures import PaymentRecordOut, PointOut
from service.http.types import Day, Facts, Moment, Out


class EmployerShownOut(Out):
    """Who needs hands; a household's name is masked for the public."""

    id: UUID
    name: str
    kind: str
    verified: bool
    payment_record: PaymentRecordOut


class PlaceOut(Out):
    """Where the work is; `approximate` when the point is the centre of a district or made coarse."""

    city_code: str
    district_code: str | None
    address: str | None
    point: PointOut | None
    approximate: bool


class PlaceWithSiteOut(PlaceOut):
    """With the employer's site, for its own people."""

    site_id: UUID | None


class PayShownOut(Out):
    """Whole fen for a unit, or a range, and how often it is settled."""

    amount_fen: int
    most_fen: int | None
    currency: str
    unit: str
    unit_label: str | None
    settlement: str


class TierOut(Out):
    """From this many minutes on an hour pays this."""

    from_minutes: int
    rate_fen: int


class PostingPayOut(PayShownOut):
    """With tiers and what is owed when work is called off late."""

    tiers: list[TierOut]
    note: str | None
    call_off_fen: int


class PickupOut(Out):
    """Where people are fetched; to a household the public reads no address and a coarse point."""

    point: PointOut | None
    address: str | None
    seats: int | None
    leaves_at: str
    way_back: bool


class InsurancePolicyOut(Out):
    """The insurance of this work; both days are insured."""

    kind: Literal["work_injury", "gig_order", "employer_liability", "accident"]
    insurer: str
    number: str
    first_day: Day
    last_day: Day


class ConditionsOut(Out):
    """What comes with the work."""

    meals: str | None
    lodging: str | None
    travel: str | None
    bring: list[str] | None
    outdoor: bool | None
    insurance: str | None
    injury_cover: str | None
    insurance_policy: InsurancePolicyOut | None
    units_per_hour: int | None


class TimePlanOut(Out):
    """One of the three is there: listed shifts, a weekly series, a pattern (weekdays: 0 is Monday)."""

    shifts: list[dict[str, Any]] | None
    series: dict[str, Any] | None
    pattern: dict[str, Any] | None


class WarningOut(Out):
    """Something its author should know, by JSON pointer; the sentence is in the caller's language."""

    pointer: str
    code: str
    message: str
    facts: Facts


class WaitsForOut(Out):
    """Why a posting in review is not shown at once: its employer is not verified, a rule has found something, or
    every posting of the place is looked at."""

    code: Literal["employer_not_verified", "findings", "every_posting"]
    message: str


class OwnPartOut(Out):
    """How a posting came in and is reviewed; for its own people and officers only."""

    channel: str
    source: str | None
    source_id: str | None
    review_due_at: Moment | None
    waits_for: list[WaitsForOut]
    private: bool
    paused_by: str | None
    refreshed_at: Moment | None
    merged_into: UUID | None
    copied_from: UUID | None


class PostingOut(Out):
    """A posting. No contact detail stands in it for anybody; phones are shown to the two once both accepted."""

    id: UUID
    number: int = Field(description="short and public: to be read aloud, and /n/{number} leads to its page")
    version: int
    state: str
    employer: EmployerShownOut
    title: str
    description: str | None
    trade: str
    occupation_code: str | None
    industry: str | None
    job_kind: str
    work_mode: str
    binding: str
    headcount: int
    time: TimePlanOut
    break_minutes: int
    place: PlaceWithSiteOut
    pickup: PickupOut | None
    radius_limit_m: int | None
    pay: PostingPayOut
    conditions: ConditionsOut
    injury: str = Field(description="who bears it when somebody is hurt, in one sentence, before the yes")
    certificates: list[str]
    skills: list[dict[str, Any]]
    adult_only: bool
    min_age: int | None
    max_age: int | None
    claimable: bool
    funding: str
    traits: list[str]
    priority_groups: list[str]
    defaulted: list[str]
    warnings: list[WarningOut]
    terms_version: int
    terms_hash: str
    valid_until: Moment
    published_at: Moment | None
    closed_at: Moment | None
    created_at: Moment
    updated_at: Moment
    own: OwnPartOut | None


class PostingMovedOut(PostingOut):
    """A posting after a write. `shift_ids`: while it is published, its open shifts to come, the earliest first."""

    shift_ids: list[UUID] = Field(max_length=100)


class PostingPageOut(Out):
    """An employer's postings, or a review queue."""

    items: list[PostingOut]
    next_cursor: str | None


class NextShiftOut(Out):
    """The next open shift."""

    starts_at: Moment
    ends_at: Moment
    free_seats: int


class PostingBriefOut(Out):
    """A line of the public list."""

    id: UUID
    version: int
    title: str
    trade: str
    job_kind: str
    work_mode: str
    binding: str
    headcount: int
    adult_only: bool
    claimable: bool
    published_at: Moment
    distance_m: int | None
    employer: EmployerShownOut
    place: PlaceOut
    pay: PayShownOut
    meals: str
    next_shift: NextShiftOut | None


class CountOut(Out):
    """Exact up to 10,000; above it `count` is 10,000 and `more` says so."""

    count: int
    more: bool


class FacetOut(CountOut):
    """How many have this code."""

    code: str | None


class FacetsOut(Out):
    """Counts of everything that the filters find."""

    total: CountOut
    trade: list[FacetOut]
    district_code: list[FacetOut]
    pay_unit: list[FacetOut]
    settlement: list[FacetOut]


class SearchOut(Out):
    """A page of the public search."""

    items: list[PostingBriefOut]
    next_cursor: str | None
    facets: FacetsOut | None


class TermsOut(Out):
    """The terms of one version, word for word, and the SHA-256 of their canonical text.

    Without a household's addresses and points where the caller has no seat there; the hash is of what is shown.
    """

    posting_id: UUID
    terms_version: int
    terms_hash: str
    terms: dict[str, Any]
    created_at: Moment


class SpanOut(Out):
    """Which words gave a field: half-open positions in code points."""

    field: str
    start: int
    end: int
    text: str


class ProblemPartOut(Out):
    """Why the draft could not be stored as it stands."""

    pointer: str
    code: str
    message: str
    facts: Facts


class DraftOut(Out):
    """`posting` is the body of a new posting as far as it was said; nothing has been stored.

    `hint` says in the caller's language what is missing, and shows a sentence that is understood.
    """

    posting: Facts
    spans: list[SpanOut]
    missing: list[str]
    assumed: list[str]
    leftovers: list[str]
    defaulted: list[str]
    warnings: list[WarningOut]
    problems: list[ProblemPartOut]
    hint: str | None
