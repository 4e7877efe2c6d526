"""Becoming an employer, and keeping the profile right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import Actor
from service.employers.lifecycle import EMPLOYER
from service.employers.rules import (
    EMPLOYERS_OF_ONE_PERSON_MOST,
    IDENTITY,
    check_name,
    check_papers,
    is_public,
    named,
    needs_verification,
    public_name,
)
from service.employers.usecases.doors import (
    check_serves,
    enter,
    open_contact,
    place_of,
    promised_answer,
    seal_contact,
    tell_owners,
    view_of,
)
from service.employers.usecases.members import invite_phone
from service.employers.views import ContactView, EmployerView, PublicEmployerView, RegisteredEmployer
from service.errors import Conflict, Missing
from service.reference.rules import check_reason, check_seen
from service.reliability.rules import payment_shown
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow


ACCOUNT_CONSENT = "account"


async def apply(ctx: Context, *, by: Caller, **fields: Any) -> EmployerView:
    """Apply as an employer: a person becomes its owner; for a boss on the phone an officer applies.

    In the second case the owner's place is offered to the contact's number, and nobody is a member before
    that person says yes. Raises Refused (papers, place), Forbidden region_not_served, Conflict
    employer_exists, employer_limit.
    """
    async with ctx.uow() as uow:
        place = await place_of(uow, fields["city_code"], fields["district_code"])
        check_serves(by, place)
        await _check_limit(uow, by)
        row = await _enter_employer(uow, place, fields, owner_id=by.person_id, actor=by.actor)
        if by.person_id is None:
            await invite_phone(uow, row, phone=fields["contact_phone"], role="owner", by=by)
        return uow.answer(await view_of(uow, row, by))


async def register(
    ctx: Context, *, ticket: str, label: str | None, open_as: Callable[[UUID, UUID], Caller], **fields: Any
) -> RegisteredEmployer:
    """For a boss whom nobody knows yet: person, employer, owner's place and session from one ticket.

    Raises Unauthenticated ticket_invalid, Refused (papers, place), Conflict employer_exists.
    """
    async with ctx.uow() as uow:
        proof = await uow.access.redeem_ticket(ticket)
        place = await place_of(uow, fields["city_code"], fields["district_code"])
        person = uow.people.new(
            name=fields["contact_name"],
            phone=proof.phone,
            phone_confirmed_at=proof.proved_at,
            language=ctx.language,
            city_code=str(place["district_code"] or place["city_code"]),
        )
        actor = Actor("member", person.id)
        await uow.add(person, by=actor, action="register")
        await uow.flush()
        words = uow.people.consent_text(ACCOUNT_CONSENT, local_day(await uow.now()))
        if words is not None:
            await uow.people.give_consent(person.id, ACCOUNT_CONSENT, words.version, by=actor)
        row = await _enter_employer(uow, place, fields, owner_id=person.id, actor=actor)
        tokens = await uow.access.open_session(
            role="member", person_id=person.id, employer_id=row.id, label=label, proved_at=proof.proved_at
        )
        view = await view_of(uow, row, open_as(person.id, row.id))
        return uow.answer(RegisteredEmployer(view, tokens))


async def _enter_employer(
    uow: Uow, place: Mapping[str, Any], fields: Mapping[str, Any], *, owner_id: UUID | None, actor: Actor
) -> EmployerRow:
    check_name(fields["name"])
    code = check_papers(fields["kind"], fields["credit_code"], fields["licence_number"])
    answer = await promised_answer(uow, str(place["city_code"])) if needs_verification(fields["kind"]) else None
    given = seal_contact(uow.ctx, dict(fields)) | dict(place) | {"credit_code": code, "answer_by": answer}
    row = uow.employers.new(**given)
    await uow.add(row, by=actor, action="apply")
    await uow.flush()
    if owner_id is not None:
        member = uow.members.new(employer_id=row.id, person_id=owner_id, role="owner")
        await uow.add(member, by=actor, action="join")
        await uow.flush()
    return row


async def _check_limit(uow: Uow, by: Caller) -> None:
    if by.person_id is not None and await uow.members.count_of(by.person_id) >= EMPLOYERS_OF_ONE_PERSON_MOST:
        raise Conflict("employer_limit", most=EMPLOYERS_OF_ONE_PERSON_MOST)


async def reapply(ctx: Context, employer_id: UUID, *, by: Caller) -> EmployerView:
    """Ask again after a refusal, with the papers put right. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "edit_profile", lock=True)
        answer = await promised_answer(uow, row.city_code) if needs_verification(row.kind) else None
        await uow.move(row, EMPLOYER, "reapply", by=by.actor, at=await uow.now(), answer_by=answer)
        return uow.answer(await view_of(uow, row, by))


async def change(ctx: Context, employer_id: UUID, *, seen: int, changes: Mapping[str, Any], by: Caller) -> EmployerView:
    """Change fields. Where an officer has compared name, code or licence, changing one asks for a new check; the new
    name is shown to nobody else before that. Raises Missing, Stale, Refused, Conflict employer_exists.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "edit_profile", lock=True)
        check_seen(seen, row.version)
        made = await _settled(uow, row, changes, by)
        now = await uow.now()
        again = bool(made.get("new_name")) or any(made[name] != getattr(row, name) for name in IDENTITY & made.keys())
        if again and "verified" in (row.state, row.held_from):
            await uow.unschedule("employer.recheck", subject_id=row.id)
            answer = await promised_answer(uow, row.city_code) if needs_verification(row.kind) else None
            made |= {"answer_by": answer, "recheck_at": None}
        if again and row.held_from == "verified":  # a lifted hold does not make it verified again
            made["held_from"] = "applied"
        if again and row.state == "verified":
            await uow.move(row, EMPLOYER, "lapse", by=by.actor, at=now, reason="identity_changed", **made)
            await tell_owners(uow, row, "employer.lapsed_by_change", once=str(row.version))
        else:
            await uow.edit(row, by=by.actor, at=now, **made)
        return uow.answer(await view_of(uow, row, by))


async def _settled(uow: Uow, row: EmployerRow, changes: Mapping[str, Any], by: Caller) -> dict[str, Any]:
    """The changes as columns: place and papers checked as a whole, contact sealed only where it differs."""
    known = dict(zip(("contact_name", "contact_phone"), open_contact(uow.ctx, row), strict=True))
    made = {name: value for name, value in changes.items() if name not in known or known[name] != value}
    made = seal_contact(uow.ctx, made)
    if made.keys() & {"city_code", "district_code"}:
        city = made.get("city_code", row.city_code)
        place = await place_of(uow, city, made.get("district_code", row.district_code))
        check_serves(by, place)
        made |= place
    if made.keys() & {"credit_code", "licence_number"}:
        code = made.get("credit_code", row.credit_code)
        made["credit_code"] = check_papers(row.kind, code, made.get("licence_number", row.licence_number))
    if "name" in made:
        check_name(made["name"])
        made |= named(row.name, made["name"], verified_once=row.verified_at is not None)
    return made


async def read_own(ctx: Context, employer_id: UUID, *, by: Caller) -> EmployerView:
    """The whole profile, for members and staff of the region. Raises Missing."""
    async with ctx.uow() as uow:
        return await view_of(uow, await enter(uow, employer_id, by, "see"), by)


async def read_public(ctx: Context, employer_id: UUID) -> PublicEmployerView:
    """What everybody may know. A household's name is a person's: masked. Raises Missing."""
    async with ctx.uow() as uow:
        row = await uow.employers.get(employer_id)
        if not is_public(row.state):
            raise Missing
        verified = row.state == "verified"
        return PublicEmployerView(
            id=row.id,
            version=row.version,
            kind=row.kind,
            name=public_name(row.name, row.kind),
            city_code=row.city_code,
            district_code=row.district_code,
            verified=verified,
            verified_since=row.verified_at if verified else None,
            payment_record=payment_shown(row.payment_record, ctx.language),
        )


async def list_own(ctx: Context, *, by: Caller) -> Sequence[EmployerView]:
    """The employers for which the caller acts."""
    async with ctx.uow() as uow:
        if by.person_id is None:
            return []
        return [await view_of(uow, row, by) for row, _ in await uow.employers.of_person(by.person_id)]


async def show_contact(ctx: Context, employer_id: UUID, *, purpose: str, by: Caller) -> ContactView:
    """Whom an officer of the region calls; every look is a line in the log, with its purpose (INV-34).

    Raises Missing, Refused reason_unknown.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, employer_id, by, "see_contact", lock=True)
        check_reason((await uow.reference.catalogue()).reasons("contact_purpose"), purpose, field="/purpose")
        now = await uow.now()
        await uow.edit(row, by=by.actor, at=now, action="show_contact", reason=purpose, contact_shown_at=now)
        name, phone = open_contact(ctx, row)
        return uow.answer(ContactView(row.id, row.version, name, phone))
