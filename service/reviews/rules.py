"""Pure decisions on reviews: how urgent, until when, who may take and decide them, what a decision needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from service.errors import Conflict, Refused
from service.guard import blocking, errors_of
from service.guard.telling import CODE as GUARD_HIT
from service.policies.model import PostingsPolicy

KINDS = ("new", "edit", "report", "recheck", "duplicate")
OUTCOMES = ("publish", "reject", "keep", "take_down", "merge", "verify", "restrict", "suspend")
GRAVE, URGENT, REPORTED, NORMAL = range(4)
_SHOWN = {"report": ("keep", "take_down")}
# What the queue itself may decide; an employer's papers and its standing are decided at the employer's own doors.
OUTCOMES_OF: Mapping[str, Mapping[str, Sequence[str]]] = {
    "posting": {"new": ("publish", "reject"), "edit": ("publish", "reject"), **_SHOWN, "duplicate": ("keep", "merge")},
    "supply": {"new": ("publish", "reject"), "edit": ("publish", "reject"), **_SHOWN},
    "employer": {"report": ("keep",)},
}
REASONS_OF = {"reject": "posting_reject", "take_down": "posting_take_down"}
ENTERING = ("create", "edit", "submit", "revise", "reopen")  # log actions by which staff put words in


class Subject(Protocol):
    """What a review is about: a row of a posting, a supply posting or an employer."""

    id: Any
    version: Any
    city_code: Any


@dataclass(frozen=True, slots=True)
class Cause:
    """What is to be looked at, why, how urgently and until when."""

    noun: str
    subject_id: UUID
    subject_version: int
    employer_id: UUID | None
    city_code: str
    kind: str
    priority: int
    due_at: datetime
    facts: Mapping[str, Any]

    @classmethod
    def about(
        cls,
        noun: str,
        subject: Subject,
        *,
        kind: str,
        priority: int,
        due_at: datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> Cause:
        """A posting, supply posting or employer as it stands now; a supply posting is no employer's."""
        employer_id = subject.id if noun == "employer" else getattr(subject, "employer_id", None)
        place, version = subject.city_code, subject.version
        return cls(noun, subject.id, version, employer_id, place, kind, priority, due_at, facts or {})


def priority_of(due_at: datetime, now: datetime, policy: PostingsPolicy) -> int:
    """Urgent where the answer is due within the time that work starting soon gets, else normal."""
    return URGENT if due_at - now <= timedelta(minutes=policy.review_urgent_minutes) else NORMAL


def is_taken(claimed_by: UUID | None, claimed_until: datetime | None, by: UUID, now: datetime) -> bool:
    """Whether somebody else has the review alone at the moment."""
    return claimed_by is not None and claimed_by != by and claimed_until is not None and claimed_until > now


def check_free(claimed_by: UUID | None, claimed_until: datetime | None, by: UUID, now: datetime) -> None:
    """Raises Conflict `review_claimed`, saying until when, while somebody else has it alone."""
    if is_taken(claimed_by, claimed_until, by, now):
        raise Conflict("review_claimed", until_at=claimed_until)


def check_not_own_entry(entered_by: Collection[UUID], by: UUID) -> None:
    """Raises Conflict `review_own_entry`: nobody decides on what he entered for others."""
    if by in entered_by:
        raise Conflict("review_own_entry")


def outcomes_of(noun: str, kind: str) -> Sequence[str]:
    """What the queue may decide on this kind of review."""
    return OUTCOMES_OF[noun].get(kind, ())


def check_outcome(noun: str, kind: str, outcome: str) -> None:
    """Raises Refused `review_outcome_unfit`, naming what this kind of review can end with."""
    possible = outcomes_of(noun, kind)
    if outcome not in possible:
        raise Refused("review_outcome_unfit", field="/outcome", expected=", ".join(possible))


def check_same(seen: int, present: int) -> None:
    """Raises Conflict `review_subject_changed` when other words are there than those that were looked at."""
    if seen != present:
        raise Conflict("review_subject_changed", present=present)


def check_reasons(outcome: str, reasons: Sequence[str], known: Collection[str]) -> None:
    """Raises Refused `reasons_needed` for a no without any, `reason_unknown` for one that is not listed."""
    if outcome not in REASONS_OF:
        if reasons:
            raise Refused("reasons_not_needed", field="/reasons")
        return
    if not reasons:
        raise Refused("reasons_needed", field="/reasons")
    for index, code in enumerate(reasons):
        if code not in known:
            raise Refused("reason_unknown", field=f"/reasons/{index}", expected=", ".join(sorted(known)))


def check_overrules(
    outcome: str,
    overrules: Sequence[Mapping[str, str]],
    warnings: Collection[Mapping[str, Any]],
    language: str,
) -> None:
    """Each rule that stops it is overruled by name and with a reason, and no rule that found nothing.

    Raises Conflict `guard_overrule_needed` with the rules left, Refused `overrule_unfit`.
    """
    hit = {each["facts"]["rule"] for each in warnings if each["code"] == GUARD_HIT}
    for index, each in enumerate(overrules):
        if outcome != "publish" or each["rule"] not in hit:
            expected = ", ".join(sorted(hit)) if outcome == "publish" else ""
            raise Refused("overrule_unfit", field=f"/overrules/{index}/rule", expected=expected)
    if outcome != "publish":
        return
    said = {each["rule"] for each in overrules}
    left = [each for each in blocking(warnings) if each["facts"]["rule"] not in said]
    if left:
        errors = errors_of(left, language)
        raise Conflict("guard_overrule_needed", errors=errors, rules=sorted({e["facts"]["rule"] for e in left}))


def reason_text(overrules: Sequence[Mapping[str, str]]) -> str | None:
    """What the log of the posting says of rules that were overruled."""
    return "; ".join(f"{each['rule']}: {each['reason']}" for each in overrules) or None
