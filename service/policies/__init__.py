"""Dated policies: what was in force on a day, in a jurisdiction, and where each value comes from."""

from __future__ import annotations

from datetime import date, datetime

from service.policies.loader import Parameter, PolicyBook, book_from, local_day, shipped
from service.policies.model import (
    AccessPolicy,
    ApplicationsPolicy,
    AttendancePolicy,
    CancelTier,
    ConfirmStep,
    ContactsPolicy,
    DueRule,
    HoursPolicy,
    IntakesPolicy,
    MatchingPolicy,
    MessagesPolicy,
    PayBounds,
    PayPolicy,
    Policies,
    PostingsPolicy,
    step_at,
)
from service.policies.typed import DataRefused

__all__ = [
    "AccessPolicy",
    "ApplicationsPolicy",
    "AttendancePolicy",
    "CancelTier",
    "ConfirmStep",
    "ContactsPolicy",
    "DataRefused",
    "DueRule",
    "HoursPolicy",
    "IntakesPolicy",
    "MatchingPolicy",
    "MessagesPolicy",
    "Parameter",
    "PayBounds",
    "PayPolicy",
    "Policies",
    "PolicyBook",
    "PostingsPolicy",
    "at",
    "book_from",
    "local_day",
    "shipped",
    "step_at",
]


def at(day: date | datetime, jurisdiction: str | None = None) -> Policies:
    """The shipped policies in force on `day` for a GB/T 2260 code; see PolicyBook.at for what it raises."""
    return shipped().at(day, jurisdiction)
