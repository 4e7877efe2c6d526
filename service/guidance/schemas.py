"""Guidance on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from service.http.types import Code, Day, Id, In, Moment, Out

Permille = Annotated[int, Field(ge=0, le=1000)]


class FindingIn(In):
    """What an officer has found of one item of the list."""

    item: Code
    outcome: Literal["in_order", "lacking"]


class GuidanceItemOut(Out):
    """One item. `by`: found by the service itself, or by an officer; `found_at`: when an officer looked last."""

    code: str
    text: str
    source: str
    stage: Literal["preparing", "signed", "under_way", "back"]
    by: Literal["system", "officer"]
    stands: Literal["in_order", "lacking", "open", "not_yet"]
    found_at: Moment | None


class GuidanceOut(Out):
    """The list of one deal; `open`: how many items are lacking, or still to be looked at."""

    deal_id: Id
    number: int
    state: str
    items: list[GuidanceItemOut]
    open: int


class LateReturnOut(Out):
    """Somebody whom the lender has not said to be back; the name is masked."""

    lent_id: Id
    deal_id: Id
    number: int
    lender_id: Id
    lender_name: str
    borrower_name: str
    name: str | None
    left_on: Day
    back_by: Day
    days_late: int


class LateReturnsOut(Out):
    """A page; who should have been back first."""

    items: list[LateReturnOut]
    next_cursor: str | None


class LendingFiguresOut(Out):
    """Lendings worked on a day from `since` to `until`, both counted, that lie in the region by the place of work or by
    the lender. `person_days`: working days as agreed, up to today; `days_entered`: those that borrowers have
    entered as worked; `average_days`: calendar days of one up to now;
    shares are in permille, and null where there is nothing: of those due back who were back in time, and of lendings
    between two cities."""

    region: str | None
    since: Day
    until: Day
    deals: int
    lenders: int
    borrowers: int
    persons: int
    lendings: int
    person_days: int
    days_entered: int
    average_days: float | None
    due_back: int
    on_time_permille: Permille | None
    cross_region_permille: Permille | None
    injured: int
    ended_early: int
    released: int
    breached: int
