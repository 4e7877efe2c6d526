"""Days, statements and legs on the wire. What is due is in no input: it follows from the days and the agreed terms."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.http.measures import MOST_FEN
from service.http.types import Code, Day, Facts, Flag, Id, In, Moment, Out, ReasonCode, count, line

DayKind = Literal["worked", "injury", "no_work", "sick", "leave", "rest"]
DayMinutes = Annotated[int, Field(strict=True, ge=0, le=1440, description="of work, without breaks; 0 on an absence")]
LegState = Literal["due", "paid_by_payer", "settled", "overdue", "disputed", "cancelled", "claimed"]
LegKind = Literal["firm", "wage"]


class LentDayIn(In):
    """What the day was for one person."""

    lent_id: Id
    kind: DayKind = "worked"
    minutes: DayMinutes = 0


class LentDaysIn(In):
    """A day: of those named as said, of everybody else who was to work as planned, if `as_planned` says so."""

    day: Day
    people: list[LentDayIn] = Field(default=[], max_length=1000)
    as_planned: Flag = False


class LentDayChangeIn(In):
    """The day as it really was, and why it is changed."""

    kind: DayKind
    minutes: DayMinutes = 0
    reason: ReasonCode


class LentDayDecideIn(In):
    """The day as the officer has found it to be."""

    kind: DayKind
    minutes: DayMinutes = 0


class LentDayObjectIn(In):
    """Why it was otherwise, and how long it really was, if the person says so."""

    reason: ReasonCode
    minutes: DayMinutes | None = None


class LegPaidIn(In):
    """What was paid this time, when, and how it is found in the bank's statement. What is due cannot be said."""

    amount_fen: count(1, MOST_FEN)  # type: ignore[valid-type]
    paid_on: Day
    reference: line(60) | None = None  # type: ignore[valid-type]


class LegReceivedIn(In):
    """What has come in all; left out: what was said to be paid."""

    amount_fen: count(0, MOST_FEN) | None = None  # type: ignore[valid-type]


class LegObjectIn(In):
    """Why it is not so, and what has come, if anything."""

    reason: ReasonCode
    amount_fen: count(0, MOST_FEN) | None = None  # type: ignore[valid-type]


class LentDayOut(Out):
    """A day of a person. `stands`: agreed, decided, or nobody has objected until `stands_at`."""

    id: Id
    version: int
    state: Literal["entered", "agreed", "objected", "decided"]
    deal_id: Id
    lent_id: Id
    name: str | None
    day: Day
    kind: DayKind
    minutes: int
    stands: bool
    stands_at: Moment
    objection: str | None
    said_minutes: int | None
    possible: list[str]


class LentDaysOut(Out):
    """Days in their order."""

    items: list[LentDayOut]


class StatementLineOut(Out):
    """A part of a statement with its figures and its words; `to_person`: of the wage; `given_back`: given back by the
    borrower."""

    code: Code
    amount_fen: int
    to_person: bool
    given_back: bool
    facts: Facts
    text: str


class LegOut(Out):
    """What is owed for a month: by the borrower to the lender (`firm`) or by the lender to a person (`wage`). Its lines
    add up to `due_fen`. `to_administrator`: the lender is insolvent, its administrator is paid."""

    id: Id
    version: int
    state: LegState
    kind: LegKind
    deal_id: Id
    number: int
    lent_id: Id | None
    name: str | None
    payer_name: str
    payee_name: str | None
    month: Day
    due_fen: int
    due_on: Day
    lines: list[StatementLineOut]
    paid_fen: int
    paid_on: Day | None
    reference: str | None
    said_fen: int
    received_fen: int | None
    owed_fen: int
    objection: str | None
    stood_at: Moment | None
    overdue_since: Moment | None
    listed_at: Moment | None
    claimed_at: Moment | None
    to_administrator: bool
    possible: list[str]


class LegsOut(Out):
    """A page, what is due first, first."""

    items: list[LegOut]
    next_cursor: str | None


class PersonMonthOut(Out):
    """A person's part of a month: wage, what of it is not given back, costs beside it."""

    lent_id: Id
    name: str | None
    days: int
    minutes: int
    wage_fen: int
    own_fen: int
    cost_fen: int
    lines: list[StatementLineOut]


class CorrectionOut(Out):
    """What an earlier edition said, and why it was corrected."""

    edition: int
    at: Moment
    why: Literal["entered_late", "day_changed", "day_decided"]
    wage_fen: int
    firm_fen: int


class DealStatementOut(Out):
    """A deal's month. `firm_fen` is wages less what is not given back, and costs. `stated_on` null, `edition` 0: not
    made yet, as it stands by now. `legs`: those that the caller is a side of."""

    deal_id: Id
    number: int
    settlement_id: Id | None
    month: Day
    months: list[Day]
    edition: int
    stated_on: Day | None
    wage_fen: int
    own_fen: int
    cost_fen: int
    firm_fen: int
    people: list[PersonMonthOut]
    corrections: list[CorrectionOut]
    legs: list[LegOut]


class LentStatementOut(Out):
    """A person's month: days, the parts of the wage, what is due and paid."""

    lent_id: Id
    number: int
    name: str | None = Field(description="the person's own in full; for everybody else masked")
    lender_name: str
    borrower_name: str
    month: Day
    months: list[Day]
    stated_on: Day | None
    wage_fen: int
    lines: list[StatementLineOut]
    days: list[LentDayOut]
    leg: LegOut | None


class MismatchOut(Out):
    """Something that does not fit together."""

    deal_id: Id
    number: int
    code: Code
    message: str
    lent_id: Id | None
    name: str | None
    leg_id: Id | None


class MismatchesOut(Out):
    """Of so many deals at a time."""

    items: list[MismatchOut]
    next_cursor: str | None
