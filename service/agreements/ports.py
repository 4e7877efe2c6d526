"""What agreements let other features do: draw one, void those of a subject, look how far they are; start work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.steps import check_start, draw, signed, void

if TYPE_CHECKING:
    from service.uow import Uow


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: no document or picture of theirs is readable again; hashes and states stay."""
    await uow.agreements.forget(person_id)


PORTS: dict[str, Any] = {
    "agreements.draw": draw,
    "agreements.void": void,
    "agreements.signed": signed,
    "agreements.check_start": check_start,
    "agreements.forget": forget_person,
}
