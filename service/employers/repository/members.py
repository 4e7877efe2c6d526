"""Members and invitations, with the names and numbers that may be shown of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from service.employers.rules import DECIDERS
from service.employers.tables import EmployerRow, InvitationRow, MemberRow
from service.errors import Missing
from service.people.tables import PersonRow
from service.text import mask_phone

if TYPE_CHECKING:
    from service.uow import Uow

_PURPOSE = "invitation-phone"


class MembersRepository:
    """People who act for an employer; a row without `left_at` is live."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, *, employer_id: UUID, person_id: UUID, role: str) -> MemberRow:
        """A membership for `uow.add`."""
        return MemberRow(employer_id=employer_id, person_id=person_id, role=role)

    async def role_of(self, employer_id: UUID, person_id: UUID | None) -> str | None:
        """The person's present role there; None when there is none."""
        asked = select(MemberRow.role).where(
            MemberRow.employer_id == employer_id, MemberRow.person_id == person_id, MemberRow.left_at.is_(None)
        )
        role: str | None = (await self.session.scalars(asked)).one_or_none()
        return role

    async def get(self, employer_id: UUID, member_id: UUID) -> MemberRow:
        """A live member of this employer. Raises Missing."""
        asked = select(MemberRow).where(
            MemberRow.id == member_id, MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None)
        )
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def live(self, employer_id: UUID, *, role: str | None = None) -> Sequence[MemberRow]:
        """Live members, the oldest first."""
        asked = select(MemberRow).where(MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None))
        if role is not None:
            asked = asked.where(MemberRow.role == role)
        return (await self.session.scalars(asked.order_by(MemberRow.created_at, MemberRow.id))).all()

    async def deciders(self, employer_id: UUID) -> Sequence[UUID]:
        """The persons who post and decide for an employer: the owner first, then who came first."""
        asked = (
            select(MemberRow.person_id)
            .where(MemberRow.employer_id == employer_id, MemberRow.left_at.is_(None), MemberRow.role.in_(DECIDERS))
            .order_by(MemberRow.role != "owner", MemberRow.created_at, MemberRow.id)
        )
        return (await self.session.scalars(asked)).all()

    async def owners(self, employer_id: UUID) -> list[UUID]:
        """The persons who own it."""
        return [row.person_id for row in await self.live(employer_id, role="owner")]

    async def count_of(self, person_id: UUID) -> int:
        """How many employers a person acts for."""
        asked = select(func.count()).where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
        return int((await self.session.execute(asked)).scalar_one())

    async def shown(self, person_ids: Collection[UUID]) -> dict[UUID, tuple[str, str | None]]:
        """(name, masked phone) of colleagues: those who act for one employer know each other by name."""
        made = {}
        for row in await self.session.scalars(select(PersonRow).where(PersonRow.id.in_(person_ids))):
            phone = self._opened(row, "phone", row.phone_sealed)
            made[row.id] = (self._opened(row, "name", row.name_sealed), mask_phone(phone) if phone else None)
        return made

    def _opened(self, row: PersonRow, column: str, sealed: bytes | None) -> str:
        return self.uow.ctx.vault.open_for(row.data_key, row.id.bytes, column, sealed) if sealed else ""

    async def active_person(self, person_id: UUID) -> tuple[UUID, str | None]:
        """(id, city where registered) of a living record. Raises Missing."""
        row = await self.session.get(PersonRow, person_id)
        if row is None or row.state != "active":
            raise Missing
        return row.id, row.city_code

    async def proven_phone(self, person_id: UUID | None) -> bytes | None:
        """The keyed hash of the person's phone, where a code sent to it was returned."""
        asked = select(PersonRow.phone_hash).where(
            PersonRow.id == person_id, PersonRow.state == "active", PersonRow.phone_confirmed_at.is_not(None)
        )
        found: bytes | None = (await self.session.scalars(asked)).one_or_none()
        return found


class InvitationsRepository:
    """Invitations to act for an employer; the number is found by its keyed hash only."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    def new(self, *, employer_id: UUID, role: str, phone: str, expires_at: datetime) -> InvitationRow:
        """An invitation for `uow.add`."""
        vault = self.uow.ctx.vault
        return InvitationRow(
            state="waiting",
            employer_id=employer_id,
            role=role,
            phone_hash=vault.index("phone", phone),
            phone_sealed=vault.seal(_PURPOSE, phone.encode()),
            expires_at=expires_at,
        )

    def phone_shown(self, row: InvitationRow) -> str | None:
        """The number as its inviter may see it again: masked."""
        return mask_phone(self.uow.ctx.vault.open(_PURPOSE, row.phone_sealed).decode()) if row.phone_sealed else None

    async def lock(self, invitation_id: UUID) -> InvitationRow:
        """An invitation, kept from other writers. Raises Missing."""
        asked = select(InvitationRow).where(InvitationRow.id == invitation_id).with_for_update(key_share=True)
        row = (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise Missing
        return row

    async def waiting(self, employer_id: UUID) -> Sequence[InvitationRow]:
        """An employer's open invitations, the oldest first."""
        asked = select(InvitationRow).where(InvitationRow.employer_id == employer_id, InvitationRow.state == "waiting")
        return (await self.session.scalars(asked.order_by(InvitationRow.created_at, InvitationRow.id))).all()

    async def for_phone(self, phone_hash: bytes, now: datetime) -> Sequence[tuple[InvitationRow, EmployerRow]]:
        """What waits for the owner of a number."""
        asked = (
            select(InvitationRow, EmployerRow)
            .join(EmployerRow, EmployerRow.id == InvitationRow.employer_id)
            .where(
                InvitationRow.phone_hash == phone_hash,
                InvitationRow.state == "waiting",
                InvitationRow.expires_at > now,
            )
            .order_by(InvitationRow.created_at, InvitationRow.id)
        )
        return [(invitation, employer) for invitation, employer in await self.session.execute(asked)]

    async def sent_since(self, employer_id: UUID, phone: str, since: datetime) -> list[datetime]:
        """When this employer invited this number after `since`, the oldest first."""
        asked = select(InvitationRow.created_at).where(
            InvitationRow.employer_id == employer_id,
            InvitationRow.phone_hash == self.uow.ctx.vault.index("phone", phone),
            InvitationRow.created_at > since,
        )
        return sorted(await self.session.scalars(asked))

    async def known_people(self, phone_hash: bytes) -> Sequence[UUID]:
        """Who has proved this number and can be told."""
        asked = select(PersonRow.id).where(
            PersonRow.phone_hash == phone_hash, PersonRow.state == "active", PersonRow.phone_confirmed_at.is_not(None)
        )
        return (await self.session.scalars(asked.order_by(PersonRow.id))).all()
