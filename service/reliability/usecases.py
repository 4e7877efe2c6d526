"""Look at what counts, contest a mark, decide on one that somebody else has caused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, Actor
from service.applications.rules import act_for, check_decides
from service.errors import Conflict, Missing
from service.pages import After, Page, page_of
from service.reference.rules import check_reason
from service.reliability import rules
from service.reliability.lifecycle import MARK
from service.reliability.marking import locked, side_of, subject_of, take_back, write_down
from service.reliability.views import MarkView, ReliabilityPage, barred, excuses_of, mark_view, side_view
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service.context import Context
    from service.http.caller import Caller
    from service.policies.model import Policies
    from service.reference.data.shapes import Reason
    from service.reliability.tables import ReliabilityEventRow
    from service.uow import Uow


async def list_worker_marks(ctx: Context, worker_id: UUID, *, by: Caller, after: After, limit: int) -> ReliabilityPage:
    """A worker's own record, or one that an officer of the region looks at. Raises Missing."""
    async with ctx.uow() as uow:
        await _check_sees(uow, "worker", worker_id, by)
        return await _page(uow, "worker", await uow.workers.get(worker_id), by, after, limit)


async def list_employer_marks(
    ctx: Context, employer_id: UUID, *, by: Caller, after: After, limit: int
) -> ReliabilityPage:
    """An employer's record, for its members and the officers of its region. Raises Missing."""
    async with ctx.uow() as uow:
        await _check_sees(uow, "employer", employer_id, by)
        return await _page(uow, "employer", await uow.employers.get(employer_id), by, after, limit)


async def _check_sees(uow: Uow, side: str, subject_id: UUID, by: Caller) -> None:
    """Their own, and the officers of the place; everybody else as if it were not there. Raises Missing."""
    if side == "worker":
        seen = by.person_id == subject_id if by.role == "worker" else await _serves_worker(uow, subject_id, by)
    elif by.role == "member":
        seen = by.employer_id == subject_id and await uow.members.role_of(subject_id, by.person_id) is not None
    else:
        employer = await uow.employers.get(subject_id)
        seen = by.role in STAFF and by.serves_any(employer.city_code, employer.district_code)
    if not seen:
        raise Missing


async def _serves_worker(uow: Uow, worker_id: UUID, by: Caller) -> bool:
    return by.role in STAFF and await uow.people.is_seen(worker_id, by)


async def _page(uow: Uow, side: str, subject: Any, by: Caller, after: After, limit: int) -> ReliabilityPage:
    now = await uow.now()
    policies = uow.ctx.policies.at(now, subject.city_code)
    found = await uow.reliability.page(side, subject.id, after=after(now), limit=limit + 1)
    excuses = excuses_of(await uow.reference.catalogue())
    views = [_shown(uow, each, by, policies, excuses, now) for each in found]
    page = page_of(views, limit, now, lambda view: [view.at.isoformat(), str(view.id)])
    return uow.answer(side_view(subject, side, page, policies=policies, now=now))


def _officer(by: Caller) -> UUID | None:
    return by.account_id if by.role in STAFF else None


async def list_contested_marks(ctx: Context, *, by: Caller, after: After, limit: int) -> Page[MarkView]:
    """What waits for a decision in the caller's regions, by due time."""
    async with ctx.uow() as uow:
        now = await uow.now()
        found = await uow.reliability.contested(by.served, after=after(now), limit=limit + 1)
        views = [await _view(uow, each, by) for each in found]
        return page_of(views, limit, now, lambda view: [_time(view), str(view.id)])


def _time(view: MarkView) -> str:
    return view.decide_by.isoformat() if view.decide_by else ""


async def contest_mark(
    ctx: Context, event_id: UUID, *, reason: str, words: str, on_behalf: str | None, by: Caller
) -> MarkView:
    """Once, within the policy's days, in words; it does not count until another officer has decided.

    Raises Missing, Forbidden for clerks, Refused contest_words_short, reason_unknown, on_behalf_needed, Conflict
    mark_speaks_for_you, contest_too_late, wrong_state.
    """
    async with ctx.uow() as uow:
        row, actor = await _own(uow, event_id, by, on_behalf)
        rules.check_words(words)
        catalogue = await uow.reference.catalogue()
        check_reason(catalogue.reasons("reliability_contest"), reason)
        now = await uow.now()
        policy = uow.ctx.policies.at(now, row.city_code).reliability
        if row.state != "counted":
            raise _wrong_state(row, "contest")
        rules.check_contestable(row.kind, row.at, now, policy)
        due = catalogue.working_days_after(local_day(now), policy.contest_decide_working_days)
        said = {"contest_reason": reason, "contest_words": words, "contested_at": now}
        said |= {"contested_for": by.account_id if by.role in STAFF else None, "decide_by": end_of_day(due)}
        await uow.move(row, MARK, "contest", by=actor, at=now, reason=reason, **said)
        await write_down(uow, side_of(row), subject_of(row), by=actor, at=now)
        return uow.answer(await _view(uow, await uow.reliability.with_work(row.id), by))


def _wrong_state(row: ReliabilityEventRow, action: str) -> Conflict:
    """Whoever asks may contest, if anything: excuses come from elsewhere, and nobody decides before."""
    possible = [each for each in MARK.possible(row.state) if each == "contest"]
    return Conflict("wrong_state", noun=MARK.name, state=row.state, action=action, possible=possible)


async def _own(uow: Uow, event_id: UUID, by: Caller, on_behalf: str | None) -> tuple[ReliabilityEventRow, Actor]:
    """The mark behind its worker's or employer's lock, and who contests it. Raises Missing."""
    seen = await uow.reliability.get(event_id)
    side, subject_id = side_of(seen), subject_of(seen)
    await _check_sees(uow, side, subject_id, by)
    if side == "employer":
        check_decides(by, subject_id)
        actor = by.actor
    else:
        actor = act_for(by, subject_id, on_behalf)
    await locked(uow, side, subject_id)
    return await uow.reliability.lock(event_id), actor


async def decide_mark(
    ctx: Context, event_id: UUID, *, outcome: str, reason: str, sentence: str | None, by: Caller
) -> MarkView:
    """Excused: it counts no more. Upheld: it counts again, and cannot be contested once more.

    Raises Missing, Refused reason_unknown, Conflict wrong_state, contest_own_mark for who has caused or entered it.
    """
    async with ctx.uow() as uow:
        seen = await uow.reliability.get(event_id)
        side, subject_id = side_of(seen), subject_of(seen)
        if seen.city_code is not None and not by.serves(seen.city_code):
            raise Missing
        check_reason((await uow.reference.catalogue()).reasons("reliability_decision"), reason)
        await locked(uow, side, subject_id)
        row = await uow.reliability.lock(event_id)
        if row.state != "contested":
            raise _wrong_state(row, outcome)
        rules.check_another(barred(row), by.account_id)
        now = await uow.now()
        said = {"decided_by": by.account_id, "decided_at": now, "decision_reason": reason, "sentence": sentence}
        if outcome == "excuse":
            await take_back(uow, row, reason, by=by.actor, at=now, **said)
        else:
            await uow.move(row, MARK, "uphold", by=by.actor, at=now, reason=reason, **said)
            await write_down(uow, side, subject_id, by=by.actor, at=now)
        found = await uow.reliability.with_work(row.id)
        await _tell(uow, row, found[1])
        return uow.answer(await _view(uow, found, by))


async def _tell(uow: Uow, row: ReliabilityEventRow, title: str | None) -> None:
    """Whose mark it is hears how it ended."""
    people = [row.worker_id] if row.worker_id is not None else []
    if row.employer_id is not None:
        people = list(await uow.members.deciders(row.employer_id))
    for person_id in people:
        await uow.tell(
            person_id,
            f"reliability.{row.state}",
            params={"title": title or "", "reason": row.decision_reason},
            subject=("reliability_event", row.id),
            dedupe=f"reliability.{row.state}:{row.id}",
            employer_id=row.employer_id,
        )


async def _view(uow: Uow, found: tuple[Any, Any, Any], by: Caller) -> MarkView:
    """By the rules of the place of the work."""
    now = await uow.now()
    excuses = excuses_of(await uow.reference.catalogue())
    return _shown(uow, found, by, uow.ctx.policies.at(now, found[0].city_code), excuses, now)


def _shown(
    uow: Uow,
    found: tuple[Any, Any, Any],
    by: Caller,
    policies: Policies,
    excuses: Mapping[str, Reason],
    now: datetime,
) -> MarkView:
    officer, language = _officer(by), uow.ctx.language
    return mark_view(*found, policies=policies, now=now, officer=officer, excuses=excuses, language=language)
