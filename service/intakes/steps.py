"""What several verbs of intakes need: in whose name, what follows a yes, what is left after a no."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.intakes import rules
from service.intakes.lifecycle import SHOWN, SUPPLY_INTAKE
from service.supplies.lifecycle import NOT_PAUSED, PUBLIC, SUPPLY, UNENDED
from service.worktime import local_day

if TYPE_CHECKING:
    from uuid import UUID

    from service.actor import Actor
    from service.http.caller import Caller
    from service.intakes.tables import SupplyIntakeRow
    from service.uow import Uow

ESCALATE, LAPSE = "supply_intake.escalate", "supply_intake.lapse"


def regions_of(by: Caller) -> tuple[str, ...] | None:
    """Where staff look: everywhere for an administrator."""
    return None if by.role == "admin" else by.regions


async def wording_of(uow: Uow) -> str:
    """The version of the words that are read to a person before the yes."""
    text = uow.people.consent_text(rules.CONSENT, local_day(await uow.now()))
    if text is None:
        raise RuntimeError("consents.yaml has no words for proxy_intake")
    return text.version


async def open_intake(
    uow: Uow, person_id: UUID, wish: dict[str, Any], *, by: Actor, channel: str, at: datetime
) -> dict[str, Any]:
    """Post the wish; public at once, it has the first level's clock. The columns that follow for the intake.

    Raises whatever a supply posting is refused for.
    """
    supply = await uow.ctx.wiring.ports["supplies.offer"](uow, person_id, wish, by=by, channel=channel)
    level = next(iter(supply.district_codes), supply.city_code)
    due = await due_after(uow, at, level) if supply.state in PUBLIC else None
    await uow.people.give_consent(person_id, rules.CONSENT, await wording_of(uow), by=by)
    return {"supply_id": supply.id, "wish": None, "level_code": level, "city_code": supply.city_code, "due_at": due}


async def post(uow: Uow, row: SupplyIntakeRow, *, by: Actor, at: datetime, **agreed: Any) -> None:
    """The person has said yes and is of age: what was entered is posted, and the clock of the levels begins."""
    opened = await open_intake(uow, row.person_id, dict(row.wish or {}), by=by, channel="broker", at=at)
    await uow.move(row, SUPPLY_INTAKE, "confirm", by=by, at=at, answer_by=None, **agreed, **opened)
    await uow.flush()
    await uow.unschedule(LAPSE, subject_id=row.id)
    await wind(uow, row)


async def wind(uow: Uow, row: SupplyIntakeRow) -> None:
    """Let the clock of the level run where it is set: a wish that nobody can see waits without one."""
    if row.due_at is not None:
        await uow.schedule(ESCALATE, row.id, row.due_at)


async def due_after(uow: Uow, now: datetime, level: str) -> datetime:
    """When the next level is asked: after so much office time of the place's policy."""
    policy = uow.ctx.policies.at(now, level).intakes
    working = (await uow.reference.catalogue()).is_working_day
    minutes = policy.escalate_working_minutes
    return rules.after_working_minutes(now, minutes, working, policy.office_opens, policy.office_closes)


async def end_intake(
    uow: Uow, intake: SupplyIntakeRow, action: str, *, by: Actor, at: datetime, reason: str | None = None
) -> None:
    """Close, revoke, decline or lapse; what is no longer wanted leaves the public in the same moment."""
    was_shown = intake.state in SHOWN
    gone: dict[str, Any] = {"closed_at": at, "close_reason": reason, "wish": None, "due_at": None}
    await uow.move(intake, SUPPLY_INTAKE, action, by=by, at=at, reason=reason, **gone)
    await uow.flush()
    await uow.unschedule(ESCALATE, LAPSE, subject_id=intake.id)
    if action == "revoke" and was_shown and intake.supply_id is not None:
        supply = await uow.supplies.lock(intake.supply_id)
        if supply.state in UNENDED:
            await uow.move(supply, SUPPLY, "withdraw", by=by, at=at, closed_at=at, **NOT_PAUSED)
    if action in ("decline", "lapse") or (action == "revoke" and not was_shown):
        await forget_newcomer(uow, intake.person_id, made=intake.made_person, by=by, at=at)
    if action == "revoke" and not await uow.intakes.unended(lock=False, person_id=intake.person_id):
        await uow.people.withdraw_consent(intake.person_id, rules.CONSENT, by=by)


async def forget_newcomer(uow: Uow, person_id: UUID, *, made: bool, by: Actor, at: datetime) -> None:
    """Somebody who was entered and did not say yes: name, phone and birth date go, if nothing else hangs on them."""
    await uow.flush()
    if not made or not await uow.intakes.is_idle_person(person_id):
        return
    person = await uow.people.lock(person_id)
    gone = dict.fromkeys(("name_sealed", "phone_sealed", "phone_hash", "birth_date", "birth_date_basis"))
    await uow.edit(person, by=by, at=at, action="forget", **gone)
