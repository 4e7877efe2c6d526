"""Queries on intents; numbers are found by their keyed hash, and sealed values go in and out here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select, text

from service.deals.lifecycle import LENT_FIRM
from service.deals.tables import DealRow, LentRow
from service.errors import Missing
from service.ids import new_id
from service.intents.lifecycle import LIVE
from service.intents.rules import CONSENT
from service.intents.tables import IntentRow
from service.people.tables import ConsentRow
from service.text import mask_name, mask_phone
from service.workers.tables import WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow

_PHONE, _NAME = "intent-phone", "intent-name"
_CLEARED = (
    "phone_hash = null, phone_sealed = null, name_sealed = null, worker_id = null, home_district_code = null,"
    " radius_m = null, accepts = '[]', days_off = '[]'"
)
FORGET = text(
    f"update intents set {_CLEARED} where state not in ('asked', 'agreed')"
    " and (worker_id = :person or (worker_id is null and phone_hash = :phone_hash))"
)
OUTDATED = text(
    f"update intents set {_CLEARED} where ctid in (select ctid from intents"
    # a no reads like silence, and ends when silence would have
    " where case when state in ('refused', 'lapsed') then answer_by else ended_at end"
    " < business_now() - cast(:kept as interval)"
    " and (phone_hash is not null or worker_id is not null) limit :batch)"
)


class IntentRepository:
    """Who was asked, and who has agreed."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, *, phone: str, name: str, **fields: Any) -> IntentRow:
        """One for `uow.add`."""
        vault = self.uow.ctx.vault
        names = (
            "worker_id",
            "agreed_at",
            "wording",
            "trade",
            "first_day",
            "last_day",
            "home_district_code",
            "radius_m",
            "ended_at",
            "end_reason",
        )
        sealed = {
            "phone_hash": vault.index("phone", phone),
            "phone_sealed": vault.seal(_PHONE, phone.encode()),
            "name_sealed": vault.seal(_NAME, name.encode()),
        }
        empty = dict.fromkeys(names) | {"id": new_id(), "state": "asked", "accepts": [], "days_off": []}
        return IntentRow(**(empty | sealed | fields))

    def opened(self, row: IntentRow) -> tuple[str, str]:
        """Number and name as the firm has given them, in full. Raises Missing where they are forgotten."""
        if row.phone_sealed is None or row.name_sealed is None:
            raise Missing
        vault = self.uow.ctx.vault
        return vault.open(_PHONE, row.phone_sealed).decode(), vault.open(_NAME, row.name_sealed).decode()

    def shown(self, row: IntentRow) -> tuple[str | None, str | None]:
        """Name and number, masked; nothing where they are forgotten."""
        if row.phone_sealed is None or row.name_sealed is None:
            return None, None
        phone, name = self.opened(row)
        return mask_name(name), mask_phone(phone)

    async def get(self, intent_id: UUID, *, lock: bool = False) -> IntentRow:
        """One. Raises Missing."""
        asked = select(IntentRow).where(IntentRow.id == intent_id).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked.with_for_update(key_share=True) if lock else asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def of(self, balance_id: UUID, states: Collection[str] | None = None) -> Sequence[IntentRow]:
        """Everybody asked about a surplus, in the order of asking."""
        asked = select(IntentRow).where(IntentRow.balance_id == balance_id)
        asked = asked.where(IntentRow.state.in_(tuple(states))) if states is not None else asked
        return await self._all(asked)

    async def lock_live(self, balance_id: UUID) -> Sequence[IntentRow]:
        """Everybody who is asked or has agreed, kept from other writers."""
        asked = select(IntentRow).where(IntentRow.balance_id == balance_id, IntentRow.state.in_(LIVE))
        return await self._all(asked.with_for_update(key_share=True))

    async def lock_of_person(self, person_id: UUID, states: Collection[str]) -> Sequence[IntentRow]:
        """What somebody has said yes to, kept from other writers."""
        asked = select(IntentRow).where(IntentRow.worker_id == person_id, IntentRow.state.in_(tuple(states)))
        return await self._all(asked.with_for_update(key_share=True))

    async def of_person(self, person_id: UUID) -> Sequence[IntentRow]:
        """All that bear the record."""
        return await self._all(select(IntentRow).where(IntentRow.worker_id == person_id))

    async def lock_asked(self, phone_hash: bytes) -> Sequence[IntentRow]:
        """Open questions to a number, kept from other writers."""
        asked = select(IntentRow).where(IntentRow.phone_hash == phone_hash, IntentRow.state == "asked")
        return await self._all(asked.with_for_update(key_share=True))

    async def _all(self, asked: Select[IntentRow]) -> Sequence[IntentRow]:
        asked = asked.order_by(IntentRow.created_at, IntentRow.id)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def for_person(self, person_id: UUID, phone_hash: bytes | None) -> Sequence[IntentRow]:
        """Where somebody was asked by the own, proved number, or has answered; the newest first."""
        mine = [IntentRow.worker_id == person_id]
        if phone_hash is not None:
            mine.append((IntentRow.phone_hash == phone_hash) & IntentRow.worker_id.is_(None))
        return (await self.session.scalars(select(IntentRow).where(or_(*mine)).order_by(IntentRow.id.desc()))).all()

    async def asked_since(self, employer_id: UUID, phone: str, since: datetime) -> list[datetime]:
        """When a firm asked this number after `since`, the oldest first."""
        asked = select(IntentRow.created_at).where(
            IntentRow.employer_id == employer_id,
            IntentRow.phone_hash == self.uow.ctx.vault.index("phone", phone),
            IntentRow.created_at > since,
        )
        return sorted(await self.session.scalars(asked))

    async def newest_to(self, balance_id: UUID, phone: str) -> IntentRow | None:
        """The last question about a surplus to this number."""
        asked = select(IntentRow).where(
            IntentRow.balance_id == balance_id, IntentRow.phone_hash == self.uow.ctx.vault.index("phone", phone)
        )
        return (await self.session.scalars(asked.order_by(IntentRow.created_at.desc()).limit(1))).one_or_none()

    async def live(self, balance_id: UUID, now: datetime) -> int:
        """How many are asked or have agreed; a no takes its place as long as silence would."""
        waits = IntentRow.state.in_(("refused", "lapsed")) & (IntentRow.answer_by > now)
        asked = select(func.count()).where(IntentRow.balance_id == balance_id, IntentRow.state.in_(LIVE) | waits)
        return int(await self.session.scalar(asked) or 0)

    async def agreed(self, balance_id: UUID) -> Sequence[tuple[IntentRow, WorkerRow]]:
        """Only who has agreed, not withdrawn, and whose consent as a whole is in force; in the order of ids."""
        asked = select(IntentRow, WorkerRow).join(WorkerRow, WorkerRow.id == IntentRow.worker_id)
        asked = asked.where(IntentRow.balance_id == balance_id, *_AGREED).order_by(IntentRow.id)
        return [(row, worker) for row, worker in await self.session.execute(asked)]

    async def counted(self, balance_id: UUID) -> int:
        """How many they are."""
        asked = select(func.count()).select_from(IntentRow).where(IntentRow.balance_id == balance_id, *_AGREED)
        return int(await self.session.scalar(asked) or 0)

    async def is_agreed(self, row: IntentRow) -> bool:
        """Whether this one may be used now."""
        return bool(await self.session.scalar(select(exists().where(IntentRow.id == row.id, *_AGREED))))

    async def lent_by(self, employer_id: UUID, people: Collection[UUID]) -> dict[UUID, list[tuple[date, date]]]:
        """Days for which this firm has lent each of them already. What others have with them is not told."""
        asked = (
            select(LentRow.worker_id, LentRow.first_day, LentRow.last_day)
            .join(DealRow, DealRow.id == LentRow.deal_id)
            .where(DealRow.lender_id == employer_id, LentRow.state.in_(LENT_FIRM), LentRow.worker_id.in_(people))
        )
        found: dict[UUID, list[tuple[date, date]]] = {}
        for worker_id, first, last in await self.session.execute(asked):
            if worker_id is not None:
                found.setdefault(worker_id, []).append((first, last))
        return found

    async def forget(self, person_id: UUID, phone_hash: bytes | None) -> None:
        """Nothing personal of somebody is left in what is over; that somebody was asked stays."""
        await self.session.execute(FORGET, {"person": person_id, "phone_hash": phone_hash})


_AGREED = (
    IntentRow.state == "agreed",
    exists().where(
        ConsentRow.person_id == IntentRow.worker_id, ConsentRow.scope == CONSENT, ConsentRow.withdrawn_at.is_(None)
    ),
)
