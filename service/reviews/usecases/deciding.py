"""Decide reviews: one with the reason of every rule that was overruled, or several, each with its own result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from service.errors import DomainError, Missing, Refused
from service.i18n.saying import problem_sentence
from service.reviews import rules
from service.reviews.checklists import checklist_for
from service.reviews.lifecycle import REVIEW
from service.reviews.usecases.looking import detail_of, seen
from service.reviews.views import Decided, ReviewDetail
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reviews.tables import ReviewRow
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer says: the version that was looked at, the outcome, codes and words for a no, the rules that are
    wrong here ([{"rule", "reason"}]), the ticks of the checklist."""

    review_id: UUID
    subject_version: int
    outcome: str
    reasons: Sequence[str]
    sentence: str | None
    overrules: Sequence[dict[str, str]]
    checked: Sequence[str]


async def decide_review(ctx: Context, decision: Decision, *, by: Caller) -> ReviewDetail:
    """A yes or no that takes effect at once; the author is told.

    Raises Missing; Conflict wrong_state, review_claimed, review_own_entry, review_subject_changed,
    guard_overrule_needed, posting_over, employer_may_not_post; Refused for reasons, rules and ticks that do not fit.
    """
    async with ctx.uow() as uow:
        row = await _decide(uow, decision, by)
        return uow.answer(await detail_of(uow, row, by))


async def decide_reviews(ctx: Context, decisions: Sequence[Decision], *, by: Caller) -> list[Decided]:
    """Each by itself: one that is refused leaves nothing behind and stops no other.

    Raises Refused list_too_long, review_twice.
    """
    async with ctx.uow() as uow:
        most = uow.ctx.policies.at(await uow.now()).reviews.batch_most
        if len(decisions) > most:
            raise Refused("list_too_long", field="/decisions", most=most)
        named = [each.review_id for each in decisions]
        if len(set(named)) < len(named):
            raise Refused("review_twice", field="/decisions")
        order = await _lock_order(uow, decisions)
        done = {each.review_id: await _decide_one(uow, each, by) for each in order}
        answers = [done[review_id] for review_id in named]
        uow.answer({"decisions": answers})
        return answers


async def _lock_order(uow: Uow, decisions: Sequence[Decision]) -> list[Decision]:
    """By what they are about, so that two batches never wait for each other in a ring."""
    subjects = await uow.reviews.subject_ids([each.review_id for each in decisions])
    return sorted(decisions, key=lambda each: (str(subjects.get(each.review_id, "")), str(each.review_id)))


async def _decide_one(uow: Uow, decision: Decision, by: Caller) -> Decided:
    try:
        async with uow.attempt():
            row = await _decide(uow, decision, by)
        return Decided(decision.review_id, True, row.outcome, None, None, None)
    except DomainError as error:
        return Decided(
            decision.review_id,
            False,
            None,
            error.code,
            error.facts or None,
            problem_sentence(error.code, uow.ctx.language, error.facts or {}),
        )


async def _decide(uow: Uow, decision: Decision, by: Caller) -> ReviewRow:
    found = await seen(uow, decision.review_id, by)
    await _lock_subject(uow, found)
    row = await uow.reviews.lock(decision.review_id)
    now = await uow.now()
    REVIEW.fire(row.state, "decide")
    rules.check_free(row.claimed_by, row.claimed_until, by.account_id, now)
    rules.check_not_own_entry(row.entered_by, by.account_id)
    rules.check_same(decision.subject_version, row.subject_version)
    await _check_said(uow, row, decision)
    await uow.move(
        row,
        REVIEW,
        "decide",
        by=by.actor,
        at=now,
        reason=",".join(decision.reasons) or None,
        decided_by=by.account_id,
        outcome=decision.outcome,
        reasons=list(dict.fromkeys(decision.reasons)),
        sentence=decision.sentence,
        overrules=list(decision.overrules),
        checked=list(dict.fromkeys(decision.checked)),
        checklist_of=checklist_for(row.noun, local_day(row.created_at)).since,
        closed_at=now,
    )
    await uow.flush()
    await _take_effect(uow, row, decision, by)
    return row


async def _lock_subject(uow: Uow, row: ReviewRow) -> None:
    """Shifts, then the posting, then (by the caller) the review: as everybody else does. Raises Missing."""
    if row.noun == "posting":
        await uow.shifts.lock_open(row.subject_id)
        await uow.postings.lock(row.subject_id)
    elif row.noun == "supply":
        await uow.supplies.lock(row.subject_id)
    else:
        await uow.employers.lock(row.subject_id)


async def _check_said(uow: Uow, row: ReviewRow, decision: Decision) -> None:
    rules.check_outcome(row.noun, row.kind, decision.outcome)
    subject = (await uow.reviews.subjects({(row.noun, row.subject_id)})).get((row.noun, row.subject_id))
    if subject is None:
        raise Missing
    known = (await uow.reference.catalogue()).reasons(rules.REASONS_OF.get(decision.outcome, ""))
    rules.check_reasons(decision.outcome, decision.reasons, known)
    rules.check_overrules(decision.outcome, decision.overrules, subject["warnings"], uow.ctx.language)
    yes = decision.outcome == "publish"
    checklist_for(row.noun, local_day(row.created_at)).check(decision.checked, yes=yes)


async def _take_effect(uow: Uow, row: ReviewRow, decision: Decision, by: Caller) -> None:
    """The posting moves as if its officer had said so there; this review is closed already. What is kept stays."""
    if decision.outcome == "keep":
        return
    port = "postings.decide" if row.noun == "posting" else "supplies.decide"
    more = {"into": UUID(row.facts["of"])} if decision.outcome == "merge" else {}
    await uow.ctx.wiring.ports[port](
        uow,
        row.subject_id,
        decision.outcome,
        by=by.actor,
        reasons=decision.reasons,
        overrules=rules.reason_text(decision.overrules),
        **more,
    )
