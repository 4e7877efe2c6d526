"""Applying as an employer, the profile, the public page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.employers.schemas import (
    ContactIn,
    ContactOut,
    EmployerIn,
    EmployerOut,
    EmployerPatch,
    EmployerRegistrationIn,
    OwnEmployersOut,
    PublicEmployerOut,
    RegisteredEmployerOut,
)
from service.employers.usecases import profile
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER, Caller
from service.http.responses import problems
from service.http.routing import By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("employers")
EMPTIED = {"district_code", "address", "licence_number"}


@router.post(
    "/employers",
    status_code=201,
    response_model=EmployerOut,
    responses=problems(400, 401, 403, 409, 413, 415, 422, 429),
    summary="Apply as an employer",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="employer", key="optional", location="/v1/employers/{value.id}/profile")
async def apply_as_employer(ctx: Ctx, body: EmployerIn, by: By) -> Any:
    """A person becomes the owner. An officer applies for a boss on the phone, who is offered the owner's place.

    `answer_by` says until when an officer answers. Households are not verified; their postings are reviewed.
    """
    return await profile.apply(ctx, by=by, **body.model_dump())


@router.post(
    "/employers/registrations",
    status_code=201,
    response_model=RegisteredEmployerOut,
    responses=problems(400, 401, 409, 413, 415, 422, 429),
    summary="Register as an employer without an account",
)
@may(ANYBODY, object="employer", key="optional", sensitive=True)
async def register_employer(ctx: Ctx, body: EmployerRegistrationIn) -> Any:
    """The holder of a ticket becomes a person, the owner of the new employer, and is signed in for it."""
    return await profile.register(ctx, open_as=_owner, **body.model_dump())


def _owner(person_id: UUID, employer_id: UUID) -> Caller:
    return Caller(MEMBER, person_id, person_id=person_id, employer_id=employer_id, member_role="owner")


@router.get(
    "/employers/mine",
    response_model=OwnEmployersOut,
    responses=problems(401, 403),
    summary="The employers for which I act",
)
@may(WORKER, MEMBER, object="employer")
async def list_my_employers(ctx: Ctx, by: By) -> Any:
    """With my role in each; signing in as a member works for one of them."""
    return {"items": await profile.list_own(ctx, by=by)}


@router.get(
    "/employers/{employer_id}",
    response_model=PublicEmployerOut,
    responses=problems(401, 404),
    summary="The public page of an employer",
)
@may(ANYBODY)
async def get_employer(ctx: Ctx, employer_id: Id) -> Any:
    """Name, kind and since when an officer vouches for it; never a contact."""
    return await profile.read_public(ctx, employer_id)


@router.get(
    "/employers/{employer_id}/profile",
    response_model=EmployerOut,
    responses=problems(401, 403, 404),
    summary="The whole profile of an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer")
async def get_employer_profile(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """For its members and the officers of its region."""
    return await profile.read_own(ctx, employer_id, by=by)


@router.patch(
    "/employers/{employer_id}",
    response_model=EmployerOut,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    summary="Change the profile of an employer",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def change_employer(ctx: Ctx, employer_id: Id, body: EmployerPatch, version: IfMatch, by: By) -> Any:
    """A new name, credit code or licence of a verified employer is compared with the papers again."""
    sent = body.model_dump(exclude_unset=True)
    changes = {name: value for name, value in sent.items() if value is not None or name in EMPTIED}
    return await profile.change(ctx, employer_id, seen=version, changes=changes, by=by)


@router.post(
    "/employers/{employer_id}/reapply",
    response_model=EmployerOut,
    responses=problems(400, 401, 403, 404, 409, 422),
    summary="Ask again after a refusal",
)
@may(MEMBER, OFFICER, ADMIN, object="employer", key="optional")
async def reapply_employer(ctx: Ctx, employer_id: Id, by: By) -> Any:
    """With the papers put right; the officer's answer is promised anew."""
    return await profile.reapply(ctx, employer_id, by=by)


@router.post(
    "/employers/{employer_id}/contact",
    response_model=ContactOut,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Open the contact of an employer, with a purpose",
)
@may(OFFICER, ADMIN, object="employer", sensitive=True, key="optional")
async def unmask_employer_contact(ctx: Ctx, employer_id: Id, body: ContactIn, by: By) -> Any:
    """Every look is a line in the log."""
    return await profile.show_contact(ctx, employer_id, purpose=body.purpose, by=by)
