"""What employers do when a time comes: a verification runs out, an invitation was not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.employers.lifecycle import EMPLOYER, INVITATION
from service.employers.usecases.doors import promised_answer, tell_owners
from service.errors import Missing
from service.worktime import local_day

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def recheck(uow: Uow, item: DueItem) -> None:
    """Remind the owners that the verification runs out, or let it lapse; an officer checks again."""
    row = await uow.employers.lock(item.subject_id)
    now = await uow.now()
    if row.state != "verified" or row.recheck_at is None:
        return
    kind, _, days = item.occurrence.partition(":")
    if kind == "remind":
        day = local_day(row.recheck_at).isoformat()
        await tell_owners(uow, row, "employer.recheck_soon", once=f"{day}:{days}", days=int(days))
    elif row.recheck_at <= now:
        answer = await promised_answer(uow, row.city_code)
        changes = {"answer_by": answer, "recheck_at": None}
        await uow.move(row, EMPLOYER, "lapse", by=SYSTEM, at=now, reason="recheck_due", **changes)
        await tell_owners(uow, row, "employer.lapsed", once=str(row.version))


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
