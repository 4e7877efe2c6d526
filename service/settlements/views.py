"""What the use cases on settlements answer: plain values, people masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose rows are asked for: a firm's, a person's, or those of places that are served (both None: everywhere)."""

    employer_id: UUID | None = None
    person_id: UUID | None = None
    served: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class DayView:
    """A day of a person. `stands`: agreed, decided, or nobody has objected in time."""

    id: UUID
    version: int
    state: str
    deal_id: UUID
    lent_id: UUID
    name: str | None
    day: date
    kind: str
    minutes: int
    stands: bool
    stands_at: datetime
    objection: str | None
    said_minutes: int | None
    possible: list[str]


@dataclass(frozen=True, slots=True)
class DaysView:
    """Everybody's entry of a day."""

    items: list[DayView]


@dataclass(frozen=True, slots=True)
class LegView:
    """A leg as its two sides and officers see it. `to_administrator`: the payee is insolvent."""

    id: UUID
    version: int
    state: str
    kind: str
    deal_id: UUID
    number: int
    lent_id: UUID | None
    name: str | None
    payer_name: str
    payee_name: str | None
    month: date
    due_fen: int
    due_on: date
    lines: list[dict[str, Any]]
    paid_fen: int
    paid_on: date | None
    reference: str | None
    said_fen: int
    received_fen: int | None
    owed_fen: int
    objection: str | None
    stood_at: datetime | None
    overdue_since: datetime | None
    listed_at: datetime | None
    claimed_at: datetime | None
    to_administrator: bool
    possible: list[str]


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """A person's part of a month; costs are shown to the firms and officers only."""

    lent_id: UUID
    name: str | None
    days: int
    minutes: int
    wage_fen: int
    own_fen: int
    cost_fen: int
    lines: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StatementView:
    """A deal's month. `stated_on` None: not made yet, as it stands by now. `legs`: those that the caller may see."""

    deal_id: UUID
    number: int
    settlement_id: UUID | None
    month: date
    months: list[date]
    edition: int
    stated_on: date | None
    wage_fen: int
    own_fen: int
    cost_fen: int
    firm_fen: int
    people: list[PersonMonth]
    corrections: list[dict[str, Any]]
    legs: list[LegView]


@dataclass(frozen=True, slots=True)
class OwnStatement:
    """A person's month: the days, the parts of the wage, what is due and paid."""

    lent_id: UUID
    number: int
    name: str | None
    lender_name: str
    borrower_name: str
    month: date
    months: list[date]
    stated_on: date | None
    wage_fen: int
    lines: list[dict[str, Any]]
    days: list[DayView]
    leg: LegView | None


@dataclass(frozen=True, slots=True)
class MismatchView:
    """Something that does not fit together, in words."""

    deal_id: UUID
    number: int
    code: str
    message: str
    lent_id: UUID | None
    name: str | None
    leg_id: UUID | None
