"""What the use cases on deals answer: plain values, people masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from service.deals.rules.facts import Deal
    from service.policies.model import DealsPolicy


@dataclass(frozen=True, slots=True)
class DealView:
    """A deal as one of its sides or an officer sees it. `stands_against` is what the next step would be refused for."""

    id: UUID
    version: int
    number: int
    state: str
    side: str | None
    lender_id: UUID
    lender_name: str
    borrower_id: UUID
    borrower_name: str
    broker_id: UUID | None
    broker_name: str | None
    surplus_id: UUID | None
    shortage_id: UUID | None
    taken: int
    lender_agreed_at: datetime | None
    borrower_agreed_at: datetime | None
    proposed_by: str
    city_code: str
    district_code: str | None
    lender_city_code: str
    address: str
    trade: str
    work: str
    headcount: int
    first_day: date
    last_day: date
    day_from: str
    day_until: str
    break_minutes: int
    weekdays: list[int]
    pay_fen: int
    pay_unit: str
    pay_day: int
    settle_day: int
    costs: list[dict[str, Any]]
    given: list[str]
    clauses: dict[str, str]
    injury_clause: str | None
    own_staff: int | None
    lender_declares: list[str]
    borrower_declares: list[str]
    terms_version: int
    answer_by: datetime | None
    agreed_at: datetime | None
    signed_at: datetime | None
    signed_until: date | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    longer_until: date | None
    longer_by: str | None
    review: str | None
    review_signs: list[str]
    review_note: str | None
    lender_insolvency: str | None
    borrower_insolvency: str | None
    insolvency_note: str | None
    people: dict[str, int]
    agreement_id: UUID | None
    stands_against: list[str]
    possible: list[str]


@dataclass(frozen=True, slots=True)
class LentView:
    """Somebody lent: masked for the firms and officers; the person reads the firms' names and the days."""

    id: UUID
    version: int
    state: str
    deal_id: UUID
    number: int
    lender_name: str
    borrower_name: str
    work: str
    address: str
    pay_fen: int
    pay_unit: str
    name: str | None
    phone: str | None
    worker_id: UUID | None
    contract_open_ended: bool
    contract_end: date | None
    first_day: date
    last_day: date
    day_from: str
    day_until: str
    weekdays: list[int]
    answer_by: datetime | None
    consented_at: datetime | None
    started_at: datetime | None
    longer_until: date | None
    left_on: date | None
    back_by: date | None
    ended_at: datetime | None
    end_reason: str | None
    injured_at: datetime | None
    injured_before: list[datetime]
    replaces_id: UUID | None
    agreement_id: UUID | None
    name_differs: bool | None
    possible: list[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A deal's facts now, and what holds in its place of work: for another feature."""

    id: UUID
    number: int
    facts: Deal
    policy: DealsPolicy
