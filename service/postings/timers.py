"""What happens to postings by themselves: reviews pass on, the full are shown as full, the past expire."""

from __future__ import annotations

from service.actor import SYSTEM
from service.context import Timer
from service.postings.lifecycle import NOT_PAUSED, POSTING, PUBLIC
from service.postings.rules import next_reviewer, occurrences_of, review_due_at, stale_at
from service.uow import DueItem, Uow

STALE = "posting.stale"


async def pass_review_on(uow: Uow, item: DueItem) -> None:
    """A review that was not done in time goes to the next officer, with a new time."""
    posting = await uow.postings.lock(item.subject_id)
    now = await uow.now()
    if posting.state != "submitted" or posting.review_due_at is None or posting.review_due_at > now:
        return
    policy = uow.ctx.policies.at(now, posting.city_code).postings
    coming = occurrences_of(posting.series, posting.pattern, now, policy.occurrence_window_days)
    office = await uow.reference.office(now, posting.city_code)
    due = review_due_at(now, coming[0].starts_at if coming else None, policy, office)
    officer = next_reviewer(await uow.postings.reviewers(posting.city_code), posting.reviewer_id)
    await uow.edit(posting, by=SYSTEM, at=now, action="pass_review", review_due_at=due, reviewer_id=officer)
    await uow.schedule("posting.review_overdue", posting.id, due, occurrence=due.isoformat())


async def expire(uow: Uow, item: DueItem) -> None:
    """At the end of its validity a posting is shown no more; seats already taken stay."""
    await uow.shifts.lock_open(item.subject_id)  # before the posting, as everybody who books
    posting = await uow.postings.lock(item.subject_id)
    now = await uow.now()
    if posting.valid_until <= now and "expire" in POSTING.possible(posting.state):
        await uow.move(posting, POSTING, "expire", by=SYSTEM, at=now, closed_at=now, **NOT_PAUSED)


async def watch(uow: Uow, item: DueItem) -> None:
    """Ask whether a posting still holds, and let it end when nobody has said so; a refresh begins anew."""
    await uow.shifts.lock_open(item.subject_id)  # before the posting, as everybody who books
    posting = await uow.postings.lock(item.subject_id)
    now = await uow.now()
    if "expire" not in POSTING.possible(posting.state):
        return
    policies = uow.ctx.policies.at(now, posting.city_code)
    since = posting.refreshed_at or posting.published_at or posting.created_at
    notice, end = stale_at(since, policies.postings, policies.reviews)
    if now >= end:
        gone = NOT_PAUSED | {"closed_at": now}
        await uow.move(posting, POSTING, "expire", by=SYSTEM, at=now, reason="stale", **gone)
    elif now >= notice:
        await uow.schedule(STALE, posting.id, end, occurrence="end")
        for person_id in await uow.members.deciders(posting.employer_id):
            await uow.tell(
                person_id,
                "posting.stale_soon",
                params={"title": posting.title, "until_at": end},
                subject=("posting", posting.id),
                dedupe=f"posting.stale_soon:{posting.id}:{since.isoformat()}",
                employer_id=posting.employer_id,
            )


async def count_seats(uow: Uow, item: DueItem) -> None:
    """A posting whose every shift to come is full is shown as full, until a seat is free again.

    A timer and not part of the booking: the seats guard themselves, and whoever books never waits for this.
    """
    posting = await uow.postings.lock(item.subject_id)
    if posting.state not in PUBLIC or posting.private:
        return
    now = await uow.now()
    shifts, free = await uow.postings.seats(posting.id, now)
    if posting.state == "published" and shifts and not free:
        await uow.move(posting, POSTING, "fill", by=SYSTEM, at=now)
    elif posting.state == "filled" and free:
        await uow.move(posting, POSTING, "refill", by=SYSTEM, at=now)


TIMERS: dict[str, Timer] = {
    "posting.review_overdue": pass_review_on,
    "posting.expire": expire,
    "posting.count_seats": count_seats,
    STALE: watch,
}
