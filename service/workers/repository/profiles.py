"""Profiles with their skills and certificates, and what may be shown of the person behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Missing
from service.ids import new_id
from service.people.tables import PersonRow
from service.workers.tables import CertificateRow, SkillRow, WorkerRow
from service.workers.views import Shown

if TYPE_CHECKING:
    from service.uow import Uow

CERTIFICATE_NUMBER = "certificate_number"


class WorkersRepository:
    """Lock a worker before anything else that is locked in the same transaction."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- profiles --------------------------------------------------------------------------------------

    async def lock(self, worker_id: UUID) -> WorkerRow:
        """The living profile, locked FOR NO KEY UPDATE. Raises Missing (none, or merged into another)."""
        row = await self.locked(worker_id)
        if row is None or row.state == "merged":
            raise Missing
        return row

    async def locked(self, worker_id: UUID) -> WorkerRow | None:
        """The profile in whatever state, locked; None when there is none."""
        found = select(WorkerRow).where(WorkerRow.id == worker_id).with_for_update(key_share=True)
        found = found.execution_options(populate_existing=True)
        return (await self.uow.session.scalars(found)).one_or_none()

    async def get(self, worker_id: UUID) -> WorkerRow:
        """The living profile, unlocked. Raises Missing."""
        row = await self.uow.session.get(WorkerRow, worker_id)
        if row is None or row.state == "merged":
            raise Missing
        return row

    def new(self, person_id: UUID, **fields: Any) -> WorkerRow:
        """A profile of a stored person, not yet added."""
        return WorkerRow(id=person_id, state="active", **fields)

    # -- what may be shown -----------------------------------------------------------------------------

    async def shown(self, worker_id: UUID, *, in_full: bool = False) -> Shown:
        """Name, phone and number as they may be shown: masked; `in_full` gives the name to its owner."""
        people = self.uow.people
        row = await people.get(worker_id)
        return Shown(
            name=(people.name_of(row) or "") if in_full else people.masked_name(row),
            phone_masked=people.masked_phone(row),
            id_number_masked=people.masked_id_number(row),
            language=row.language,
        )

    async def masked_names(self, worker_ids: Collection[UUID]) -> dict[UUID, str]:
        """Names for those who may not see them."""
        found = select(PersonRow).where(PersonRow.id.in_(worker_ids))
        return {row.id: self.uow.people.masked_name(row) for row in await self.uow.session.scalars(found)}

    # -- skills ----------------------------------------------------------------------------------------

    def new_skill(self, worker_id: UUID, *, trade: str | None, name: str, level: int | None = None) -> SkillRow:
        """A skill, not yet added."""
        return SkillRow(id=new_id(), worker_id=worker_id, trade=trade, name=name, level=level)

    async def skills(self, worker_id: UUID) -> Sequence[SkillRow]:
        """What somebody can do, in the order of telling."""
        return (await self.skills_of([worker_id]))[worker_id]

    async def skills_of(self, worker_ids: Collection[UUID]) -> dict[UUID, list[SkillRow]]:
        """The same for many; every id has a list."""
        found = select(SkillRow).where(SkillRow.worker_id.in_(worker_ids), SkillRow.removed_at.is_(None))
        return _grouped(await self.uow.session.scalars(found.order_by(SkillRow.created_at, SkillRow.id)))

    async def skill(self, worker_id: UUID, skill_id: UUID) -> SkillRow:
        """One live skill of this worker. Raises Missing."""
        row = await self.uow.session.get(SkillRow, skill_id)
        if row is None or row.worker_id != worker_id or row.removed_at is not None:
            raise Missing
        return row

    # -- certificates ----------------------------------------------------------------------------------

    def new_certificate(self, worker_id: UUID, **fields: Any) -> CertificateRow:
        """A certificate, not yet added."""
        return CertificateRow(id=new_id(), worker_id=worker_id, **fields)

    async def certificates(self, worker_id: UUID) -> Sequence[CertificateRow]:
        """Somebody's papers, in the order of telling."""
        return (await self.certificates_of([worker_id]))[worker_id]

    async def certificates_of(self, worker_ids: Collection[UUID]) -> dict[UUID, list[CertificateRow]]:
        """The same for many; every id has a list."""
        found = select(CertificateRow).where(
            CertificateRow.worker_id.in_(worker_ids), CertificateRow.removed_at.is_(None)
        )
        return _grouped(await self.uow.session.scalars(found.order_by(CertificateRow.created_at, CertificateRow.id)))

    async def certificate(self, worker_id: UUID, certificate_id: UUID) -> CertificateRow:
        """One live certificate of this worker. Raises Missing."""
        row = await self.uow.session.get(CertificateRow, certificate_id)
        if row is None or row.worker_id != worker_id or row.removed_at is not None:
            raise Missing
        return row

    async def seal_number(self, worker_id: UUID, number: str) -> bytes:
        """A certificate's number under its owner's key."""
        key = await self._data_key(worker_id)
        return self.uow.ctx.vault.seal_for(key, worker_id.bytes, CERTIFICATE_NUMBER, number)

    async def open_number(self, worker_id: UUID, sealed: bytes) -> str:
        """The number again, to compare it or to seal it for another record."""
        key = await self._data_key(worker_id)
        return self.uow.ctx.vault.open_for(key, worker_id.bytes, CERTIFICATE_NUMBER, sealed)

    async def _data_key(self, worker_id: UUID) -> bytes:
        found = await self.uow.session.scalars(select(PersonRow.data_key).where(PersonRow.id == worker_id))
        key: bytes = found.one()
        return key


def _grouped(rows: Any) -> dict[UUID, list[Any]]:
    made: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        made[row.worker_id].append(row)
    return made
