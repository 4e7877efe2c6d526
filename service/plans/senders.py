"""Work of a plan that is done outside the transaction that asked for it: drawing, and offering line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.actor import SYSTEM
from service.errors import Conflict
from service.plans.usecases.drawing import DRAW_WORK, OFFER_WORK, draw
from service.plans.usecases.publishing import offer_line

if TYPE_CHECKING:
    from service.context import Context
    from service.uow import DueItem


async def send_draw(ctx: Context, item: DueItem) -> None:
    """A session that closed, a plan that stands, nobody in line: nothing to do."""
    try:
        await draw(ctx, item.subject_id, by=SYSTEM)
    except Conflict:
        return


async def send_offer(ctx: Context, item: DueItem) -> None:
    """Done again it does nothing: the line says that it is offered."""
    await offer_line(ctx, item.subject_id, by=SYSTEM)


SENDERS = {DRAW_WORK: send_draw, OFFER_WORK: send_offer}
