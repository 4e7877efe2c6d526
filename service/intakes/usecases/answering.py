"""The person's word on what was entered: yes, no, back, out of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.errors import Conflict, Missing
from service.intakes.lifecycle import SUPPLY_INTAKE
from service.intakes.rules import CONSENT, IN_APP
from service.intakes.showing import supply_view
from service.intakes.steps import LAPSE, end_intake, post, wording_of

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.intakes.tables import SupplyIntakeRow
    from service.intakes.views import SupplyIntakeView
    from service.uow import Uow

BY_PERSON = {"sms": "by_sms", "kiosk": "at_counter"}  # how the person said yes himself; else in the app


async def confirm_supply(
    ctx: Context, intake_id: UUID, *, by: Caller, on_behalf: str | None = None
) -> SupplyIntakeView:
    """The person's yes to a broker and to what the broker entered: it is posted now.

    Raises Missing, Conflict wrong_state, intake_over, and whatever a supply posting is refused for.
    """
    async with ctx.uow() as uow:
        seen = await uow.intakes.supply(intake_id)
        actor, how = await _person_or_officer(uow, seen.person_id, by, on_behalf)
        await uow.people.lock_workers(seen.person_id)
        row = await uow.intakes.supply(intake_id, lock=True)
        now = await uow.now()
        SUPPLY_INTAKE.fire(row.state, "confirm")
        if row.answer_by is not None and row.answer_by <= now:
            raise Conflict("intake_over")
        person = await uow.people.get(row.person_id)
        if not await uow.people.is_worker(person.id):
            open_profile = uow.ctx.wiring.ports["workers.open_profile"]
            trade = str((row.wish or {})["trades"][0])
            await open_profile(uow, person, trade=trade, region_code=row.level_code, by=actor)
            await uow.flush()
        agreed: dict[str, Any] = {"agreed_how": how, "agreed_at": now, "wording": await wording_of(uow)}
        if row.agency_id is not None:
            accept = uow.ctx.wiring.ports["brokers.accept"]
            if not await accept(uow, row.agency_id, row.person_id, agreed, by=actor, at=now):
                raise Conflict("intake_over")
        await _post_or_hold(uow, row, agreed, by=actor, at=now)
        return uow.answer(await supply_view(uow, row, by))


async def _post_or_hold(uow: Uow, row: SupplyIntakeRow, agreed: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Nobody is introduced whose age is not known: the wish waits for an identity number or an officer's look."""
    worker = await uow.workers.get(row.person_id)
    if worker.introducible_from is None and row.state == "asked":
        days = uow.ctx.policies.at(at, row.city_code).intakes.agreed_within_days
        until = at + timedelta(days=days)
        await uow.people.give_consent(row.person_id, CONSENT, agreed["wording"], by=by)
        await uow.move(row, SUPPLY_INTAKE, "hold", by=by, at=at, answer_by=until, **agreed)
        await uow.flush()
        await uow.schedule(LAPSE, row.id, until)
        return
    await post(uow, row, by=by, at=at, **agreed)


async def decline_supply(
    ctx: Context, intake_id: UUID, *, by: Caller, on_behalf: str | None = None
) -> SupplyIntakeView:
    """No to a broker's question; of somebody who was new nothing is left. Raises Missing, Conflict wrong_state."""
    async with ctx.uow() as uow:
        seen = await uow.intakes.supply(intake_id)
        actor, _ = await _person_or_officer(uow, seen.person_id, by, on_behalf)
        row = await uow.intakes.supply(intake_id, lock=True)
        now = await uow.now()
        await decline(uow, row, "decline", by=actor, at=now)
        return uow.answer(await supply_view(uow, row, by))


async def decline(uow: Uow, row: SupplyIntakeRow, action: str, *, by: Actor, at: datetime) -> None:
    """Decline or lapse, and with it the broker's question, unless the person has said yes to that already."""
    SUPPLY_INTAKE.fire(row.state, action)
    if row.agency_id is not None:
        await uow.ctx.wiring.ports["brokers.refuse"](uow, row.agency_id, row.person_id, action, by=by, at=at)
    await end_intake(uow, row, action, by=by, at=at)


async def revoke_supply(ctx: Context, intake_id: UUID, *, by: Caller, on_behalf: str | None = None) -> SupplyIntakeView:
    """The person takes the yes back, or the broker the entry: the posting is gone in the same moment.

    Raises Missing, Conflict wrong_state.
    """
    async with ctx.uow() as uow:
        seen = await uow.intakes.supply(intake_id)
        if by.role == "member":
            if seen.agency_id is None or seen.agency_id != by.employer_id:
                raise Missing
            await uow.ctx.wiring.ports["brokers.agency"](uow, by)
            actor = by.actor
        else:
            actor, _ = await _person_or_officer(uow, seen.person_id, by, on_behalf)
        await uow.people.lock_workers(seen.person_id)
        row = await uow.intakes.supply(intake_id, lock=True)
        await end_intake(uow, row, "revoke", by=actor, at=await uow.now(), reason="revoked")
        return uow.answer(await supply_view(uow, row, by))


async def leave_entered(ctx: Context, person_id: UUID, *, by: Caller) -> str:
    """Everything that others have entered for the person goes, and with the consent every broker: intake_revoked, or
    intake_declined where no yes had been given. Raises Conflict intake_over where nothing is left to take back."""
    async with ctx.uow() as uow:
        await uow.people.lock_workers(person_id)
        rows, agreed = await uow.intakes.unended(person_id=person_id), False
        for row in rows:
            if row.state == "asked":
                await decline(uow, row, "decline", by=by.actor, at=await uow.now())
            else:
                await end_intake(uow, row, "revoke", by=by.actor, at=await uow.now(), reason="revoked")
                agreed = True
        withdrawn = await uow.people.withdraw_consent(person_id, CONSENT, by=by.actor) is not None
        if not (rows or withdrawn):
            raise Conflict("intake_over")
        return uow.answer("intake_revoked" if agreed or withdrawn else "intake_declined")


async def _person_or_officer(uow: Uow, person_id: UUID, by: Caller, on_behalf: str | None) -> tuple[Actor, str]:
    """In whose name, and how the yes was said. Raises Missing, Refused on_behalf_needed."""
    if by.role == "worker":
        if by.person_id != person_id:
            raise Missing
        return by.actor, BY_PERSON.get(by.channel, IN_APP)
    if by.role not in STAFF or not await uow.people.is_seen(person_id, by):
        raise Missing
    return by.actor.with_yes_of(person_id, on_behalf), str(on_behalf)
