"""Staff accounts, kept by administrators; changes take effect with the next request of the account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.access.lifecycle import STAFF
from service.access.passwords import common_passwords, hash_password, password_matches
from service.access.rules import check_password, check_staff_regions, password_form
from service.access.views import StaffView
from service.context import Context
from service.errors import Conflict, Refused, Stale, Unauthenticated
from service.pages import After, Page, page_of
from service.reference.catalogue import regions as known_regions
from service.text import mask_phone

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.policies.model import AccessPolicy
    from service.uow import Uow

log = structlog.get_logger("access")


async def create_staff(
    ctx: Context,
    *,
    username: str,
    password: str,
    phone: str,
    display_name: str,
    role: str,
    regions: list[str],
    venue_id: UUID | None,
    by: Caller,
) -> StaffView:
    """A new officer or admin. Raises Refused for password, regions or venue; Conflict `username_taken`."""
    check_staff_regions(role, regions, known_regions())
    hashed = await _hashed(ctx, password, username)
    async with ctx.uow() as uow:
        await _check_venue(uow, venue_id)
        row = uow.accounts.new_staff(
            username=username,
            display_name=display_name,
            role=role,
            regions=regions,
            venue_id=venue_id,
            password_hash=hashed,
            phone=phone,
        )
        await uow.add(row, by=by.actor)
        return uow.answer(_view(uow, row))


async def list_staff(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[StaffView]:
    """Every account, closed ones too, in the order of their making."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.accounts.all_staff(after=after(now), limit=limit + 1)
        return page_of([_view(uow, row) for row in rows], limit, now, lambda view: [str(view.id)])


async def get_staff(ctx: Context, staff_id: UUID, *, by: Caller) -> StaffView:
    """One account. Raises Missing."""
    async with ctx.uow() as uow:
        return _view(uow, await uow.accounts.staff(staff_id))


async def change_staff(ctx: Context, staff_id: UUID, *, seen: int, changes: dict[str, Any], by: Caller) -> StaffView:
    """Change display name, role, regions or venue. A new role ends the person's sessions.

    Raises Missing, Stale, Refused, Conflict `own_account` for an admin's own role.
    """
    async with ctx.uow() as uow:
        row = await uow.accounts.staff(staff_id, lock=True)
        if row.version != seen:
            raise Stale("version_stale", field="header:If-Match", present=row.version)
        role = changes.get("role", row.role)
        if role != row.role and row.id == by.account_id:
            raise Conflict("own_account")
        check_staff_regions(role, changes.get("regions", row.regions), known_regions())
        await _check_venue(uow, changes.get("venue_id"))
        if role != row.role:
            await uow.access.close_sessions("role_changed", staff_id=row.id)
        await uow.edit(row, by=by.actor, at=await uow.now(), **changes)
        return uow.answer(_view(uow, row))


async def close_staff(ctx: Context, staff_id: UUID, *, by: Caller) -> StaffView:
    """Close an account and end its sessions. Raises Missing, Conflict (own account, closed already)."""
    async with ctx.uow() as uow:
        row = await uow.accounts.staff(staff_id, lock=True)
        if row.id == by.account_id:
            raise Conflict("own_account")
        await uow.move(row, STAFF, "close", by=by.actor, at=await uow.now())
        await uow.access.close_sessions("account_closed", staff_id=row.id)
        log.info("staff_closed", staff_id=str(row.id), request_id=ctx.request_id)
        return uow.answer(_view(uow, row))


async def reopen_staff(ctx: Context, staff_id: UUID, *, by: Caller) -> StaffView:
    """Open a closed account again. Raises Missing, Conflict."""
    async with ctx.uow() as uow:
        row = await uow.accounts.staff(staff_id, lock=True)
        await uow.move(row, STAFF, "reopen", by=by.actor, at=await uow.now())
        return uow.answer(_view(uow, row))


async def reset_staff_credentials(
    ctx: Context, staff_id: UUID, *, password: str | None, phone: str | None, by: Caller
) -> StaffView:
    """A new password, phone or both for somebody who lost them; ends the account's sessions.

    Raises Missing, Forbidden `step_up_needed`, Refused for the password.
    """
    async with replace(ctx, once=None).uow() as uow:
        username = (await uow.accounts.staff(staff_id)).username
    changes: dict[str, Any] = {}
    if password is not None:
        changes["password_hash"] = await _hashed(ctx, password, username)
    async with ctx.uow() as uow:
        await uow.access.require_fresh(by)
        row = await uow.accounts.staff(staff_id, lock=True)
        changes |= uow.accounts.sealed_phone(phone) if phone else {}
        await uow.edit(row, by=by.actor, at=await uow.now(), action="reset_credentials", **changes)
        await uow.access.close_sessions("credentials_reset", keep=by.session_id, staff_id=row.id)
        return uow.answer(_view(uow, row))


async def change_my_password(ctx: Context, *, present: str, password: str, by: Caller) -> None:
    """A new password of one's own; other sessions end. Raises Unauthenticated, Forbidden, Refused."""
    async with ctx.uow() as uow:  # one transaction: a repetition with its key must not be weighed against the new one
        await uow.access.require_fresh(by)
        row = await uow.accounts.staff(by.account_id, lock=True)
        if not await password_matches(password_form(present), row.password_hash):
            raise Unauthenticated("sign_in_failed")
        hashed = await _hashed_by(await uow.access.policy(), password, row.username)
        await uow.edit(row, by=by.actor, at=await uow.now(), action="change_password", password_hash=hashed)
        await uow.access.close_sessions("password_changed", keep=by.session_id, staff_id=row.id)
        uow.answer(None)


async def _hashed(ctx: Context, password: str, username: str) -> str:
    async with replace(ctx, once=None).uow() as uow:
        policy = await uow.access.policy()
    return await _hashed_by(policy, password, username)


async def _hashed_by(policy: AccessPolicy, password: str, username: str) -> str:
    formed = password_form(password)
    check_password(formed, username, common_passwords(), policy)
    return await hash_password(formed)


async def _check_venue(uow: Uow, venue_id: UUID | None) -> None:
    if venue_id is not None and await uow.accounts.venue_city(venue_id) is None:
        raise Refused("venue_unknown", field="/venue_id")


def _view(uow: Uow, row: Any) -> StaffView:
    return StaffView(
        id=row.id,
        version=row.version,
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        regions=tuple(row.regions),
        venue_id=row.venue_id,
        phone_masked=mask_phone(uow.accounts.phone_of(row)),
        state=row.state,
        created_at=row.created_at,
    )
