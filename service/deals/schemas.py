"""Deals and lent people on the wire. Nothing here can hold a margin."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from service.deals.rules.costs import COST_KINDS, COST_UNITS, IN_KIND
from service.http.types import (
    NEEDED,
    Code,
    Day,
    Flag,
    Id,
    In,
    Instant,
    Moment,
    Out,
    PersonName,
    Phone,
    ReasonCode,
    RegionCode,
    TimeOfDay,
    count,
    line,
    listed,
    missing_inside,
    paragraph,
)

Side = Literal["lender", "borrower"]
State = Literal[
    "proposed", "firms_agreed", "consents_collecting", "signed", "running", "extended", "returning", "settled",
    "closed", "refused", "cancelled", "breached",
]  # fmt: skip
OF_BALANCES = "left out: as the balances say"
OF_SHORTAGE = "left out: as the shortage says"
Weekday = Annotated[int, Field(strict=True, ge=1, le=7, description="1 Monday … 7 Sunday")]
Fen = Annotated[int, Field(strict=True, ge=1, le=100_000_000)]
Relation = Literal["labour_contract", "part_time", "dispatched", "outsourced", "none"]


class CostIn(In):
    """A cost that the lender really has and the borrower gives back: fen a `unit` of each person. There is no kind for
    a charge of the lender's own."""

    kind: listed(COST_KINDS)  # type: ignore[valid-type]
    unit: listed(COST_UNITS)  # type: ignore[valid-type]
    fen: Fen


class CostOut(Out):
    """A cost that is given back."""

    kind: str
    unit: str
    fen: int


class _TermsIn(In):
    surplus_id: Id | None = Field(default=None, description="a surplus of the lender")
    shortage_id: Id | None = Field(default=None, description="a shortage of the borrower")
    city_code: RegionCode | None = Field(default=None, description=OF_SHORTAGE)
    district_code: RegionCode | None = None
    address: line(200) | None = Field(default=None, description=OF_SHORTAGE)  # type: ignore[valid-type]
    trade: Code | None = Field(default=None, description=OF_BALANCES)
    work: paragraph(1000, 2)  # type: ignore[valid-type]
    headcount: count(1, 1000) | None = Field(default=None, description=OF_BALANCES)  # type: ignore[valid-type]
    first_day: Day | None = Field(default=None, description=OF_BALANCES)
    last_day: Day | None = Field(default=None, description=OF_BALANCES)
    day_from: TimeOfDay
    day_until: TimeOfDay
    break_minutes: count(0, 480) = 60  # type: ignore[valid-type]
    weekdays: list[Weekday] = Field(default=[1, 2, 3, 4, 5], min_length=1, max_length=7)
    pay_fen: Fen | None = Field(default=None, description=OF_BALANCES)
    pay_unit: Literal["hour", "day", "month"] | None = Field(
        default=None, description="a month; a day where the amount is taken from a balance"
    )
    settle_day: count(1, 28) = 10  # type: ignore[valid-type]
    pay_day: count(1, 28) = 15  # type: ignore[valid-type]
    costs: list[CostIn] = Field(default=[], max_length=8)
    given: list[listed(IN_KIND)] = Field(  # type: ignore[valid-type]
        default=[], max_length=8, description="what the borrower gives in kind: meals, lodging …"
    )
    clauses: dict[Code, line(600)] = Field(  # type: ignore[valid-type]
        default={}, max_length=20, description="what is agreed otherwise than usual, by code (GET /v1/deals/ground)"
    )
    injury_clause: paragraph(1000, 2) | None = None  # type: ignore[valid-type]
    own_staff: count(1, 10_000_000) | None = Field(  # type: ignore[valid-type]
        default=None, description="how many people the lender employs itself"
    )


class DealIn(_TermsIn):
    """A deal as one of its two firms proposes it to the `partner_id`, from its own `side`, with its own declarations;
    or as an agency (`broker`) does to a lender and a borrower, without any. Firms whose balances are named need not
    be."""

    side: Literal["lender", "borrower", "broker"]
    partner_id: Id | None = None
    lender_id: Id | None = None
    borrower_id: Id | None = None
    declares: list[Code] = Field(default=[], max_length=10)


class DealPatch(In):
    """Only fields that are sent change; a balance that is taken out (null) does not count any longer. `declares` are
    those of the firm that changes: its change is its yes."""

    declares: Annotated[list[Code] | None, NEEDED] = Field(default=None, max_length=10)
    surplus_id: Id | None = None
    shortage_id: Id | None = None
    city_code: Annotated[RegionCode | None, NEEDED] = None
    district_code: RegionCode | None = None
    address: Annotated[line(200) | None, NEEDED] = None  # type: ignore[valid-type]
    trade: Annotated[Code | None, NEEDED] = None
    work: Annotated[paragraph(1000, 2) | None, NEEDED] = None  # type: ignore[valid-type]
    headcount: Annotated[count(1, 1000) | None, NEEDED] = None  # type: ignore[valid-type]
    first_day: Annotated[Day | None, NEEDED] = None
    last_day: Annotated[Day | None, NEEDED] = None
    day_from: Annotated[TimeOfDay | None, NEEDED] = None
    day_until: Annotated[TimeOfDay | None, NEEDED] = None
    break_minutes: Annotated[count(0, 480) | None, NEEDED] = None  # type: ignore[valid-type]
    weekdays: Annotated[list[Weekday] | None, NEEDED] = Field(default=None, min_length=1, max_length=7)
    pay_fen: Annotated[Fen | None, NEEDED] = None
    pay_unit: Annotated[Literal["hour", "day", "month"] | None, NEEDED] = None
    settle_day: Annotated[count(1, 28) | None, NEEDED] = None  # type: ignore[valid-type]
    pay_day: Annotated[count(1, 28) | None, NEEDED] = None  # type: ignore[valid-type]
    costs: Annotated[list[CostIn] | None, NEEDED] = Field(default=None, max_length=8)
    given: Annotated[list[listed(IN_KIND)] | None, NEEDED] = Field(default=None, max_length=8)  # type: ignore[valid-type]
    clauses: Annotated[dict[Code, line(600)] | None, NEEDED] = Field(default=None, max_length=20)  # type: ignore[valid-type]
    injury_clause: paragraph(1000, 2) | None = None  # type: ignore[valid-type]
    own_staff: count(1, 10_000_000) | None = None  # type: ignore[valid-type]


class DealAgreeIn(In):
    """What the firm declares with its yes."""

    declares: list[Code] = Field(default=[], max_length=10)


class DealReasonIn(In):
    """Why, as a code."""

    reason: ReasonCode


class EndIn(DealReasonIn):
    """Why, and the last day there where notice is given; else it is over at once."""

    last_day: Day | None = None


class DealLongerIn(In):
    """The later last day."""

    last_day: Day


class DealReviewIn(In):
    """What the officer found; the words go to both firms."""

    outcome: Literal["cleared", "barred"]
    note: paragraph(500) | None = None  # type: ignore[valid-type]


class DealInsolvencyIn(In):
    """Of which firm, and what the officer knows it from (a court's decision, a visit); both firms read it."""

    side: Side
    outcome: Literal["confirmed", "denied"]
    note: paragraph(500)  # type: ignore[valid-type]


class LentIn(In):
    """Somebody of the lender's own staff, by telephone number; until when the labour contract runs is said, or that it
    has no end."""

    phone: Phone | None = None
    name: PersonName | None = None
    intent_id: Id | None = Field(default=None, description="who has agreed to be considered: instead of phone and name")
    relation: Relation
    contract_open_ended: Flag = False
    contract_end: Day | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    replaces_id: Id | None = None

    @model_validator(mode="after")
    def _somebody(self) -> LentIn:
        for name in ("phone", "name") if self.intent_id is None else ():
            if getattr(self, name) is None:
                raise missing_inside("LentIn", name)
        return self


class LentRefuseIn(In):
    """Why, if the person likes to say."""

    reason: ReasonCode | None = None


class LentInjuredIn(In):
    """When it happened; `another` where the person was hurt once more: else another time corrects the last one, or the
    one that is named (`instead_of`)."""

    at: Instant
    another: bool = False
    instead_of: Instant | None = None


class ClauseOut(Out):
    """What firms agree on where they say nothing else."""

    code: str
    text: str


class DeclarationOut(Out):
    """What a side declares, in words."""

    code: str
    side: Side
    text: str


class DealGroundOut(Out):
    """What a deal is made of: the usual clauses, the declarations of each side, the kinds of costs that can be given
    back, why an officer may look at it first."""

    clauses: list[ClauseOut]
    declarations: list[DeclarationOut]
    cost_kinds: list[str]
    cost_units: list[str]
    review_signs: list[ClauseOut]


class DealOut(Out):
    """A deal as one of its sides or an officer sees it. `stands_against`: codes of what the next step would be refused
    for now; `people`: how many are in each state; `review`: open, cleared or barred; `taken`: so many of its surplus
    and shortage are spoken for by it, or were placed."""

    id: Id
    version: int
    number: int
    state: State
    side: Literal["lender", "borrower", "broker"] | None
    lender_id: Id
    lender_name: str
    borrower_id: Id
    borrower_name: str
    broker_id: Id | None
    broker_name: str | None
    surplus_id: Id | None
    shortage_id: Id | None
    taken: int
    lender_agreed_at: Moment | None
    borrower_agreed_at: Moment | None
    proposed_by: Literal["lender", "borrower", "broker"]
    city_code: str
    district_code: str | None
    lender_city_code: str
    address: str
    trade: str
    work: str
    headcount: int
    first_day: Day
    last_day: Day
    day_from: TimeOfDay
    day_until: TimeOfDay
    break_minutes: int
    weekdays: list[int]
    pay_fen: int
    pay_unit: str
    pay_day: int
    settle_day: int
    costs: list[CostOut]
    given: list[str]
    clauses: dict[str, str]
    injury_clause: str | None
    own_staff: int | None
    lender_declares: list[str]
    borrower_declares: list[str]
    terms_version: int
    answer_by: Moment | None
    agreed_at: Moment | None
    signed_at: Moment | None
    signed_until: Day | None
    started_at: Moment | None
    ended_at: Moment | None
    end_reason: str | None
    longer_until: Day | None
    longer_by: Side | None
    review: Literal["open", "cleared", "barred"] | None
    review_signs: list[str]
    review_note: str | None
    lender_insolvency: Literal["said", "confirmed", "denied"] | None
    borrower_insolvency: Literal["said", "confirmed", "denied"] | None
    insolvency_note: str | None
    people: dict[str, int]
    agreement_id: Id | None
    stands_against: list[str]
    possible: list[str]


class DealsOut(Out):
    """A page, the newest first."""

    items: list[DealOut]
    next_cursor: str | None


class LentOut(Out):
    """Somebody who is asked or lent; name and number are masked. `agreement_id` is the written consent to sign.
    `name_differs`: the lender has asked for somebody of another name; firms read it once the person has said yes.
    `end_reason`: why the person has said no, or left, is for the person and staff; firms read `left`."""

    id: Id
    version: int
    state: Literal[
        "asked", "consented", "refused", "dropped", "withdrawn", "working", "returning", "returned", "released"
    ]
    deal_id: Id
    number: int
    lender_name: str
    borrower_name: str
    work: str
    address: str
    pay_fen: int
    pay_unit: str
    name: str | None
    phone: str | None
    worker_id: Id | None
    contract_open_ended: bool
    contract_end: Day | None
    first_day: Day
    last_day: Day
    day_from: TimeOfDay
    day_until: TimeOfDay
    weekdays: list[int]
    answer_by: Moment | None
    consented_at: Moment | None
    started_at: Moment | None
    longer_until: Day | None
    left_on: Day | None
    back_by: Day | None
    ended_at: Moment | None
    end_reason: str | None
    injured_at: Moment | None
    injured_before: list[Moment]
    replaces_id: Id | None
    agreement_id: Id | None
    name_differs: bool | None
    possible: list[str]


class LentListOut(Out):
    """All of a deal, in the order of asking; or all of a person, the newest first."""

    items: list[LentOut]
