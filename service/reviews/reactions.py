"""What reviews do when postings and supply postings move: a row opens with the review, and closes however it ends.

The queue closes its own rows before it moves anything; what is decided, withdrawn or recalled elsewhere closes here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, SYSTEM
from service.guard import holds_back, to_report
from service.postings.lifecycle import ENDING
from service.reviews.lifecycle import REVIEW
from service.reviews.raising import raise_review
from service.reviews.rules import GRAVE, Cause, check_free, check_not_own_entry, priority_of

if TYPE_CHECKING:
    from datetime import datetime

    from service.postings.tables import PostingRow
    from service.reviews.tables import ReviewRow
    from service.supplies.tables import SupplyRow
    from service.uow import Moved, Uow

REASONED = ("reject", "take_down", "restrict", "suspend")
FIRST_OFFER = 2  # the version of a posting that has been stored and is now sent in


async def open_for_posting(uow: Uow, moved: Moved) -> None:
    """A posting has been sent to review; a revision that is live again at once never was."""
    posting: PostingRow = moved.entity
    if posting.review_due_at is None:
        return
    kind = "edit" if moved.action == "revise" else "new"
    brand_new = moved.action == "submit" and posting.version == FIRST_OFFER
    entered = await _entered_by(uow, moved, asks=not brand_new or posting.channel == "officer")
    review = (
        None
        if brand_new and not to_report(posting.warnings or ())
        else await uow.reviews.lock_open("posting", posting.id)
    )
    if review is None:
        due, owner = posting.review_due_at, posting.employer_id
        await _open(uow, moved, kind=kind, due_at=due, employer_id=owner, entered_by=entered)
        return
    due = min(review.due_at, posting.review_due_at)  # reported or repeated, and now with other words
    changes: dict[str, Any] = {"kind": kind, "due_at": due, "subject_version": posting.version, "entered_by": entered}
    await uow.edit(review, by=moved.by, at=moved.at, action="renew", **changes)


async def report_unlawful(uow: Uow, moved: Moved) -> None:
    """Words that a rule stops and reports (`report: true`) are told to officers, shown or not; once for each posting
    and rule, whatever is written afterwards."""
    posting: PostingRow = moved.entity
    rules = to_report(posting.warnings or ())  # a row that is not stored yet lacks its defaults
    if not rules:
        return
    await uow.flush()
    told = await uow.reviews.rules_told("posting", posting.id)
    if rules <= told:
        return
    policy = uow.ctx.policies.at(moved.at, posting.city_code).reviews
    due = moved.at + timedelta(minutes=policy.report_grave_minutes)
    facts = {"rules": sorted(rules | told)}
    cause = Cause.about("posting", posting, kind="report", priority=GRAVE, due_at=due, facts=facts)
    await raise_review(uow, cause, by=SYSTEM)


async def open_for_supply(uow: Uow, moved: Moved) -> None:
    """A supply posting in whose words a rule found something; the others are shown at once."""
    row: SupplyRow = moved.entity
    if row.state != "submitted" or not any(holds_back(each) for each in row.warnings):
        return
    review = None if moved.action == "create" else await uow.reviews.lock_open("supply", row.id)
    entered = await _entered_by(uow, moved, asks=moved.action != "create")
    if review is not None:
        changes: dict[str, Any] = {"subject_version": row.version, "entered_by": sorted({*review.entered_by, *entered})}
        await uow.edit(review, by=moved.by, at=moved.at, action="renew", **changes)
        return
    minutes = uow.ctx.policies.at(moved.at, row.city_code).postings.review_minutes
    due = (await uow.reference.office(moved.at, row.city_code))(moved.at, minutes)
    kind = "edit" if moved.action == "revise" else "new"
    await _open(uow, moved, kind=kind, due_at=due, employer_id=None, entered_by=entered)


async def _entered_by(uow: Uow, moved: Moved, *, asks: bool) -> list[UUID]:
    """The staff who put the words in for others: who does it now, and who did before (`asks` the log)."""
    now = {moved.by.id} if moved.by.kind in STAFF and moved.by.id is not None else set()
    if not asks:
        return sorted(now)
    await uow.flush()
    return sorted(now | await uow.reviews.enterers(moved.noun, moved.entity.id))


async def _open(
    uow: Uow, moved: Moved, *, kind: str, due_at: datetime, employer_id: UUID | None, entered_by: list[UUID]
) -> None:
    subject = moved.entity
    policy = uow.ctx.policies.at(moved.at, subject.city_code).postings
    review = uow.reviews.new(
        noun=moved.noun,
        subject_id=subject.id,
        subject_version=subject.version,
        employer_id=employer_id,
        city_code=subject.city_code,
        kind=kind,
        priority=priority_of(due_at, moved.at, policy),
        due_at=due_at,
        entered_by=entered_by,
    )
    await uow.add(review, by=moved.by, action="open")


async def close_decided(uow: Uow, moved: Moved) -> None:
    """An officer has said yes or no outside the queue: it counts as this review's decision.

    Raises Conflict `review_claimed` while another officer has it alone, `review_own_entry`.
    """
    review = await _open_one(uow, moved)
    if review is None:
        return
    officer = moved.by.id
    if moved.by.kind not in STAFF or officer is None:
        await _close(uow, moved, review)
        return
    if moved.action in ("publish", "reject"):
        check_free(review.claimed_by, review.claimed_until, officer, moved.at)
        check_not_own_entry(review.entered_by, officer)
    elif officer in review.entered_by:  # what takes it away stops for no review
        await _close(uow, moved, review)
        return
    reasons = (moved.reason or "").split(",") if moved.action in REASONED else []
    await uow.move(
        review,
        REVIEW,
        "decide",
        by=moved.by,
        at=moved.at,
        decided_by=officer,
        outcome=moved.action,
        reasons=reasons,
        sentence=moved.reason if moved.action == "publish" else None,
        closed_at=moved.at,
    )
    await uow.flush()


async def close_over(uow: Uow, moved: Moved) -> None:
    """There is nothing left to look at: withdrawn, recalled or past."""
    review = await _open_one(uow, moved)
    if review is not None:
        await _close(uow, moved, review)


async def _open_one(uow: Uow, moved: Moved) -> ReviewRow | None:
    if moved.from_state in ("draft", "rejected", "appealed"):
        return None
    await uow.flush()
    return await uow.reviews.lock_open(moved.noun, moved.entity.id)


async def _close(uow: Uow, moved: Moved, review: ReviewRow) -> None:
    gone = {"claimed_by": None, "claimed_until": None, "closed_at": moved.at}
    await uow.move(review, REVIEW, "close", by=moved.by, at=moved.at, reason=moved.action, **gone)
    await uow.flush()  # another one may open in this transaction


REACTIONS = {
    ("posting", "create"): (report_unlawful,),
    ("posting", "edit"): (report_unlawful,),
    ("posting", "submit"): (open_for_posting,),
    ("posting", "revise"): (open_for_posting,),
    **{("posting", action): (close_over,) for action in ENDING | {"recall"}},
    ("posting", "publish"): (close_decided,),
    ("posting", "reject"): (close_decided,),
    ("posting", "take_down"): (close_decided,),
    ("employer", "verify"): (close_decided,),
    ("employer", "restrict"): (close_decided,),
    ("employer", "suspend"): (close_decided,),
    ("supply", "find"): (close_over,),
    ("supply", "expire"): (close_over,),
    ("supply", "take_down"): (close_decided,),
    ("supply", "create"): (open_for_supply,),
    ("supply", "revise"): (open_for_supply,),
    ("supply", "edit"): (open_for_supply,),
    ("supply", "publish"): (close_decided,),
    ("supply", "reject"): (close_decided,),
    ("supply", "withdraw"): (close_over,),
}
