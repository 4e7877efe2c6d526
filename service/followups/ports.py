"""What follow-ups let other features ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.followups.proofs import answers_told, tell_answers, tell_of_lending
from service.followups.steps import stop_asking

if TYPE_CHECKING:
    from service.uow import Uow


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: is asked nothing more, and what was answered goes; that it was answered, and what it opened,
    stays."""
    for plan in await uow.followups.plans_of_worker(person_id):
        if plan.state == "open":
            await stop_asking(uow, plan, "worker", by=SYSTEM, reason="person_erased")
    await uow.followups.forget(person_id)


PORTS: dict[str, Any] = {
    "evidence.sources.followups": tell_answers,
    "evidence.lent_sources.followups": tell_of_lending,
    "followups.answers": answers_told,
    "followups.forget": forget_person,
}
