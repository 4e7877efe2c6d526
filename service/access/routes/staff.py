"""Signing in as staff; keeping staff accounts."""

from __future__ import annotations

from service.access.schemas.sessions import CodeSentOut, TokensOut
from service.access.schemas.staff import (
    PasswordIn,
    StaffCredentialsIn,
    StaffIn,
    StaffOut,
    StaffPage,
    StaffPatch,
    StaffSignInIn,
    StaffVerifyIn,
)
from service.access.usecases import staff, staff_sessions
from service.errors import Refused
from service.http.caller import ADMIN, ANYBODY, OFFICER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import problems
from service.http.routing import Address, By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("access")


@router.post(
    "/staff/sessions",
    status_code=202,
    summary="Staff: the password",
    responses=problems(400, 401, 409, 415, 422, 429),
)
@may(ANYBODY, sensitive=True, key="optional")
async def start_staff_session(ctx: Ctx, body: StaffSignInIn, address: Address) -> CodeSentOut:
    """The right password sends a code to the staff phone; a wrong one and an unknown name look the same."""
    sent = await staff_sessions.start_staff_session(
        ctx, username=body.username, password=body.password, address=address
    )
    return CodeSentOut.model_validate(sent)


@router.post("/staff/sessions/verify", summary="Staff: the code", responses=problems(400, 401, 409, 415, 422, 429))
@may(ANYBODY, sensitive=True, key="optional")
async def verify_staff_session(ctx: Ctx, body: StaffVerifyIn, address: Address) -> TokensOut:
    """The right code opens the session: idle 30 minutes, at most 10 hours."""
    made = await staff_sessions.verify_staff_session(
        ctx, challenge_id=body.challenge_id, code=body.code, label=body.label, address=address
    )
    return TokensOut.model_validate(made)


@router.post(
    "/staff", status_code=201, summary="New officer or admin", responses=problems(400, 401, 403, 409, 415, 422)
)
@may(ADMIN, sensitive=True, key="optional", location="/v1/staff/{value.id}")
async def create_staff(ctx: Ctx, body: StaffIn, by: By) -> StaffOut:
    """An account with its first password; its owner changes it after the first sign-in."""
    return StaffOut.model_validate(await staff.create_staff(ctx, **body.model_dump(), by=by))


@router.get("/staff", summary="Staff accounts", responses=problems(400, 401, 403, 410, 422))
@may(ADMIN)
async def list_staff(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> StaffPage:
    """Every account, closed ones too."""
    filters = {"list": "staff"}
    page = await staff.list_staff(ctx, after=after_cursor(ctx, cursor, filters, id_of), limit=limit, by=by)
    return StaffPage.model_validate(paged(ctx, page, filters))


@router.get("/staff/{staff_id}", summary="One staff account", responses=problems(401, 403, 404))
@may(ADMIN, object="staff")
async def get_staff(ctx: Ctx, staff_id: Id, by: By) -> StaffOut:
    """One account."""
    return StaffOut.model_validate(await staff.get_staff(ctx, staff_id, by=by))


@router.patch(
    "/staff/{staff_id}",
    summary="Change a staff account",
    responses=problems(400, 401, 403, 404, 409, 412, 415, 422, 428),
)
@may(ADMIN, object="staff", key="optional")
async def change_staff(ctx: Ctx, staff_id: Id, body: StaffPatch, seen: IfMatch, by: By) -> StaffOut:
    """Regions and venue count from the next request on; a new role ends the person's sessions."""
    changes = body.model_dump(exclude_unset=True)
    return StaffOut.model_validate(await staff.change_staff(ctx, staff_id, seen=seen, changes=changes, by=by))


@router.post("/staff/{staff_id}/close", summary="Close a staff account", responses=problems(401, 403, 404, 409, 422))
@may(ADMIN, object="staff", key="optional")
async def close_staff(ctx: Ctx, staff_id: Id, by: By) -> StaffOut:
    """Ends the account's sessions at once; nobody closes the own account."""
    return StaffOut.model_validate(await staff.close_staff(ctx, staff_id, by=by))


@router.post(
    "/staff/{staff_id}/reopen", summary="Open a staff account again", responses=problems(401, 403, 404, 409, 422)
)
@may(ADMIN, object="staff", key="optional")
async def reopen_staff(ctx: Ctx, staff_id: Id, by: By) -> StaffOut:
    """The account works again; its old sessions do not."""
    return StaffOut.model_validate(await staff.reopen_staff(ctx, staff_id, by=by))


@router.post(
    "/staff/{staff_id}/credentials",
    summary="New password or phone for staff",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(ADMIN, object="staff", sensitive=True, key="optional")
async def reset_staff_credentials(ctx: Ctx, staff_id: Id, body: StaffCredentialsIn, by: By) -> StaffOut:
    """For somebody who lost them; ends the account's sessions. Needs a fresh second factor."""
    if body.password is None and body.phone is None:
        raise Refused("password_or_phone_needed", field="/password")
    made = await staff.reset_staff_credentials(ctx, staff_id, password=body.password, phone=body.phone, by=by)
    return StaffOut.model_validate(made)


@router.post(
    "/me/password",
    status_code=204,
    summary="Change my password",
    responses=problems(400, 401, 403, 409, 415, 422),
)
@may(OFFICER, ADMIN, sensitive=True, key="optional")
async def change_my_password(ctx: Ctx, body: PasswordIn, by: By) -> None:
    """Ends the caller's other sessions. Needs a fresh second factor."""
    await staff.change_my_password(ctx, present=body.present, password=body.password, by=by)
