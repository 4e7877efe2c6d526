"""An officer compares an employer with its papers, again every few months, and may hold it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.employers.lifecycle import EMPLOYER
from service.employers.rules import (
    DUE_SOON,
    check_held_back,
    check_papers,
    check_recheck_open,
    named,
    needs_verification,
    recheck_at,
    recheck_opens_at,
    reminders,
)
from service.employers.usecases.doors import enter, raise_recheck, tell_owners, view_of
from service.employers.views import EmployerView
from service.errors import Conflict
from service.pages import After, Page
from service.reference.rules import check_reason
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow

REASONS = {"refuse": "verification_reject", "restrict": "employer_restrict", "suspend": "employer_suspend"}


def _regions(by: Caller) -> tuple[str, ...] | None:
    return None if by.role == "admin" else by.regions


async def list_for_review(ctx: Context, which: str, *, after: After, limit: int, by: Caller) -> Page[EmployerView]:
    """The caller's region: `waiting` applications by promised answer, or verifications `due_soon` by lapse."""
    async with ctx.uow() as uow:
        now = await uow.now()
        key = after(now)
        if which == "waiting":
            rows = await uow.employers.waiting(_regions(by), key, limit + 1)
        else:
            rows = await uow.employers.due_soon(_regions(by), now + DUE_SOON, key, limit + 1)
        views = [await view_of(uow, row, by) for row in rows[:limit]]
        return Page(views, _last(views[-1], which) if len(rows) > limit else None, now)


def _last(view: EmployerView, which: str) -> list[Any]:
    moment = view.answer_by if which == "waiting" else view.recheck_at
    return [moment.isoformat() if moment else None, str(view.id)]


async def find(
    ctx: Context, *, text: str | None, state: str | None, after: After, limit: int, by: Caller
) -> Page[EmployerView]:
    """Employers of the caller's region by part of the name or whole credit code, the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.employers.found(_regions(by), text, state, after(now), limit + 1)
        views = [await view_of(uow, row, by) for row in rows[:limit]]
        return Page(views, [str(views[-1].id)] if len(rows) > limit else None, now)


async def verify(ctx: Context, employer_id: UUID, *, by: Caller) -> EmployerView:
    """The papers fit, also the name that waited: verified from now, to be checked again after the policy's months.

    A household has no papers to compare: one that was held back is let in again, unverified as before.
    Raises Missing, Conflict wrong_state, household_not_verified.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "see", lock=True)
        now = await uow.now()
        if not needs_verification(row.kind):
            check_held_back(row.state)
            await uow.move(row, EMPLOYER, "readmit", by=by.actor, at=now, review_note=None)
            await tell_owners(uow, row, "employer.readmitted", once=str(row.version))
            return uow.answer(await view_of(uow, row, by))
        due = recheck_at(now, uow.ctx.policies.at(now, row.city_code).access.employer_verification_months)
        await uow.unschedule("employer.recheck", subject_id=row.id)
        await uow.move(
            row,
            EMPLOYER,
            "verify",
            by=by.actor,
            at=now,
            verified_at=now,
            verified_by=by.account_id,
            recheck_at=due,
            answer_by=None,
            review_note=None,
            **named(row.name, row.new_name or row.name, verified_once=False),
        )
        await _plan_recheck(uow, row, due, now)
        await tell_owners(uow, row, "employer.verified", once=str(row.version), until=local_day(due).isoformat())
        return uow.answer(await view_of(uow, row, by))


async def _plan_recheck(uow: Uow, row: EmployerRow, due: datetime, now: datetime) -> None:
    for days, moment in reminders(due, now):
        await uow.schedule("employer.recheck", row.id, moment, occurrence=f"remind:{days}")
    opens = recheck_opens_at(due, uow.ctx.policies.at(now, row.city_code).reviews.recheck_open_days)
    await uow.schedule("employer.recheck", row.id, max(opens, now), occurrence="open")
    await uow.schedule("employer.recheck", row.id, due, occurrence="lapse")


async def renew_papers(ctx: Context, employer_id: UUID, *, licence_number: str | None, by: Caller) -> EmployerView:
    """The employer says that its licence is valid (an agency also its permit's number); an officer looks at it.

    Raises Missing, Forbidden, Conflict recheck_not_open, Refused for a number that does not fit its kind.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "edit_profile", lock=True)
        now = await uow.now()
        days = uow.ctx.policies.at(now, row.city_code).reviews.recheck_open_days
        check_recheck_open(row.state, row.recheck_at, row.verified_at, now, days)
        number = licence_number or row.licence_number
        check_papers(row.kind, row.credit_code, number)
        changes: dict[str, Any] = {"licence_number": number, "papers_renewed_at": now}
        await uow.edit(row, by=by.actor, at=now, action="renew", **changes)
        await raise_recheck(uow, row, row.recheck_at or now)
        return uow.answer(await view_of(uow, row, by))


async def hold_back(
    ctx: Context, employer_id: UUID, action: str, *, reason: str, note: str | None, by: Caller
) -> EmployerView:
    """Refuse, restrict or suspend, with a coded reason; the owners are told.

    Raises Missing, Refused reason_unknown, Conflict wrong_state, and employer_held where a second officer decides.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "see", lock=True)
        check_reason((await uow.reference.catalogue()).reasons(REASONS[action]), reason)
        if row.state == "held":
            raise Conflict("employer_held")
        await uow.unschedule("employer.recheck", subject_id=row.id)
        await uow.move(
            row,
            EMPLOYER,
            action,
            by=by.actor,
            at=await uow.now(),
            reason=reason,
            answer_by=None,
            recheck_at=None,
            review_note=note,
        )
        await tell_owners(uow, row, f"employer.{_DONE[action]}", once=str(row.version), reason=reason)
        return uow.answer(await view_of(uow, row, by))


_DONE = {"refuse": "refused", "restrict": "restricted", "suspend": "suspended"}
