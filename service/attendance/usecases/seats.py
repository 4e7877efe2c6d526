"""Whose seat it is: the locked seat for somebody who may see it, and the actor that the log names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.applications.rules import check_not_own
from service.attendance.views import Sheet
from service.errors import Missing, Refused

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow


def sees(by: Caller, worker_id: UUID, employer_id: UUID, city_code: str) -> bool:
    """The two sides and the officers of the region."""
    if by.role == "worker":
        return by.worker_id == worker_id
    if by.role == "member":
        return by.employer_id == employer_id
    return by.role in STAFF and by.serves(city_code)


async def locked_seat(uow: Uow, engagement_id: UUID, by: Caller, *, with_shift: bool = False) -> Any:
    """The seat, locked. Raises Missing when it is not there or not for this caller.

    Raises Forbidden own_seat for a member who is the worker himself: the other side's word is another person's.
    """
    seat = await uow.attendance.lock_seat(engagement_id, with_shift=with_shift)
    if seat is None:
        raise Missing()
    engagement = seat.engagement
    if not sees(by, engagement.worker_id, engagement.employer_id, engagement.city_code):
        raise Missing()
    check_not_own(by, engagement.worker_id)
    return seat


async def sheet_view(uow: Uow, sheet: Any) -> Sheet:
    """A timesheet as it stands, with the pay record that it made."""
    return (await sheet_views(uow, [sheet]))[0]


async def sheet_views(uow: Uow, sheets: Sequence[Any]) -> list[Sheet]:
    """Several at once; only agreed hours are paid for."""
    agreed = [sheet.engagement_id for sheet in sheets if sheet.state == "agreed"]
    pay = await uow.attendance.pay_of(agreed) if agreed else {}
    return [Sheet(sheet, pay.get(sheet.engagement_id)) for sheet in sheets]


def method_of(by: Caller) -> str:
    """How a fact was told when no proof came with it."""
    return {"member": "employer", "officer": "officer", "admin": "officer"}.get(by.role, "worker")


async def neutral_reasons(uow: Uow, kind: str) -> dict[str, bool]:
    """The coded reasons of a kind, and whether each is neutral."""
    return {code: reason.neutral for code, reason in (await uow.reference.reasons(kind)).items()}


async def reason_among(uow: Uow, kind: str, code: str, field: str) -> None:
    """Raises Refused `reason_unknown` with the valid ones."""
    known = await neutral_reasons(uow, kind)
    if code not in known:
        raise Refused("reason_unknown", field=field, expected=sorted(known))
