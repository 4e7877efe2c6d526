"""Moves that more than one door takes, and the messages that go with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.intents.lifecycle import ANSWER, INTENT
from service.intents.rules import CONSENT
from service.worktime import local_day

if TYPE_CHECKING:
    from service.actor import Actor
    from service.balances.tables import BalanceRow
    from service.intents.tables import IntentRow
    from service.people.consents import ConsentText
    from service.uow import Uow


async def end(uow: Uow, row: IntentRow, action: str, *, by: Actor, reason: str | None = None) -> None:
    """Refuse, lapse, withdraw or end. Raises Conflict wrong_state."""
    now = await uow.now()
    over: dict[str, Any] = {"ended_at": now, "end_reason": reason or action}
    await uow.move(row, INTENT, action, by=by, at=now, reason=reason, **over)
    await uow.flush()
    await uow.unschedule(ANSWER, subject_id=row.id)


async def take_back_consent(uow: Uow, person_id: UUID, *, by: Actor) -> None:
    """With the last yes the consent to be considered ends as well."""
    if not await uow.intents.lock_of_person(person_id, ("agreed",)):
        await uow.people.withdraw_consent(person_id, CONSENT, by=by)


async def words_of(uow: Uow) -> ConsentText:
    """What is agreed to today."""
    found = uow.people.consent_text(CONSENT, local_day(await uow.now()))
    if found is None:
        raise RuntimeError(f"consents.yaml has no words for {CONSENT}")
    return found


async def tell_person(uow: Uow, balance: BalanceRow, row: IntentRow, template: str, **params: Any) -> None:
    """Tell who is asked: by the record, and before that by the number that was proved."""
    known = [row.worker_id] if row.worker_id else await uow.lent.known_people(row.phone_hash or b"")
    for person_id in known:
        await _tell(uow, person_id, balance, row, template, params)


async def tell_firm(uow: Uow, balance: BalanceRow, row: IntentRow, template: str) -> None:
    """Tell those who decide for the firm; never a name."""
    for person_id in await uow.members.deciders(balance.employer_id):
        await _tell(uow, person_id, balance, row, template, {}, employer_id=balance.employer_id)


async def _tell(
    uow: Uow,
    person_id: UUID,
    balance: BalanceRow,
    row: IntentRow,
    template: str,
    params: dict[str, Any],
    employer_id: UUID | None = None,
) -> None:
    firm = await uow.employers.get(balance.employer_id)
    said = {
        "firm": firm.name, "trade": balance.trade,
        "first_day": balance.first_day, "last_day": balance.last_day,
    }  # fmt: skip
    await uow.tell(
        person_id, template, params=said | params, subject=("intent", row.id),
        dedupe=f"{template}:{row.id}:{row.version}", employer_id=employer_id,
    )  # fmt: skip
