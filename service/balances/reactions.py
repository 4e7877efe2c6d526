"""What happens to balances when their firm or agency moves; the firm hears what it has not done itself, and whoever
was to agree to a deal out of one that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.balances.lifecycle import FITTING
from service.balances.steps import close, tell_firm

if TYPE_CHECKING:
    from service.uow import Moved, Uow


async def tell(uow: Uow, moved: Moved) -> None:
    """It is over and nobody came, or it was taken down."""
    await tell_firm(uow, moved.entity, f"balance.{moved.action}", reason=moved.reason or "")


async def tell_asked(uow: Uow, moved: Moved) -> None:
    """Whoever was to agree to a deal out of it learns that it is over, and what can be done instead."""
    if moved.from_state != "draft":
        await uow.ctx.wiring.ports["deals.balance_over"](uow, moved.entity.id, moved.entity.side)


async def tell_fitting(uow: Uow, moved: Moved) -> None:
    """It is in the open (again): those whom it suits hear of it, when there is time."""
    await uow.schedule(FITTING, moved.entity.id, await uow.now())


async def take_down_all(uow: Uow, moved: Moved) -> None:
    """Nothing of a suspended firm is offered any more. Whoever is only held, restricted or not verified any longer is
    not shown until that is over: every list asks for verified firms."""
    for row in await uow.balances.open_of(moved.entity.id):
        await close(uow, row, "take_down", by=moved.by, at=moved.at, reason="employer_suspended")


async def release(uow: Uow, moved: Moved) -> None:
    """An agency that is not (any longer) verified acts for nobody: what the firm has said yes to stays the firm's own,
    what it has not falls away."""
    for row in await uow.balances.through(moved.entity.id):
        if row.agreed_at is None:
            await close(uow, row, "withdraw", by=moved.by, at=moved.at, reason=moved.action)
            continue
        gone = {"agency_id": None, "agreed_at": None, "agreed_by": None}
        await uow.edit(row, by=moved.by, at=moved.at, action="release", reason=moved.action, **gone)


REACTIONS = {
    ("balance", "publish"): (tell_fitting,),
    ("balance", "refill"): (tell_fitting,),
    ("balance", "withdraw"): (tell_asked,),
    ("balance", "end"): (tell_asked,),
    ("balance", "expire"): (tell, tell_asked),
    ("balance", "take_down"): (tell, tell_asked),
    ("employer", "suspend"): (take_down_all, release),
    ("employer", "restrict"): (release,),
    ("employer", "lapse"): (release,),
}
