"""Subscriptions: by owner, by id, and with their secrets opened."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select

from service.access.tables import ApiKeyRow
from service.employers.tables import EmployerRow, MemberRow
from service.errors import Missing
from service.ids import new_id
from service.webhooks.lifecycle import COLLECTING
from service.webhooks.rules.events import Reach
from service.webhooks.rules.signing import SECRET_BYTES, secret_text
from service.webhooks.tables import SubscriptionRow

if TYPE_CHECKING:
    from service.uow import Uow


class SubscriptionsRepository:
    """`uow.subscriptions`."""

    def __init__(self, uow: Uow):
        self.session = uow.session
        self.vault = uow.ctx.vault

    def new(self, **fields: Any) -> tuple[SubscriptionRow, str]:
        """One for `uow.add`, and its secret as it is shown this once."""
        row_id = new_id()
        sealed, shown = self._new_secret(row_id)
        row = SubscriptionRow(id=row_id, state="active", secret_sealed=sealed, failures=0, **fields)
        return row, shown

    def renewed(self, row: SubscriptionRow) -> tuple[dict[str, Any], str]:
        """The columns of a new secret with the present one behind it, and the new one as it is shown this once."""
        sealed, shown = self._new_secret(row.id)
        return {"secret_sealed": sealed, "former_sealed": row.secret_sealed}, shown

    def secrets_of(self, row: SubscriptionRow, now: datetime) -> list[bytes]:
        """The secrets that are good now, the newest first. Raises SealBroken."""
        sealed = [row.secret_sealed]
        if row.former_sealed is not None and row.overlap_until is not None and row.overlap_until > now:
            sealed.append(row.former_sealed)
        return [self.vault.open(_purpose(row.id), each) for each in sealed]

    def _new_secret(self, row_id: UUID) -> tuple[bytes, str]:
        secret = secrets.token_bytes(SECRET_BYTES)
        return self.vault.seal(_purpose(row_id), secret), secret_text(secret)

    async def get(self, subscription_id: UUID, *, lock: bool = False) -> SubscriptionRow:
        """One, in every state. Raises Missing."""
        asked = select(SubscriptionRow).where(SubscriptionRow.id == subscription_id)
        if lock:
            asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def live_of(self, *, employer_id: UUID | None, key_id: UUID | None) -> int:
        """How many of an owner have not ended."""
        asked = select(func.count()).where(_owned(employer_id, key_id), SubscriptionRow.state != "ended")
        return int((await self.session.execute(asked)).scalar_one())

    async def page(
        self, *, employer_id: UUID | None, key_id: UUID | None, everybody: bool, after: UUID | None, limit: int
    ) -> Sequence[SubscriptionRow]:
        """An employer's (those of its keys too), a key's, or all, by id."""
        asked = select(SubscriptionRow)
        if not everybody:
            asked = asked.where(SubscriptionRow.key_id == key_id if key_id is not None else _of_employer(employer_id))
        if after is not None:
            asked = asked.where(SubscriptionRow.id > after)
        return (await self.session.scalars(asked.order_by(SubscriptionRow.id).limit(limit))).all()

    async def live_with(
        self, *, key_id: UUID | None = None, employer_id: UUID | None = None
    ) -> Sequence[SubscriptionRow]:
        """What hangs on a key or an employer and has not ended, locked, in the order of ids."""
        of = SubscriptionRow.key_id == key_id if key_id is not None else _of_employer(employer_id)
        asked = select(SubscriptionRow).where(of, SubscriptionRow.state != "ended").order_by(SubscriptionRow.id)
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).all()

    async def reaches(self) -> list[Reach]:
        """Everybody who collects events at the moment."""
        columns = ("id", "owner_kind", "employer_id", "key_id", "region", "kinds")
        asked = select(*(getattr(SubscriptionRow, name) for name in columns)).where(
            SubscriptionRow.state.in_(COLLECTING)
        )
        return [
            Reach(row.id, row.owner_kind, row.employer_id, row.key_id, row.region, frozenset(row.kinds))
            for row in await self.session.execute(asked)
        ]

    async def barred(self, row: SubscriptionRow) -> bool:
        """Whether its owner may hear nothing at present: a suspended or refused employer, a revoked key."""
        if row.employer_id is not None:
            state = await self.session.scalar(select(EmployerRow.state).where(EmployerRow.id == row.employer_id))
            if state in ("suspended", "refused"):
                return True
        if row.key_id is None:
            return False
        return await self.session.scalar(select(ApiKeyRow.state).where(ApiKeyRow.id == row.key_id)) != "active"

    async def people_in_charge(self, row: SubscriptionRow) -> Iterable[UUID]:
        """The owners of the employer that it belongs to; a partner's or administrators' has nobody to be told."""
        if row.employer_id is None:
            return ()
        asked = select(MemberRow.person_id).where(
            MemberRow.employer_id == row.employer_id, MemberRow.role == "owner", MemberRow.left_at.is_(None)
        )
        return (await self.session.scalars(asked.order_by(MemberRow.person_id))).all()


def _purpose(row_id: UUID) -> str:
    return f"webhook-secret:{row_id}"


def _of_employer(employer_id: UUID | None) -> ColumnElement[bool]:
    return SubscriptionRow.employer_id == employer_id if employer_id is not None else false()


def _owned(employer_id: UUID | None, key_id: UUID | None) -> ColumnElement[bool]:
    if key_id is not None:
        return SubscriptionRow.key_id == key_id
    if employer_id is not None:
        return _of_employer(employer_id)
    return SubscriptionRow.owner_kind == "admin"
