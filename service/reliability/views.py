"""What the use cases on reliability answer: one mark, and the whole record of a side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.i18n import render, said_instant
from service.pages import Page
from service.reference.rules import labelled
from service.reliability import rules
from service.reliability.lifecycle import COUNTING
from service.worktime import local_day

if TYPE_CHECKING:
    from matching.reliability import ReliabilityRules
    from service.policies.model import Policies
    from service.reference.data.shapes import Reason
    from service.reference.view import Catalogue
    from service.reliability.tables import ReliabilityEventRow

log = structlog.get_logger("reliability")
# Lists whose codes can excuse a mark; the service's own codes are said by `reliability.excused.…`.
EXCUSING = (
    "reliability_decision", "worker_cancel", "employer_cancel", "no_show_excuse", "end_early", "decision_outcome",
)  # fmt: skip
OWN_CODES = frozenset({
    "first_silence", "paid_since", "repaired", "taken_down", "earlier", "alarm_founded", "came_late", "worker_right",
    "employer_right",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarkView:
    """One mark at a moment. Whose it is, who caused it and `may_decide` only for officers."""

    id: UUID
    version: int
    state: str
    kind: str
    message: str
    effect: str
    speaks_for: bool
    at: datetime
    work_title: str | None
    work_starts_at: datetime | None
    engagement_id: UUID | None
    pay_record_id: UUID | None
    weight: int
    left_permille: int
    counts: bool
    forgotten_on: date
    excused_reason: str | None
    may_contest: bool
    contest_until: datetime
    contest_reason: str | None
    contest_words: str | None
    contested_at: datetime | None
    decide_by: datetime | None
    decision_reason: str | None
    sentence: str | None
    decided_at: datetime | None
    worker_id: UUID | None
    employer_id: UUID | None
    may_decide: bool | None


@dataclass(frozen=True, slots=True)
class ReliabilityPage(Page[MarkView]):
    """The record of one side: its value, the rules it follows, what it is used for, and a page of its marks."""

    side: str
    value_permille: int
    start_permille: int
    fade_days: int
    prior_events: int
    bonus_permille: int  # the most it adds to a recommendation's score, of 1000
    payment_record: Mapping[str, int] | None


_SAME = (
    "id", "version", "state", "kind", "at", "engagement_id", "pay_record_id", "excused_reason", "contest_reason",
    "contest_words", "contested_at", "decide_by", "decision_reason", "sentence", "decided_at",
)  # fmt: skip


def mark_view(
    row: ReliabilityEventRow,
    title: str | None,
    starts_at: datetime | None,
    *,
    policies: Policies,
    now: datetime,
    officer: UUID | None,
    excuses: Mapping[str, Reason],
    language: str,
) -> MarkView:
    """A mark for an officer, or (None) for whose it is; `excuses` are the codes of the lists in EXCUSING."""
    weighed: ReliabilityRules = rules.rules_of(policies.matching, policies.reliability)
    left = rules.left_permille(row.at, weighed, local_day(now))
    return MarkView(
        **{name: getattr(row, name) for name in _SAME},
        message=_message(row, title, starts_at, language),
        effect=_effect(row, weighed, left, excuses, language),
        speaks_for=row.kind in rules.GOOD,
        work_title=title,
        work_starts_at=starts_at,
        weight=rules.weight_of(row.kind, weighed),
        left_permille=left,
        counts=row.state in COUNTING and left > 0,
        forgotten_on=rules.forgotten_on(row.at, weighed),
        may_contest=rules.may_contest(row.kind, row.state, row.at, now, policies.reliability),
        contest_until=rules.contest_until(row.at, policies.reliability),
        worker_id=row.worker_id if officer else None,
        employer_id=row.employer_id if officer else None,
        may_decide=row.state == "contested" and officer not in barred(row) if officer else None,
    )


def barred(row: ReliabilityEventRow) -> set[UUID]:
    """Who may not decide on a contested mark."""
    return {each for each in (row.marked_by, row.contested_for) if each is not None}


def side_view(subject: Any, side: str, page: Page[MarkView], *, policies: Policies, now: datetime) -> ReliabilityPage:
    """The record of a worker or an employer."""
    weighed = rules.rules_of(policies.matching, policies.reliability)
    return ReliabilityPage(
        page.items,
        page.last,
        page.now,
        side=side,
        value_permille=rules.permille(subject.reliability, weighed, local_day(now)),
        start_permille=weighed.baseline,
        fade_days=weighed.fade_days,
        prior_events=weighed.prior_events,
        bonus_permille=_bonus(side, policies),
        payment_record=subject.payment_record if side == "employer" else None,
    )


def _bonus(side: str, policies: Policies) -> int:
    weights = policies.matching
    return weights.reliability_bonus_permille if side == "worker" else weights.employer_reliability_bonus_permille


def _message(row: ReliabilityEventRow, title: str | None, starts_at: datetime | None, language: str) -> str:
    what = render(f"reliability.mark.{row.kind}", language)
    when = said_instant(starts_at or row.at, language)
    if title is None:
        return render("reliability.at", language, when=when, what=what)
    return render("reliability.at_work", language, when=when, title=title, what=what)


def _effect(
    row: ReliabilityEventRow, weighed: ReliabilityRules, left: int, excuses: Mapping[str, Reason], language: str
) -> str:
    if row.state == "excused":
        reason = said_excuse(row.excused_reason or "other", excuses, language)
        return render("reliability.effect.excused", language, reason=reason)
    if left == 0:
        return render("reliability.effect.forgotten", language)
    if row.state == "contested":
        return render("reliability.effect.contested", language, until=said_instant(row.decide_by or row.at, language))
    key = "speaks_for" if row.kind in rules.GOOD else "counts"
    facts = {"weight": rules.weight_of(row.kind, weighed), "share": left // 10}
    until = rules.forgotten_on(row.at, weighed).isoformat()
    return render(f"reliability.effect.{key}", language, until=until, **facts)


def excuses_of(catalogue: Catalogue) -> dict[str, Reason]:
    """The coded reasons that can excuse a mark, as they are now; a code of two lists is said as the first has it."""
    found: dict[str, Reason] = {}
    for kind in EXCUSING:
        found = {**catalogue.reasons(kind), **found}
    return found


def said_excuse(code: str, excuses: Mapping[str, Reason], language: str) -> str:
    """Why a mark does not count. A code that has no words is said as it is, never as another one, and is logged."""
    if code in OWN_CODES:
        return render(f"reliability.excused.{code}", language)
    if code not in excuses:
        log.error("excuse_without_words", code=code)
    return labelled(excuses.get(code), code, language)
