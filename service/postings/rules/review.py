"""Who may post, what goes live without a review, by when a review is due, and who has it next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.actor import STAFF
from service.employers.rules import DECIDERS, may_post
from service.errors import Conflict, Forbidden, Missing, Refused
from service.guard import holds_back
from service.policies.model import PostingsPolicy, ReviewsPolicy

Office = Callable[[datetime, int], datetime]  # the instant at which so many office minutes have passed
# A warning of these kinds is a rule that the posting breaks: somebody looks at it before it is shown.
HELD_BACK_BY = frozenset(
    {"below_minimum_wage", "part_time_week_over", "point_far_from_city", "pay_far_above_going", "pay_far_above_minimum"}
)


def sees_all(*, role: str, own_employer: bool, serves: bool) -> bool:
    """Whether a caller sees a posting in every state: its employer's people and keys, the officers of the place."""
    return (role in ("member", "integrator") and own_employer) or (role in STAFF and serves)


def check_may_post(
    *, role: str, member_role: str | None, own_employer: bool, serves: bool, state: str, offering: bool = True
) -> None:
    """Raises Missing for somebody else's employer, Forbidden for a clerk, Conflict for a suspended employer.

    With `offering` false the employer's state is not asked: whoever may not offer anything new may still stop,
    call off and appeal.
    """
    if not sees_all(role=role, own_employer=own_employer, serves=serves):
        raise Missing
    if role == "member" and member_role not in DECIDERS:
        raise Forbidden("member_role_lacks", roles=list(DECIDERS))
    if offering and not may_post(state):
        raise Conflict("employer_may_not_post", state=state)


def goes_live_at_once(*, employer_state: str, warnings: Collection[Mapping[str, Any]], policy: PostingsPolicy) -> bool:
    """A verified employer's posting that breaks no rule, where the dated switch of the place allows it."""
    return employer_state == "verified" and policy.auto_publish_verified_employers and not _is_broken(warnings)


def waits_for(state: str, employer_state: str, warnings: Collection[Mapping[str, Any]]) -> list[str]:
    """Why a posting in review is not shown at once; nothing of one that does not wait."""
    if state != "submitted":
        return []
    why = {"employer_not_verified": employer_state != "verified", "findings": _is_broken(warnings)}
    return [code for code, holds in why.items() if holds] or ["every_posting"]


def _is_broken(warnings: Collection[Mapping[str, Any]]) -> bool:
    return any(warning["code"] in HELD_BACK_BY or holds_back(warning) for warning in warnings)


def review_due_at(now: datetime, first_start: datetime | None, policy: PostingsPolicy, office: Office) -> datetime:
    """When a review is due: in minutes for work that begins soon, whatever the hour, else in office minutes."""
    soon = timedelta(minutes=policy.review_urgent_before_start_minutes)
    if first_start is not None and first_start - now <= soon:
        return now + timedelta(minutes=policy.review_urgent_minutes)
    return office(now, policy.review_minutes)


def stale_at(refreshed_at: datetime, policy: PostingsPolicy, reviews: ReviewsPolicy) -> tuple[datetime, datetime]:
    """When the employer of a posting is asked whether it still holds, and when it is stale without an answer."""
    end = refreshed_at + timedelta(days=policy.stale_after_days)
    return end - timedelta(days=reviews.stale_notice_days), end


def next_reviewer(officers: Sequence[tuple[UUID, int]], present: UUID | None) -> UUID | None:
    """Who reviews: at first the officer with the fewest open reviews, on expiry the next one by turn.

    `officers` are (id, open reviews) of the region; None when nobody serves it.
    """
    if not officers:
        return None
    if present is None:
        return min(officers, key=lambda officer: (officer[1], officer[0]))[0]
    turn = sorted(officer for officer, _ in officers)
    return next((officer for officer in turn if officer > present), turn[0])


def check_reason(known: Collection[str], code: str) -> None:
    """Raises Refused `code_unknown`, naming the known codes of that kind of reason."""
    if code not in known:
        raise Refused("code_unknown", field="/reason", expected=", ".join(sorted(known)))
