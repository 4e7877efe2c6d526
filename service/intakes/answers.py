"""What a reply by SMS does here: the person's yes or no to an entry, the boss's to a telephoned job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict
from service.intakes.usecases import (
    confirm_demand,
    confirm_supply,
    decline_demand,
    decline_supply,
    leave_entered,
    revoke_supply,
)

if TYPE_CHECKING:
    from uuid import UUID

    from service.context import Context
    from service.messages.rules import Said


async def keep(ctx: Context, said: Said) -> str:
    """2: take it down; anything else keeps what an officer has entered with my yes."""
    if said.word == "no":
        await revoke_supply(ctx, _subject(said), by=said.by)
        return "intake_revoked"
    return "noted"


async def confirm(ctx: Context, said: Said) -> str:
    """1: the broker may act for me; 2: no."""
    if said.word == "yes":
        made = await confirm_supply(ctx, _subject(said), by=said.by)
        return "intake_held" if made.state == "held" else "intake_confirmed"
    await decline_supply(ctx, _subject(said), by=said.by)
    return "intake_declined"


async def leave(ctx: Context, said: Said) -> str:
    """退出: whatever others have entered for me goes, and nobody enters anything more."""
    return await leave_entered(ctx, said.person_id, by=said.by)


async def job(ctx: Context, said: Said) -> str:
    """1: that is the job; 2: it is not."""
    if said.word == "yes":
        await confirm_demand(ctx, _subject(said), by=said.by)
        return "job_confirmed"
    await decline_demand(ctx, _subject(said), by=said.by)
    return "job_declined"


def _subject(said: Said) -> UUID:
    if said.subject_id is None:
        raise Conflict("intake_over")
    return said.subject_id


ANSWERS = {
    "supply_intake.keep": keep,
    "supply_intake.confirm": confirm,
    "supply_intake.leave": leave,
    "demand_intake.confirm": job,
}
