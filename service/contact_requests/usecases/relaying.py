"""Before both agree: texts that are passed on and forgotten, and a number that both may call. Never what was said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from service.contact_requests import rules
from service.contact_requests.lending import lend, release
from service.contact_requests.lifecycle import TALKING
from service.contact_requests.sides import check_reached, side_of
from service.contact_requests.views import LentNumber, ReportedCall, SentText
from service.errors import Conflict, Missing
from service.guard.posing import check_not_posing, relayed
from service.worktime import day_begin, local_day

if TYPE_CHECKING:
    from service.contact_requests.tables import ContactRequestRow, RelayedCallRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

TEXT = "message.relay"
SEAL = "outbox"


async def send_text(ctx: Context, request_id: UUID, *, text: str, by: Caller) -> SentText:
    """Pass a short text on by SMS. Its words lie sealed in the outbox until they have left, and nowhere after.

    A text to the person voids a question about numbers that waits for an answer by SMS (`agree_by_code`). Raises
    Missing, Conflict relay_closed, contact_paused and relay_texts_used, Refused contact_words and relay_poses.
    """
    async with ctx.uow() as uow:
        row, side = await _talking(uow, request_id, by, "text")
        now = await uow.now()
        policy = uow.ctx.policies.at(now, row.city_code).contacts
        sent = await uow.contact_requests.texts_sent(row.id, side)
        rules.check_texts_left(sent, policy.texts_each_way)
        check_not_posing("/text", text, relayed(), "relay_poses")
        rules.check_words("/text", text, side, ctx.rulebook(), local_day(now), ctx.language)
        person_id = await _person(uow, row, rules.other(side))
        noted = uow.contact_requests.add_text(row.id, side, len(text), now)
        if person_id is not None:
            secret = ctx.vault.seal(SEAL, text.encode())
            payload = {"template": f"relay.from_{side}"}
            await uow.send(TEXT, person_id, payload, secret=secret, occurrence=str(noted.id))
        return uow.answer(SentText(now, len(text), policy.texts_each_way - sent - 1))


async def ask_call(ctx: Context, request_id: UUID, *, by: Caller) -> LentNumber:
    """Lend both sides one number for a while; calling it from the own phone rings on the other side.

    Raises Missing, Conflict relay_closed, contact_paused and relay_call_unavailable (no line, no number, no phone:
    not told which), TooMany relay_calls_a_day.
    """
    async with ctx.uow() as uow:
        row, side = await _talking(uow, request_id, by, "call")
        now = await uow.now()
        bound = await uow.contact_requests.bound(row.id)
        if bound is not None and bound.until > now:
            return uow.answer(LentNumber(bound.id, bound.number, bound.until))
        policy = uow.ctx.policies.at(now, row.city_code).contacts
        lent = await uow.contact_requests.bound_since(row.id, day_begin(now))
        rules.check_calls_left(lent, policy.call_numbers_per_day, now)
        if bound is not None:
            await release(uow, bound, by=by.actor, at=now)
        made = await lend(uow, row, side, now + timedelta(minutes=policy.call_number_minutes), by)
        return uow.answer(LentNumber(made.id, made.number, made.until))


async def report_call(
    ctx: Context, *, gateway_id: str, relay_id: UUID, from_side: str, started_at: datetime, seconds: int,
    outcome: str, by: Caller,
) -> ReportedCall:  # fmt: skip
    """The gateway tells of a call; the same `gateway_id` is one call, however often it is told.

    Raises Missing (also outside the gateway's region), Refused relay_call_time.
    """
    async with ctx.uow() as uow:
        relay = await uow.contact_requests.lock_relay(relay_id)
        if not by.serves(relay.city_code):
            raise Missing
        now = await uow.now()
        known = await uow.contact_requests.call_of(gateway_id)
        if known is None:
            ended = relay.released_at or relay.until
            rules.check_call_time(started_at, seconds, relay.created_at, ended, now)
            known = await uow.contact_requests.add_call(
                gateway_id=gateway_id, relay_id=relay.id, request_id=relay.request_id, from_side=from_side,
                started_at=started_at, seconds=seconds, outcome=outcome, reported_at=now,
            )  # fmt: skip
        elif known.relay_id != relay.id:
            raise Conflict("relay_call_differs")
        return uow.answer(_reported(known))


def _reported(row: RelayedCallRow) -> ReportedCall:
    return ReportedCall(row.id, row.gateway_id, row.relay_id, row.seconds, row.outcome)


async def _talking(uow: Uow, request_id: UUID, by: Caller, action: str) -> tuple[ContactRequestRow, rules.Side]:
    row = await uow.contact_requests.lock(request_id)
    side = await side_of(uow, row, by)
    now = await uow.now()
    if row.state not in TALKING or row.ends_at is None or row.ends_at <= now:
        raise Conflict("relay_closed", state=row.state, action=action)
    await check_reached(uow, row)
    return row, side


async def _person(uow: Uow, row: ContactRequestRow, side: str) -> UUID | None:
    if side == "worker":
        return row.worker_id
    speaker = await uow.contact_requests.speaker(row)
    return speaker.id if speaker is not None else None
