"""One text to officers for everything that cannot wait for somebody to look: number, kind and place, never a person.

Whoever is on duty at the place is told; how many is policy. What it is about stands in the lists of the service.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.reference.catalogue import regions
from service.reference.rules import named

if TYPE_CHECKING:
    from service.uow import Uow

STAFF_TEXT = "message.staff"
LANGUAGE = "zh-CN"  # what the service writes to its officers in


async def tell_officers(
    uow: Uow,
    template: str,
    *,
    place: str,
    about: UUID,
    level: str | None = None,
    urgent: bool = False,
    admins: bool = False,
    holder: UUID | None = None,
    but: Collection[UUID | None] = (),
    **what: Any,
) -> None:
    """Tell those on duty at `place`, or at a `level` around it; `about` is what they are told of, each once a template.

    `urgent` goes at night too. `holder`: who has it already, and is told instead of those on duty while that account is
    open. `admins`: administrators of the place as well. `but`: who must not hear of it, or did it. `what` are a number,
    a kind, a step.
    """
    now = await uow.now()
    most = uow.ctx.policies.at(now, place).duty.officers_told
    where = level or place
    if holder is not None and await uow.duties.officer(holder) is not None:
        told = [holder]
    else:
        told = await uow.duties.staff_on_duty(where, now, most, but=but)
    if admins:
        told += await uow.duties.administrators(where, now, most, but=but)
    for staff_id in dict.fromkeys(told):
        await tell_officer(uow, staff_id, template, about=about, urgent=urgent, place=_name_of(place), **what)


async def tell_officer(
    uow: Uow, staff_id: UUID, template: str, *, about: UUID, urgent: bool = False, **what: Any
) -> None:
    """One officer who has to do with it."""
    payload = {"template": template, "params": what, "urgent": urgent}
    await uow.send(STAFF_TEXT, staff_id, payload, occurrence=f"{template}:{about}:{what.get('step', '')}")


def _name_of(place: str) -> str:
    region = regions().get(place)
    return named(region, LANGUAGE) if region is not None else place
