"""A person's own record and consents; what officers do for people at the counter."""

from __future__ import annotations

from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.responses import problems
from service.http.routing import Address, By, Ctx, IfMatch, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.people.rules import Scope
from service.people.schemas import (
    ConsentIn,
    ConsentOut,
    ConsentsOut,
    ConsentTextsOut,
    CounterPhoneIn,
    DetachIn,
    FindIn,
    MergeIn,
    OwnPersonOut,
    OwnPersonPatch,
    OwnPhoneIn,
    PeopleOut,
    PersonOut,
    UnmaskedOut,
    UnmaskIn,
    UnmaskingsOut,
)
from service.people.usecases import consents, counter, merging, own

router = make_router("people")
STAFF = (OFFICER, ADMIN)


@router.get("/me/person", summary="My record", responses=problems(401, 403))
@may(WORKER, MEMBER, sensitive=True)
async def get_my_person(ctx: Ctx, by: By) -> OwnPersonOut:
    """Name in clear (masked at a kiosk), phone and identity number masked."""
    return OwnPersonOut.model_validate(await own.get_my_person(ctx, by=by))


@router.patch("/me/person", summary="Change my record", responses=problems(400, 401, 403, 409, 412, 415, 422, 428))
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def change_my_person(ctx: Ctx, body: OwnPersonPatch, seen: IfMatch, by: By) -> OwnPersonOut:
    """Name and language."""
    changes = body.model_dump(exclude_unset=True)
    return OwnPersonOut.model_validate(await own.change_my_person(ctx, seen=seen, changes=changes, by=by))


@router.post("/me/phone", summary="Move to another number", responses=problems(400, 401, 403, 409, 415, 422, 429))
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def change_my_phone(ctx: Ctx, body: OwnPhoneIn, address: Address, by: By) -> OwnPersonOut:
    """With a code to the new number (purpose `change_phone`) and a fresh second factor on the old one.
    Every other session of the person ends."""
    made = await own.change_my_phone(ctx, challenge_id=body.challenge_id, code=body.code, address=address, by=by)
    return OwnPersonOut.model_validate(made)


@router.get("/me/unmaskings", summary="Who opened my data", responses=problems(401, 403))
@may(WORKER, MEMBER, sensitive=True)
async def list_my_unmaskings(ctx: Ctx, by: By) -> UnmaskingsOut:
    """Each value that staff opened, with its purpose."""
    return UnmaskingsOut.model_validate({"items": await counter.list_my_unmaskings(ctx, by=by)})


@router.get("/consents/texts", summary="The words of the consents", responses=problems(401))
@may(ANYBODY)
async def list_consent_texts(ctx: Ctx) -> ConsentTextsOut:
    """The words in force today, in the language that Accept-Language asks for."""
    return ConsentTextsOut.model_validate({"items": await consents.list_consent_texts(ctx)})


@router.get("/me/consents", summary="My consents", responses=problems(401, 403))
@may(WORKER, MEMBER)
async def list_my_consents(ctx: Ctx, by: By) -> ConsentsOut:
    """Withdrawn ones too."""
    return ConsentsOut.model_validate({"items": await consents.list_my_consents(ctx, by=by)})


@router.put("/me/consents/{scope}", summary="Agree", responses=problems(400, 401, 403, 404, 409, 415, 422))
@may(WORKER, MEMBER, key="optional")
async def give_consent(ctx: Ctx, scope: Scope, body: ConsentIn, by: By) -> ConsentOut:
    """To the words in force; given again it stays as it is."""
    made = await consents.give_consent(ctx, scope=scope, text_version=body.text_version, by=by)
    return ConsentOut.model_validate(made)


@router.delete("/me/consents/{scope}", summary="Take a consent back", responses=problems(401, 403, 404, 409, 422))
@may(WORKER, MEMBER, key="optional")
async def withdraw_consent(ctx: Ctx, scope: Scope, by: By) -> ConsentOut:
    """Counts from now on; the consent stays on record as withdrawn."""
    return ConsentOut.model_validate(await consents.withdraw_consent(ctx, scope=scope, by=by))


@router.post("/people/find", summary="Find a person", responses=problems(400, 401, 403, 415, 422))
@may(*STAFF, sensitive=True)
async def find_people(ctx: Ctx, body: FindIn, by: By) -> PeopleOut:
    """By identity number or phone, masked; nothing for people outside the officer's region. Changes nothing,
    and is a POST so that no number stands in an address."""
    found = await counter.find_people(ctx, id_number=body.id_number, phone=body.phone, by=by)
    return PeopleOut.model_validate({"items": found})


@router.get("/people/{person_id}", summary="One person", responses=problems(401, 403, 404))
@may(*STAFF, object="person", sensitive=True)
async def get_person(ctx: Ctx, person_id: Id, by: By) -> PersonOut:
    """Masked; 404 for people who never registered, were present or have a live item in the region."""
    return PersonOut.model_validate(await counter.get_person(ctx, person_id, by=by))


@router.post(
    "/people/{person_id}/phone",
    summary="Counter: a new number",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(*STAFF, object="person", sensitive=True, key="optional")
async def set_person_phone(ctx: Ctx, person_id: Id, body: CounterPhoneIn, by: By) -> PersonOut:
    """For somebody who lost the old one; all of the person's sessions end. Needs a fresh second factor."""
    made = await counter.set_person_phone(ctx, person_id, phone=body.phone, basis=body.basis, by=by)
    return PersonOut.model_validate(made)


@router.post(
    "/people/{person_id}/phone/detach",
    summary="Counter: take a number away",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(*STAFF, object="person", sensitive=True, key="optional")
async def detach_person_phone(ctx: Ctx, person_id: Id, body: DetachIn, by: By) -> PersonOut:
    """When the network has given the number to somebody else. Needs a fresh second factor."""
    return PersonOut.model_validate(await counter.detach_person_phone(ctx, person_id, basis=body.basis, by=by))


@router.post(
    "/people/{person_id}/merge",
    summary="Counter: two records of one person",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(*STAFF, object="person", sensitive=True, key="optional")
async def merge_people(ctx: Ctx, person_id: Id, body: MergeIn, by: By) -> PersonOut:
    """The record of the path ends in `into`, which is answered. Needs a fresh second factor."""
    made = await merging.merge_people(ctx, person_id, into=body.into, basis=body.basis, by=by)
    return PersonOut.model_validate(made)


@router.post(
    "/people/{person_id}/unmask",
    summary="Open values of a person",
    responses=problems(400, 401, 403, 404, 415, 422, 429),
)
@may(OFFICER, object="person", sensitive=True)
async def unmask_person(ctx: Ctx, person_id: Id, body: UnmaskIn, by: By) -> UnmaskedOut:
    """Each opened value leaves an audit row with its purpose, so nothing is replayed from an
    Idempotency-Key here: a second look is a second row. Needs a fresh second factor."""
    made = await counter.unmask_person(ctx, person_id, fields=body.fields, purpose=body.purpose, by=by)
    return UnmaskedOut.model_validate(made)


@router.get("/people/{person_id}/unmaskings", summary="Who opened what", responses=problems(401, 403, 404))
@may(*STAFF, object="person", sensitive=True)
async def list_unmaskings(ctx: Ctx, person_id: Id, by: By) -> UnmaskingsOut:
    """Newest first, at most a hundred."""
    return UnmaskingsOut.model_validate({"items": await counter.list_unmaskings(ctx, person_id, by=by)})
