"""What others may ask of evidence, and its own part of a pack, given like everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.evidence.repository.work import tell_messages, tell_work

if TYPE_CHECKING:
    from service.uow import Uow


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: no pack shows a value of theirs again, every chain and signature still holds."""
    await uow.evidence.forget(person_id)


PORTS: dict[str, Any] = {
    "evidence.sources.work": tell_work,
    "evidence.lent_sources.messages": tell_messages,
    "evidence.forget": forget_person,
}
