"""What the use cases on guidance answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of the list, as it stands for a deal; `found_at`: when an officer looked last."""

    code: str
    text: str
    source: str
    stage: str
    by: str
    stands: str
    found_at: datetime | None


@dataclass(frozen=True, slots=True)
class GuidanceView:
    """The list of one deal, and how many of its items are not in order now."""

    deal_id: UUID
    number: int
    state: str
    items: Sequence[ItemView]
    open: int


@dataclass(frozen=True, slots=True)
class LateView:
    """Somebody whom the lender has not taken back in time; masked."""

    lent_id: UUID
    deal_id: UUID
    number: int
    lender_id: UUID
    lender_name: str
    borrower_name: str
    name: str | None
    left_on: date
    back_by: date
    days_late: int


@dataclass(frozen=True, slots=True)
class LendingFiguresView:
    """Lendings worked in a region on a day from `since` to `until`, both counted. `person_days`: working days as
    agreed, `days_entered`: those entered as worked; shares in permille, null of nothing; `average_days`: calendar days
    of a lending up to now."""

    region: str | None
    since: date
    until: date
    deals: int
    lenders: int
    borrowers: int
    persons: int
    lendings: int
    person_days: int
    days_entered: int
    average_days: float | None
    due_back: int
    on_time_permille: int | None
    cross_region_permille: int | None
    injured: int
    ended_early: int
    released: int
    breached: int
