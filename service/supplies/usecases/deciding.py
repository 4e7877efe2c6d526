"""What officers decide on supply postings: shown, rejected, taken down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Missing
from service.guard import blocking, errors_of, is_blocked
from service.intakes.rules import check_not_own_entry
from service.reference.rules import check_reason
from service.supplies.guarding import check_not_held
from service.supplies.lifecycle import EXPIRE, NOT_PAUSED, SUPPLY
from service.supplies.showing import own_view
from service.workers.rules import require_introducible
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.context import Context
    from service.http.caller import Caller
    from service.supplies.tables import SupplyRow
    from service.supplies.views import SupplyView
    from service.uow import Uow


async def decide_supply(
    ctx: Context, supply_id: UUID, action: str, *, by: Caller, reason: str | None = None
) -> SupplyView:
    """An officer's publish (`reason`: why a rule that stops it is wrong here), reject or take_down, with a coded
    reason. Raises Missing, Conflict wrong_state and guard_overrule_needed, Refused reason_unknown, birth_date_needed,
    under_age."""
    async with ctx.uow() as uow:
        row = await uow.supplies.lock(supply_id)
        if not by.serves_any(row.city_code, *row.district_codes):
            raise Missing
        SUPPLY.fire(row.state, action)
        if row.state == "appealed":  # an appeal is decided as such
            raise Conflict("wrong_state", noun="supply", state=row.state, action=action, possible=[])
        if action != "publish":
            listed = "posting_reject" if action == "reject" else "posting_take_down"
            check_reason((await uow.reference.catalogue()).reasons(listed), reason or "")
        await _decide(uow, row, action, by=by.actor, reason=reason)
        return uow.answer(await own_view(uow, row))


async def decide_review(
    uow: Uow, supply_id: UUID, outcome: str, *, by: Actor, reasons: Sequence[str] = (), overrules: str | None = None
) -> None:
    """What the review queue decided on a supply posting that it has locked. Raises Conflict."""
    row = await uow.supplies.lock(supply_id)
    reason = overrules if outcome == "publish" else ",".join(dict.fromkeys(reasons))
    await _decide(uow, row, outcome, by=by, reason=reason)


async def _decide(uow: Uow, row: SupplyRow, action: str, *, by: Actor, reason: str | None) -> None:
    now = await uow.now()
    changes: dict[str, Any] = dict(NOT_PAUSED)
    if action == "take_down":
        check_not_held(row)
    if action == "publish":
        check_not_own_entry(await uow.intakes.hand_of_supply(row.id), by.id)
        if reason is None and is_blocked(row.warnings):
            raise Conflict("guard_overrule_needed", errors=errors_of(blocking(row.warnings), uow.ctx.language))
        if row.valid_until <= now:
            raise Conflict("posting_over")
        require_introducible(await uow.supplies.introducible_from(row.worker_id), local_day(now))
        changes |= {"published_at": now}
    elif action == "take_down":
        changes |= {"closed_at": now}
    await uow.move(row, SUPPLY, action, by=by, at=now, reason=reason, **changes)
    await uow.flush()


async def restore(uow: Uow, supply_id: UUID, *, by: Actor) -> None:
    """An appeal was right: back to the public. Raises Conflict wrong_state, posting_over, and of who may no longer be
    introduced to work Refused birth_date_needed, under_age."""
    row = await uow.supplies.lock(supply_id)
    SUPPLY.fire(row.state, "restore")
    now = await uow.now()
    if row.valid_until <= now:
        raise Conflict("posting_over")
    require_introducible(await uow.supplies.introducible_from(row.worker_id), local_day(now))
    shown: dict[str, Any] = {"closed_at": None, "published_at": row.published_at or now}
    await uow.move(row, SUPPLY, "restore", by=by, at=now, **shown)
    await uow.schedule(EXPIRE, row.id, row.valid_until)
    await uow.flush()
