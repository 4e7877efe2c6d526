"""Take a report in, raise a review with it, show a person the answers to the own ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.access.rules import window_wait
from service.actor import STAFF, Actor
from service.employers.rules import is_public
from service.errors import Missing, TooMany
from service.pages import After, Page, page_of
from service.postings.lifecycle import LIVE
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTING
from service.reports.rules import limits, urgency
from service.reports.views import ReceiptView, ReportView, receipt, report_view
from service.reviews.rules import Cause
from service.supplies.lifecycle import PUBLIC as PUBLIC_SUPPLY
from service.supplies.lifecycle import UNENDED

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reports.tables import ReportRow
    from service.uow import Uow

NOBODY_KIND = "anybody"


async def report(
    ctx: Context, noun: str, subject_id: UUID, *, category: str, words: str | None, by: Caller | None, address: str
) -> ReceiptView:
    """From anybody, signed in or not; the same one's second word on the same thing is the first report again.

    Raises Missing for what the caller does not see, TooMany report_too_often.
    """
    async with ctx.uow() as uow:
        subject = await _seen(uow, noun, subject_id, by)
        who = f"account:{by.account_id}" if by is not None else f"address:{address}"
        source = ctx.vault.index("report", f"{noun}:{subject_id}:{who}")
        await uow.tries.lock(source)
        known = await uow.reports.open_of(source)
        if known is not None:
            return uow.answer(receipt(known))
        await _check_limits(uow, who, category, signed_in=by is not None)
        now = await uow.now()
        actor = _actor(by)
        row = uow.reports.new(
            noun=noun,
            subject_id=subject_id,
            employer_id=getattr(subject, "employer_id", None) if noun != "employer" else subject_id,
            city_code=subject.city_code,
            category=category,
            words=words,
            source=source,
            reporter_id=by.person_id if by is not None else None,
            review_id=None,
            answer_by=now,
        )
        await uow.add(row, by=actor)
        await uow.flush()
        await _raise(uow, row, subject, actor, now)
        return uow.answer(receipt(row))


def _actor(by: Caller | None) -> Actor:
    """The log says that somebody has reported, and never who: it is read by more people than a report is."""
    kind = by.role if by is not None and by.role in STAFF else NOBODY_KIND
    return Actor(kind, by.account_id if by is not None and kind != NOBODY_KIND else None, "api")


async def _seen(uow: Uow, noun: str, subject_id: UUID, by: Caller | None) -> Any:
    """What is public, or what the caller has had to do with, locked. Raises Missing."""
    if noun == "employer":
        employer = await uow.employers.lock(subject_id)
        if not (is_public(employer.state) or (by is not None and by.role in STAFF)):
            raise Missing
        return employer
    if noun == "supply":
        supply = await uow.supplies.lock(subject_id)
        if supply.state not in PUBLIC_SUPPLY and not _serves(by, supply.city_code, *supply.district_codes):
            raise Missing
        return supply
    posting = await uow.postings.get(subject_id)
    party = by is not None and by.worker_id is not None and await uow.shifts.is_party(subject_id, by.worker_id)
    public = posting.state in PUBLIC_POSTING and not posting.private
    if not (public or party or _serves(by, posting.city_code)):
        raise Missing
    return await uow.postings.lock(subject_id)


def _serves(by: Caller | None, *places: str) -> bool:
    return by is not None and by.role in STAFF and by.serves_any(*places)


async def _check_limits(uow: Uow, who: str, category: str, *, signed_in: bool) -> None:
    """Counted by keyed hash on the shared clock, in all processes. Raises TooMany."""
    now = await uow.now()
    name, windows = limits(category, uow.ctx.policies.at(now).reviews, signed_in=signed_in)
    subject = uow.ctx.vault.index(name, who)
    await uow.tries.lock(subject)
    times = await uow.tries.times(name, subject)
    for window, most in windows:
        wait = window_wait(times, now, window, most)
        if wait.total_seconds() > 0:
            raise TooMany("report_too_often", retry_after=int(wait.total_seconds()) + 1, most=most)
    await uow.tries.count(name, subject)


async def _raise(uow: Uow, row: ReportRow, subject: Any, actor: Actor, now: datetime) -> None:
    """A review of what is reported, or of its employer where that is over, as urgent as all reports together."""
    categories, sources = await uow.reports.standing(row.noun, row.subject_id)
    policy = uow.ctx.policies.at(now, row.city_code).reviews
    working_days_after = (await uow.reference.catalogue()).working_days_after
    priority, due = urgency(categories, sources, now, policy, working_days_after)
    noun, about = row.noun, subject
    ended = (noun == "posting" and subject.state not in LIVE) or (noun == "supply" and subject.state not in UNENDED)
    if ended and row.employer_id is not None:
        noun, about = "employer", await uow.employers.get(row.employer_id)
    cause = Cause.about(noun, about, kind="report", priority=priority, due_at=due)
    review = await uow.ctx.wiring.ports["reviews.raise"](uow, cause, by=actor)
    await uow.edit(row, by=actor, at=now, action="raise", review_id=review.id, answer_by=due)
    await uow.flush()


async def list_own(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[ReportView]:
    """The caller's own reports with their answers, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = [] if by.person_id is None else await uow.reports.of_reporter(by.person_id, after(now), limit + 1)
        return page_of([report_view(row) for row in rows], limit, now, lambda view: [str(view.id)])
