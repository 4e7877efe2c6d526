"""What employers do when a time comes: a verification runs out, an invitation was not answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.employers.lifecycle import EMPLOYER, INVITATION
from service.employers.rules import is_overdue
from service.employers.usecases.doors import promised_answer, raise_recheck, tell_owners
from service.errors import Missing
from service.worktime import local_day

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.uow import DueItem, Uow


async def recheck(uow: Uow, item: DueItem) -> None:
    """Open the re-check, remind the owners that the verification runs out, let it lapse, and after some days more
    restrict who has not renewed its papers; an officer checks again."""
    row = await uow.employers.lock(item.subject_id)
    now = await uow.now()
    kind, _, days = item.occurrence.partition(":")
    if kind == "overdue":
        await _restrict_overdue(uow, row, datetime.fromisoformat(item.occurrence.removeprefix("overdue:")), now)
        return
    if row.state != "verified" or row.recheck_at is None:
        return
    if kind == "open":
        await raise_recheck(uow, row, row.recheck_at)
        return
    if kind == "remind":
        day = local_day(row.recheck_at).isoformat()
        await tell_owners(uow, row, "employer.recheck_soon", once=f"{day}:{days}", days=int(days))
    elif row.recheck_at <= now:
        answer = await promised_answer(uow, row.city_code)
        changes = {"answer_by": answer, "recheck_at": None}
        due = row.recheck_at
        await uow.move(row, EMPLOYER, "lapse", by=SYSTEM, at=now, reason="recheck_due", **changes)
        await tell_owners(uow, row, "employer.lapsed", once=str(row.version))
        await raise_recheck(uow, row, due)
        grace = timedelta(days=uow.ctx.policies.at(now, row.city_code).reviews.recheck_grace_days)
        await uow.schedule("employer.recheck", row.id, due + grace, occurrence=f"overdue:{due.isoformat()}")


async def _restrict_overdue(uow: Uow, row: EmployerRow, due: datetime, now: datetime) -> None:
    """Its postings pause by the reactions to the restriction; who has renewed the papers waits for an officer."""
    policy = uow.ctx.policies.at(now, row.city_code).reviews
    days = {"open_days": policy.recheck_open_days, "grace_days": policy.recheck_grace_days}
    if row.state != "applied" or row.recheck_at is not None:
        return
    if not is_overdue(due, row.papers_renewed_at, now, **days):
        return
    reason = "papers_expired"
    await uow.move(row, EMPLOYER, "restrict", by=SYSTEM, at=now, reason=reason, answer_by=None)
    await tell_owners(uow, row, "employer.restricted", once=str(row.version), reason=reason)


async def lapse_invitation(uow: Uow, item: DueItem) -> None:
    """Nobody said yes in time: the number is forgotten."""
    try:
        row = await uow.invitations.lock(item.subject_id)
    except Missing:
        return
    now = await uow.now()
    if row.state == "waiting" and row.expires_at <= now:
        await uow.move(row, INVITATION, "lapse", by=SYSTEM, at=now, closed_at=now, phone_sealed=None)


TIMERS = {"employer.recheck": recheck, "invitation.lapse": lapse_invitation}
