"""Who acts for an employer: invited by number, in by one's own yes, out at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.lifecycle import INVITATION
from service.employers.rules import (
    INVITATION_LIFE,
    INVITATIONS_A_DAY_MOST,
    INVITATIONS_LIVE_MOST,
    check_owner_left,
)
from service.employers.usecases.doors import enter
from service.employers.views import InvitationView, MemberView
from service.errors import Conflict, Gone, Missing, TooMany
from service.reference.rules import check_seen

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import EmployerRow, InvitationRow, MemberRow
    from service.http.caller import Caller
    from service.uow import Uow

DAY = timedelta(days=1)


# -- invitations --------------------------------------------------------------------------------------


async def invite(ctx: Context, employer_id: UUID, *, phone: str, role: str, by: Caller) -> InvitationView:
    """Offer a role to whoever owns the number; the answer never tells whether anybody does.

    Raises Missing, Forbidden, Conflict invitation_exists, invitation_limit, TooMany invitations_a_day.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "manage_members", lock=True)
        invitation = await invite_phone(uow, row, phone=phone, role=role, by=by)
        return uow.answer(_inviting(uow, invitation, row))


async def invite_phone(uow: Uow, row: EmployerRow, *, phone: str, role: str, by: Caller) -> InvitationRow:
    """An invitation in this transaction; people who have proved the number are told."""
    now = await uow.now()
    await _check_limits(uow, row.id, phone, now)
    invitation = uow.invitations.new(employer_id=row.id, role=role, phone=phone, expires_at=now + INVITATION_LIFE)
    await uow.add(invitation, by=by.actor, action="invite")
    await uow.flush()
    await uow.schedule("invitation.lapse", invitation.id, invitation.expires_at)
    for person_id in await uow.invitations.known_people(invitation.phone_hash):
        await uow.tell(
            person_id,
            "employer.invited",
            subject=("invitation", invitation.id),
            dedupe=f"employer.invited:{invitation.id}",
            employer_id=row.id,
        )
    return invitation


async def _check_limits(uow: Uow, employer_id: UUID, phone: str, now: datetime) -> None:
    if len(await uow.invitations.waiting(employer_id)) >= INVITATIONS_LIVE_MOST:
        raise Conflict("invitation_limit", most=INVITATIONS_LIVE_MOST)
    sent = await uow.invitations.sent_since(employer_id, phone, now - DAY)
    if len(sent) >= INVITATIONS_A_DAY_MOST:
        wait = sent[-INVITATIONS_A_DAY_MOST] + DAY - now
        raise TooMany("invitations_a_day", retry_after=math.ceil(wait.total_seconds()), most=INVITATIONS_A_DAY_MOST)


async def list_invitations(ctx: Context, employer_id: UUID, *, by: Caller) -> Sequence[InvitationView]:
    """The employer's open invitations. Raises Missing, Forbidden."""
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "manage_members")
        return [_inviting(uow, invitation, row) for invitation in await uow.invitations.waiting(employer_id)]


async def list_invited(ctx: Context, *, by: Caller) -> Sequence[InvitationView]:
    """What waits for the caller's own proved number."""
    async with ctx.uow() as uow:
        phone_hash = await uow.members.proven_phone(by.person_id)
        if phone_hash is None:
            return []
        found = await uow.invitations.for_phone(phone_hash, await uow.now())
        return [_invited(invitation, employer) for invitation, employer in found]


async def answer_invitation(ctx: Context, invitation_id: UUID, action: str, *, by: Caller) -> InvitationView:
    """Accept or decline what was offered to the caller's own proved number.

    Raises Missing for everybody else, Gone invitation_expired, Conflict wrong_state, member_exists.
    """
    async with ctx.uow() as uow:
        invitation = await uow.invitations.lock(invitation_id)
        phone_hash = await uow.members.proven_phone(by.person_id)
        if phone_hash != invitation.phone_hash or by.person_id is None:
            raise Missing
        now = await uow.now()
        if invitation.state == "waiting" and invitation.expires_at <= now:
            raise Gone("invitation_expired")
        employer = await uow.employers.lock(invitation.employer_id)
        await _close(uow, invitation, action, by)
        if action == "accept":
            member = uow.members.new(employer_id=employer.id, person_id=by.person_id, role=invitation.role)
            await uow.add(member, by=by.actor, action="join")
        return uow.answer(_invited(invitation, employer))


async def withdraw_invitation(ctx: Context, employer_id: UUID, invitation_id: UUID, *, by: Caller) -> InvitationView:
    """Take an offer back. Raises Missing, Forbidden, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "manage_members")
        invitation = await uow.invitations.lock(invitation_id)
        if invitation.employer_id != row.id:
            raise Missing
        await _close(uow, invitation, "withdraw", by)
        return uow.answer(_inviting(uow, invitation, row))


async def _close(uow: Uow, invitation: InvitationRow, action: str, by: Caller) -> None:
    now = await uow.now()
    await uow.unschedule("invitation.lapse", subject_id=invitation.id)
    await uow.move(invitation, INVITATION, action, by=by.actor, at=now, closed_at=now, phone_sealed=None)


def _inviting(uow: Uow, invitation: InvitationRow, employer: EmployerRow) -> InvitationView:
    return _invitation(invitation, employer, uow.invitations.phone_shown(invitation))


def _invited(invitation: InvitationRow, employer: EmployerRow) -> InvitationView:
    return _invitation(invitation, employer, None)


def _invitation(invitation: InvitationRow, employer: EmployerRow, phone: str | None) -> InvitationView:
    return InvitationView(
        id=invitation.id,
        version=invitation.version,
        employer_id=employer.id,
        employer_name=employer.name,
        role=invitation.role,
        state=invitation.state,
        phone_masked=phone,
        expires_at=invitation.expires_at,
    )


# -- members ------------------------------------------------------------------------------------------


async def list_members(ctx: Context, employer_id: UUID, *, by: Caller) -> Sequence[MemberView]:
    """Everybody who acts for the employer. Raises Missing."""
    async with ctx.uow() as uow:
        await enter(uow, employer_id, by, "see")
        rows = await uow.members.live(employer_id)
        return await _views(uow, rows, by)


async def add_member_at_counter(
    ctx: Context, employer_id: UUID, *, person_id: UUID, role: str, on_behalf: str | None, by: Caller
) -> MemberView:
    """An officer enters somebody who says yes at the counter or on the phone; the log names both.

    Raises Missing (employer or person not of the region), Refused on_behalf_needed, Conflict member_exists.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "manage_members", lock=True)
        person, city = await uow.members.active_person(person_id)
        if not by.serves(city):
            raise Missing
        member = uow.members.new(employer_id=row.id, person_id=person, role=role)
        await uow.add(member, by=by.actor.with_yes_of(person, on_behalf), action="join")
        await uow.flush()
        return uow.answer((await _views(uow, [member], by))[0])


async def change_role(
    ctx: Context, employer_id: UUID, member_id: UUID, *, seen: int, role: str, by: Caller
) -> MemberView:
    """Another role, from the next request on. Raises Missing, Forbidden, Stale, Conflict last_owner."""
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "manage_members", lock=True)
        member = await uow.members.get(row.id, member_id)
        check_seen(seen, member.version)
        if member.role == "owner" and role != "owner":
            check_owner_left(await uow.members.owners(row.id), member.person_id)
        await uow.edit(member, by=by.actor, at=await uow.now(), action="change_role", role=role)
        return uow.answer((await _views(uow, [member], by))[0])


async def end_membership(ctx: Context, employer_id: UUID, member_id: UUID, *, by: Caller) -> MemberView:
    """Leave, or be taken out by an owner; effective at once. Raises Missing, Forbidden, Conflict last_owner."""
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "see", lock=True)
        member = await uow.members.get(row.id, member_id)
        if member.person_id != by.person_id:
            await enter(uow, employer_id, by, "manage_members")
        if member.role == "owner":
            check_owner_left(await uow.members.owners(row.id), member.person_id)
        now = await uow.now()
        await uow.edit(member, by=by.actor, at=now, action="leave", left_at=now)
        return uow.answer((await _views(uow, [member], by))[0])


async def _views(uow: Uow, rows: Sequence[MemberRow], by: Caller) -> list[MemberView]:
    shown = await uow.members.shown([row.person_id for row in rows])
    return [
        MemberView(
            id=row.id,
            version=row.version,
            employer_id=row.employer_id,
            name=shown[row.person_id][0],
            phone_masked=shown[row.person_id][1],
            role=row.role,
            me=row.person_id == by.person_id,
            created_at=row.created_at,
        )
        for row in rows
    ]
