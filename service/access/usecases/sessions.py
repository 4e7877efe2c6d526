"""Sessions of workers and members: from a right code to tokens, their rotation and their end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from service.access.errors import RefreshReused
from service.access.rules import TICKET_LIFE, Candidate, Outcome, settle
from service.access.usecases.codes import kiosk_of, place_of
from service.access.views import EmployerChoice, PersonChoice, SessionView, SignIn, Tokens
from service.actor import Actor
from service.context import Context
from service.errors import Forbidden, Missing, Unauthenticated

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("access")


async def start_session(
    ctx: Context,
    *,
    challenge_id: UUID,
    code: str,
    role: str,
    employer_id: UUID | None,
    label: str | None,
    somebody_new: bool,
    address: str,
    by: Caller | None,
) -> SignIn:
    """What follows the right code: tokens, a choice, or a ticket to register (`somebody_new` asks for it).

    Raises Unauthenticated `code_wrong`, TooMany `code_paused`, Forbidden for a kiosk (it has its own door).
    """
    if by is not None and by.role == "kiosk":
        raise Forbidden("role_lacks_operation", roles=["worker", "member"])
    async with ctx.uow() as uow:
        challenge = await uow.access.take_code(
            challenge_id, code, purposes=("sign_in",), place=place_of(ctx, address, by)
        )
        found = [] if somebody_new else await uow.access.candidates(role, challenge)
        return uow.answer(await proceed(uow, challenge, role, found, None, employer_id, label))


async def choose_session(
    ctx: Context,
    *,
    ticket: str,
    person_id: UUID | None,
    employer_id: UUID | None,
    label: str | None,
    by: Caller | None,
) -> SignIn:
    """Say who is meant. Raises Unauthenticated `ticket_invalid`, Missing for somebody not on the number."""
    async with ctx.uow() as uow:
        challenge = await uow.access.ticketed(ticket, device_id=kiosk_of(by))
        role = challenge.wanted_role or "worker"
        found = await uow.access.candidates(role, challenge)
        if person_id is not None and person_id not in {one.person_id for one in found}:
            raise Missing
        return uow.answer(await proceed(uow, challenge, role, found, person_id, employer_id, label, ticket))


async def proceed(
    uow: Uow,
    challenge: Any,
    role: str,
    found: list[Candidate],
    person_id: UUID | None,
    employer_id: UUID | None,
    label: str | None,
    ticket: str | None = None,
) -> SignIn:
    """Sign the one candidate in, or ask which one; `ticket` is the one already held, if any."""
    outcome, left = settle(found, person_id, employer_id)
    if outcome == "signed_in":
        challenge.ticket_used_at = await uow.now() if ticket else None
        return SignIn(outcome, tokens=await _enter(uow, challenge, role, left[0], label))
    held = ticket or await uow.access.issue_ticket(challenge, role)
    return await _ask(uow, outcome, left, held)


async def _enter(uow: Uow, challenge: Any, role: str, who: Candidate, label: str | None) -> Tokens:
    person = await uow.people.get(who.person_id)
    if challenge.phone_hash is not None and person.phone_confirmed_at is None:
        person = await uow.people.lock(person.id)
        await uow.edit(
            person,
            by=Actor(role, person.id),
            at=await uow.now(),
            action="confirm_phone",
            phone_confirmed_at=person.phone_confirmed_at or challenge.used_at,
        )
    tokens = await uow.access.open_session(
        role=role,
        person_id=person.id,
        employer_id=who.employer_id if role == "member" else None,
        device_id=challenge.device_id,
        label=label,
        proved_at=challenge.used_at,
    )
    log.info("signed_in", session_id=str(tokens.session_id), role=role, request_id=uow.ctx.request_id)
    return tokens


async def _ask(uow: Uow, outcome: Outcome, left: tuple[Candidate, ...], ticket: str) -> SignIn:
    answer = SignIn(outcome, ticket=ticket, ticket_expires_in_seconds=int(TICKET_LIFE.total_seconds()))
    if outcome == "choose_person":
        ids = dict.fromkeys(one.person_id for one in left)
        people = [await uow.people.get(person_id) for person_id in ids]
        choices = tuple(PersonChoice(one.id, uow.people.masked_name(one)) for one in people)
        return replace(answer, people=choices)
    if outcome == "choose_employer":
        rows = await uow.access.employers_of(left[0].person_id)
        return replace(answer, employers=tuple(EmployerChoice(*row) for row in rows))
    return answer


async def start_employer_session(ctx: Context, *, employer_id: UUID, label: str | None, by: Caller) -> Tokens:
    """A session of the same person for one of the own employers; the present session stays open.

    Raises Forbidden `step_up_needed` when the last code is not fresh (and at a kiosk always), Missing for an
    employer for which the person does not act.
    """
    if by.person_id is None or by.channel == "kiosk":
        raise Forbidden("role_lacks_operation", roles=["worker", "member"])
    async with ctx.uow() as uow:
        await uow.access.require_fresh(by)
        if employer_id not in {row[0] for row in await uow.access.employers_of(by.person_id)}:
            raise Missing
        proved_at = (await uow.access.current(by)).fresh_factor_at
        tokens = await uow.access.open_session(
            role="member", person_id=by.person_id, employer_id=employer_id, label=label, proved_at=proved_at
        )
        log.info("signed_in", session_id=str(tokens.session_id), role="member", request_id=ctx.request_id)
        return uow.answer(tokens)


async def refresh_session(ctx: Context, *, refresh_token: str) -> Tokens:
    """A fresh pair for a spent refresh token. Raises Unauthenticated.

    A token that was spent before closes its session with all its tokens: one of the two holders has a copy.
    """
    try:
        async with ctx.uow() as uow:
            session = await uow.access.take_refresh(refresh_token)
            return uow.answer(await uow.access.issue_tokens(session))
    except RefreshReused as reused:
        async with replace(ctx, once=None).uow() as uow:
            await uow.access.close_sessions("refresh_reused", id=reused.session_id)
        log.warning("refresh_token_reused", session_id=str(reused.session_id), request_id=ctx.request_id)
        raise Unauthenticated from None


async def list_sessions(ctx: Context, *, by: Caller) -> list[SessionView]:
    """The caller's own open sessions, newest first, at most a hundred."""
    async with ctx.uow() as uow:
        return [
            SessionView(
                id=row.id,
                role=row.role,
                employer_id=row.employer_id,
                label=row.label,
                channel=row.channel,
                created_at=row.created_at,
                renewed_at=row.renewed_at,
                ends_at=row.ends_at,
                current=row.id == by.session_id,
            )
            for row in await uow.access.own_sessions(by)
        ]


async def close_session(ctx: Context, *, session_id: UUID, by: Caller) -> None:
    """End one of the caller's own sessions. Raises Missing."""
    async with ctx.uow() as uow:
        if not await uow.access.close_sessions("signed_out", id=session_id, **_owner(by)):
            raise Missing
        log.info("signed_out", session_id=str(session_id), role=by.role, request_id=ctx.request_id)


async def close_current_session(ctx: Context, *, by: Caller) -> None:
    """End the session of this request."""
    async with ctx.uow() as uow:
        await uow.access.close_sessions("signed_out", id=by.session_id)
        log.info("signed_out", session_id=str(by.session_id), role=by.role, request_id=ctx.request_id)


async def close_all_sessions(ctx: Context, *, by: Caller) -> None:
    """End every session of the caller, on every device, this one included."""
    async with ctx.uow() as uow:
        closed = await uow.access.close_sessions("signed_out_everywhere", **_owner(by))
        log.info("signed_out_everywhere", sessions=closed, role=by.role, request_id=ctx.request_id)


def _owner(by: Caller) -> dict[str, UUID]:
    return {"person_id": by.person_id} if by.person_id else {"staff_id": by.account_id}
