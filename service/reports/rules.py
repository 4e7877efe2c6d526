"""Pure decisions on reports: which are grave, how urgent they make a review, what its end answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from service.access.rules import DAY, HOUR
from service.policies.model import ReviewsPolicy
from service.reviews.rules import GRAVE, NORMAL, REPORTED
from service.worktime import end_of_day, local_day

CATEGORIES = ("fee", "papers_withheld", "child_labour", "safety", "fake", "discrimination", "wage", "other")
GRAVE_ONES = frozenset({"fee", "papers_withheld", "child_labour", "safety"})
ANSWERS = ("acted", "nothing_found", "gone")
ACTED = frozenset({"take_down", "reject", "restrict", "suspend", "merge"})
BY_PLACE, BY_PLACE_GRAVE, BY_PERSON = "report.place", "report.place.grave", "report.person"  # what is counted


def is_grave(category: str) -> bool:
    """Whether one report of it is looked at before everything else."""
    return category in GRAVE_ONES


def limits(category: str, policy: ReviewsPolicy, *, signed_in: bool) -> tuple[str, tuple[tuple[timedelta, int], ...]]:
    """What is counted, and (window, most) of it: of a person, or of an address, on which a whole market may sit; there
    what is grave is counted apart and has more room."""
    if signed_in:
        return BY_PERSON, ((DAY, policy.report_per_person_per_day),)
    if is_grave(category):
        return BY_PLACE_GRAVE, (
            (HOUR, policy.report_grave_per_address_per_hour),
            (DAY, policy.report_grave_per_address_per_day),
        )
    return BY_PLACE, ((HOUR, policy.report_per_address_per_hour), (DAY, policy.report_per_address_per_day))


def urgency(
    categories: Collection[str],
    sources: int,
    now: datetime,
    policy: ReviewsPolicy,
    working_days_after: Callable[[date, int], date],
) -> tuple[int, datetime]:
    """Priority and due time of the review that open reports of so many different sources raise."""
    answer_by = end_of_day(working_days_after(local_day(now), policy.report_answer_working_days))
    if any(is_grave(each) for each in categories):
        return GRAVE, min(answer_by, now + timedelta(minutes=policy.report_grave_minutes))
    return (REPORTED if sources >= policy.report_distinct else NORMAL), answer_by


def answer_of(outcome: str | None) -> str:
    """What a reporter is told: something was done, nothing was found, or it had ended by itself."""
    if outcome is None:
        return "gone"
    return "acted" if outcome in ACTED else "nothing_found"
