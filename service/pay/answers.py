"""What a reply by SMS does here: «收到» and «没收到»."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.errors import Conflict
from service.pay import usecases
from service.pay.usecases.lists import latest_open_record

if TYPE_CHECKING:
    from service.context import Context
    from service.messages.rules import Said


async def received(ctx: Context, said: Said) -> str:
    """1 or «收到»: all of it; «收到200»: so much; 2 or «没收到»: nothing."""
    record_id = said.subject_id or await latest_open_record(ctx, said.person_id, within=said.regions)
    if record_id is None:
        raise Conflict("no_pay_open")
    if said.word == "no":
        await usecases.dispute_payment(ctx, record_id, reason="not_received", by=said.by)
        return "pay_disputed"
    record = await usecases.receive_pay(ctx, record_id, amount_fen=said.amount_fen, means=None, by=said.by)
    return {"settled": "pay_settled", "disputed": "pay_disputed"}.get(record.state, "pay_noted")


ANSWERS = {"pay.received": received}
