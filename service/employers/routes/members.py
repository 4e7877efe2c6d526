"""Members of an employer and invitations to become one."""

from __future__ import annotations

from typing import Any

from service.employers.schemas import (
    InvitationIn,
    InvitationOut,
    InvitationsOut,
    MemberIn,
    MemberOut,
    MemberPatch,
    MembersOut,
)
from service.employers.usecases import members
from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("employers")


@router.get(
    "/employers/{employer_id}/members",
    response_model=MembersOut,
    responses=problems(401, 403, 404),
    summary="Who acts for an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def list_members(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """Owners, managers (post and decide) and clerks (attendance only)."""
    return {"items": await members.list_members(ctx, employer_id, by=by)}


@router.post(
    "/employers/{employer_id}/members",
    status_code=201,
    response_model=MemberOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Enter a member who says yes at the counter",
)
@may(OFFICER, ADMIN, object="employer", key="optional")
async def add_member(ctx: Ctx, employer_id: Id, body: MemberIn, by: By, on_behalf: OnBehalf) -> Any:
    """For people without a phone of their own; members themselves invite by number."""
    return await members.add_member_at_counter(ctx, employer_id, by=by, on_behalf=on_behalf, **body.model_dump())


@router.patch(
    "/employers/{employer_id}/members/{member_id}",
    response_model=MemberOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Give a member another role",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def change_member(ctx: Ctx, employer_id: Id, member_id: Id, body: MemberPatch, version: IfMatch, by: By) -> Any:
    """From the next request on. One owner must remain."""
    return await members.change_role(ctx, employer_id, member_id, seen=version, role=body.role, by=by)


@router.post(
    "/employers/{employer_id}/members/{member_id}/end",
    response_model=MemberOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Leave an employer, or take a member out",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def end_membership(ctx: Ctx, employer_id: Id, member_id: Id, by: By) -> Any:
    """Effective at once. The last owner cannot go."""
    return await members.end_membership(ctx, employer_id, member_id, by=by)


@router.get(
    "/employers/{employer_id}/invitations",
    response_model=InvitationsOut,
    responses=problems(401, 403, 404),
    summary="Open invitations of an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def list_member_invitations(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """Numbers are masked."""
    return {"items": await members.list_invitations(ctx, employer_id, by=by)}


@router.post(
    "/employers/{employer_id}/invitations",
    status_code=201,
    response_model=InvitationOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    summary="Offer a role to the owner of a phone number",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def invite_member(ctx: Ctx, employer_id: Id, body: InvitationIn, by: By) -> Any:
    """The answer is the same whether anybody is known under the number or not."""
    return await members.invite(ctx, employer_id, by=by, **body.model_dump())


@router.post(
    "/employers/{employer_id}/invitations/{invitation_id}/withdraw",
    response_model=InvitationOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Take an invitation back",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def withdraw_invitation(ctx: Ctx, employer_id: Id, invitation_id: Id, by: By) -> Any:
    """While it is open."""
    return await members.withdraw_invitation(ctx, employer_id, invitation_id, by=by)


@router.get(
    "/invitations",
    response_model=InvitationsOut,
    responses=problems(401, 403),
    summary="Invitations for my phone number",
)
@may(WORKER, MEMBER, object="invitation")
async def list_my_invitations(ctx: Ctx, by: By) -> Any:
    """For a number that was proved with a code."""
    return {"items": await members.list_invited(ctx, by=by)}


@router.post(
    "/invitations/{invitation_id}/accept",
    response_model=InvitationOut,
    responses=problems(400, 401, 403, 404, 409, 410, 422),
    summary="Say yes to an invitation",
)
@may(WORKER, MEMBER, object="invitation", key="optional")
async def accept_invitation(ctx: Ctx, invitation_id: Id, by: By) -> Any:
    """Only with the number that was invited; then sign in as a member of this employer."""
    return await members.answer_invitation(ctx, invitation_id, "accept", by=by)


@router.post(
    "/invitations/{invitation_id}/decline",
    response_model=InvitationOut,
    responses=problems(400, 401, 403, 404, 409, 410, 422),
    summary="Say no to an invitation",
)
@may(WORKER, MEMBER, object="invitation", key="optional")
async def decline_invitation(ctx: Ctx, invitation_id: Id, by: By) -> Any:
    """Only with the number that was invited."""
    return await members.answer_invitation(ctx, invitation_id, "decline", by=by)
