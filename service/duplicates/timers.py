"""Compare a posting with its employer's others: word for word the same is merged or looked at, alike is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.actor import SYSTEM
from service.duplicates.reactions import CHECK
from service.duplicates.rules import Span, Verdict, alike_permille, content_of, overlap, verdict_of
from service.errors import Conflict
from service.postings.lifecycle import LIVE
from service.postings.rules import occurrences_of, review_due_at
from service.reviews.rules import NORMAL, Cause

if TYPE_CHECKING:
    from datetime import datetime

    from service.policies import Policies
    from service.postings.tables import PostingRow
    from service.uow import DueItem, Uow


async def check(uow: Uow, item: DueItem) -> None:
    """The nearest earlier one decides; what an officer has kept apart stays apart."""
    await uow.shifts.lock_open(item.subject_id)
    posting = await uow.postings.lock(item.subject_id)
    now = await uow.now()
    if posting.private or posting.state not in LIVE | {"submitted"}:
        return
    policies = uow.ctx.policies.at(now, posting.city_code)
    found = await _nearest(uow, posting, policies, now)
    if found is None:
        return
    verdict, other, permille = found
    if verdict == "same" and policies.reviews.duplicates_merged_at_once:
        try:
            async with uow.attempt():
                await uow.ctx.wiring.ports["postings.merge"](uow, posting.id, other["id"], by=SYSTEM)
        except Conflict:  # somebody waits there, or it is held: a person decides
            await _ask_officer(uow, posting, other, permille, now)
        return
    await _ask_officer(uow, posting, other, permille, now)


async def _nearest(
    uow: Uow, posting: PostingRow, policies: Policies, now: datetime
) -> tuple[Verdict, Mapping[str, Any], int] | None:
    mine = uow.postings.columns_of(posting)
    content, spans = content_of(mine), _spans(mine, policies, now)
    best: tuple[Verdict, Mapping[str, Any], int] | None = None
    for other in await uow.duplicates.earlier(posting):
        theirs = content_of(other)
        verdict = verdict_of(content, theirs, policies.reviews.duplicate_permille)
        if verdict is None or not overlap(spans, _spans(other, policies, now)):
            continue
        if verdict == "same":
            return verdict, other, 1000
        permille = alike_permille(content, theirs)
        if best is None or permille > best[2]:
            best = verdict, other, permille
    return best


def _spans(columns: Mapping[str, Any], policies: Policies, now: datetime) -> list[Span]:
    """When the work is; a need without dates is open all the time that it is valid."""
    days = policies.postings.occurrence_window_days
    coming = occurrences_of(columns["series"], columns["pattern"], now, days)
    spans = [(each.starts_at, each.ends_at) for each in coming]
    dated = columns["series"] is not None or bool(spans)
    return spans if dated else [(now, columns["valid_until"])]


async def _ask_officer(uow: Uow, posting: PostingRow, other: Mapping[str, Any], permille: int, now: datetime) -> None:
    known = {"of": str(other["id"]), "alike_permille": permille}
    before = await uow.reviews.of_subject("posting", posting.id)
    if any(each.outcome == "keep" and each.facts.get("of") == known["of"] for each in before):
        return
    policy = uow.ctx.policies.at(now, posting.city_code).postings
    due = review_due_at(now, None, policy, await uow.reference.office(now, posting.city_code))
    cause = Cause.about("posting", posting, kind="duplicate", priority=NORMAL, due_at=due, facts=known)
    await uow.ctx.wiring.ports["reviews.raise"](uow, cause, by=SYSTEM)


TIMERS = {CHECK: check}
