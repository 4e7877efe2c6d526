"""Whose seat it is: the locked seat for somebody who may see it, and the actor that the log names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Missing, Refused
from service.reference.catalogue import reasons

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow


def sees(by: Caller, worker_id: UUID, employer_id: UUID, city_code: str) -> bool:
    """The two sides and the officers of the region."""
    if by.role == "worker":
        return by.worker_id == worker_id
    if by.role == "member":
        return by.employer_id == employer_id
    return by.role in ("officer", "admin") and by.serves(city_code)


async def locked_seat(uow: Uow, engagement_id: UUID, by: Caller, *, with_shift: bool = False) -> Any:
    """The seat, locked. Raises Missing when it is not there or not for this caller."""
    seat = await uow.attendance.lock_seat(engagement_id, with_shift=with_shift)
    if seat is None:
        raise Missing()
    engagement = seat.engagement
    if not sees(by, engagement.worker_id, engagement.employer_id, engagement.city_code):
        raise Missing()
    return seat


def method_of(by: Caller) -> str:
    """How a fact was told when no proof came with it."""
    return {"member": "employer", "officer": "officer", "admin": "officer"}.get(by.role, "worker")


def neutral_reasons(kind: str) -> dict[str, bool]:
    """The coded reasons of a kind, and whether each is neutral."""
    return {code: reason.neutral for code, reason in reasons()[kind].items()}


def reason_among(kind: str, code: str, field: str) -> None:
    """Raises Refused `reason_unknown` with the valid ones."""
    known = neutral_reasons(kind)
    if code not in known:
        raise Refused("reason_unknown", field=field, expected=sorted(known))
