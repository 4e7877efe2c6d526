"""Builders of disclosed fees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from service.actor import SYSTEM
from service.context import Context
from service.employers.tables import EmployerRow
from service.fees.tables import FeeDisclosureRow
from service.ids import new_id
from service.worktime import local_day


def an_item(**more: Any) -> dict[str, Any]:
    """What an agency takes from employers for each person placed: 100 yuan."""
    fields = {"what": "placement_fee", "payer": "employer", "basis": "per_person", "amount_fen": 10_000}
    return fields | {"permille": None, "words": None} | more


async def a_disclosure(ctx: Context, employer: EmployerRow, **more: Any) -> FeeDisclosureRow:
    """The first version of a platform, from ten days ago."""
    async with ctx.uow() as uow:
        fields = {
            "employer_id": employer.id, "city_code": employer.city_code, "capacity": "platform", "number": 1,
            "items": [an_item()], "statement": None, "announced_by": new_id(),
            "valid_from": local_day(await uow.now()) - timedelta(days=10),
        }  # fmt: skip
        row = uow.fees.new(id=new_id(), **(fields | more))
        await uow.add(row, by=SYSTEM, action="announce")
        return row
