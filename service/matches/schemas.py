"""What rankings look like on the wire."""

from __future__ import annotations

from pydantic import Field

from service.http.explained import ScoreOut
from service.http.measures import MoneyOut, PaymentRecordOut
from service.http.types import Day, Facts, Id, Moment, Out


class RulesOut(Out):
    """The rules followed. Weights are millionths of a point; a score is the sum of weight × value of the parts."""

    label: str = Field(description="name and version; the same label means the same rules")
    in_force_since: Day
    jurisdiction: str | None
    weights: dict[str, int]
    schedule_floor_permille: int
    distance_knots: list[tuple[int, int]] = Field(
        description="(metres, value in millionths), then falling to the limit"
    )
    fresh_minutes: int
    reliability_baseline_permille: int
    reliability_fade_days: int
    small_group_permille: int
    middle_group_permille: int
    text_most_permille: int


class RemedyOut(Out):
    """The smallest change that would turn a refusal."""

    code: str
    facts: Facts
    text: str


class RefusalOut(Out):
    """One reason against the pair. `not_available` stands for what is not the viewer's business."""

    code: str
    facts: Facts
    text: str
    remedy: RemedyOut | None


class ExcludedOut(Out):
    """How many are kept out by one reason; somebody may be kept out by several."""

    code: str
    label: str
    count: int


class CandidateOut(Out):
    """One person. For employers the way begins in the middle of a cell of about 1 km; names are masked."""

    worker_id: Id
    name: str
    referred: str | None = Field(description="to officers: the state of the person's live referral to this posting")
    distance_m: int | None
    score: ScoreOut | None
    refusals: list[RefusalOut]


class CandidatesOut(Out):
    """People for a shift in order, and how many are kept out by what.

    Whoever lives beyond his own radius counts as `out_of_reach` alone; his other reasons are not looked at.
    """

    shift_id: Id
    posting_id: Id
    at: Moment
    rules: RulesOut
    personalised: bool
    considered: int
    refused: int | None = Field(description="with excluded=true")
    excluded: list[ExcludedOut] | None = Field(description="with excluded=true: how many for each reason")
    matches: list[CandidateOut]
    not_matched: list[CandidateOut] | None = Field(description="with excluded=true: the nearest misses first")


class OfferedShiftOut(Out):
    """A shift as it is offered. A household's name and address are told once both sides have accepted."""

    id: Id
    posting_id: Id
    title: str
    trade: str
    trade_label: str
    employer_id: Id
    employer_name: str | None
    employer_payments: PaymentRecordOut
    city_code: str
    district_code: str | None
    address: str | None
    starts_at: Moment
    ends_at: Moment
    pay: MoneyOut
    pay_unit: str
    settlement: str
    headcount: int
    free_seats: int


class OfferOut(Out):
    """One shift beside me."""

    shift: OfferedShiftOut
    distance_m: int | None
    score: ScoreOut | None


class RecommendationsOut(Out):
    """Shifts for me in order, and how many are kept out by what."""

    worker_id: Id
    at: Moment
    rules: RulesOut
    personalised: bool
    considered: int
    refused: int | None = Field(description="with excluded=true")
    excluded: list[ExcludedOut] | None = Field(description="with excluded=true: how many for each reason")
    matches: list[OfferOut]


class FitOut(Out):
    """One person and one shift: would it do, and everything that stands in the way."""

    shift: OfferedShiftOut
    worker_id: Id
    name: str | None
    at: Moment
    rules: RulesOut
    eligible: bool
    distance_m: int | None
    score: ScoreOut | None
    refusals: list[RefusalOut]


class OnlyOut(Out):
    """How many one reason alone keeps out; `people` null: fewer than five."""

    code: str
    label: str
    people: int | None


class GainOut(Out):
    """One change alone, and how many people more it brings; null: fewer than five."""

    kind: str
    facts: Facts
    people: int | None
    text: str


class OutlookOut(Out):
    """How many fit, how many of them are free, what would bring more. For employers in steps of five."""

    at: Moment
    starts_at: Moment
    fit: int | None = Field(description="every condition but time; null: fewer than five")
    free: int | None = Field(description="of these, free at that time")
    content: int | None = Field(description="of these, content with the pay")
    only: list[OnlyOut]
    gains: list[GainOut]
    text: str


class UnlockOut(Out):
    """One change and how many more shifts it opens."""

    kind: str
    facts: Facts
    shifts: int
    text: str


class UnlocksOut(Out):
    """How many shifts are open to me now, and what would open more."""

    at: Moment
    open_now: int
    unlocks: list[UnlockOut]
