"""A due instant has passed: what was due then belongs to the employer's payment record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.reliability.marking import PAYMENTS, count_payments

if TYPE_CHECKING:
    from service.uow import DueItem, Uow


async def count_due(uow: Uow, item: DueItem) -> None:
    """Whatever fell due until now."""
    await count_payments(uow, item.subject_id, at=await uow.now())


TIMERS = {PAYMENTS: count_due}
