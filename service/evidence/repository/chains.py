"""Chains of evidence: what is in them, what comes behind it, what stands behind commitments, issued packs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, text

from service.deals.tables import DealRow, LentRow
from service.employers.tables import EmployerRow, MemberRow
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.evidence.repository.telling import TellingRepository
from service.evidence.tables import EvidenceEntryRow, EvidenceOpeningRow, EvidencePackRow
from service.ids import new_id
from service.people.tables import PersonRow
from service.proof import About, Personal
from service.vault import SealBroken
from service.verifying.canonical import canonical

if TYPE_CHECKING:
    from service.uow import Uow

QUEUE = text("select pg_advisory_xact_lock(hashtextextended('evidence:' || cast(:id as text), 0))")
COLUMN = "evidence"


class EvidenceRepository(TellingRepository):
    """Who issues a pack waits for whoever issues one of the same seat; the seat itself is never locked."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def queue(self, about_id: UUID) -> None:
        """One writer of a seat's or lending's chains at a time."""
        await self.uow.session.execute(QUEUE, {"id": str(about_id)})

    async def seat(self, engagement_id: UUID) -> EngagementRow:
        """The seat as it stands. Raises Missing."""
        row = await self.uow.session.get(EngagementRow, engagement_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lending(self, lent_id: UUID) -> tuple[DealRow, LentRow]:
        """Somebody lent with the deal, as they stand. Raises Missing."""
        lent = await self.uow.session.get(LentRow, lent_id, populate_existing=True)
        if lent is None:
            raise Missing
        return await self.uow.session.get_one(DealRow, lent.deal_id, populate_existing=True), lent

    async def public_terms_hash(self, seat: EngagementRow) -> str | None:
        """The hash of the terms; none of a household's, whose address it would give away to a guesser."""
        employer = await self.uow.session.get_one(EmployerRow, seat.employer_id)
        return None if employer.kind == "household" else seat.terms_hash

    # -- chains ------------------------------------------------------------------------------------------

    async def entries(self, about: About) -> list[EvidenceEntryRow]:
        """The chain from its first entry."""
        found = select(EvidenceEntryRow).where(*_of(EvidenceEntryRow, about))
        return list((await self.uow.session.scalars(found.order_by(EvidenceEntryRow.seq))).all())

    def append(self, about: About, source: str, entry: dict[str, Any]) -> None:
        """One more entry behind the last."""
        self.uow.session.add(
            EvidenceEntryRow(**about.columns, side=about.side, seq=entry["seq"], source=source, body=canonical(entry))
        )

    # -- what stands behind commitments -------------------------------------------------------------------

    async def hide(self, about: About, seq: int, name: str, salt: str, value: Personal) -> None:
        """Keep an opening under its person's key."""
        person = await self.uow.session.get_one(PersonRow, value.person_id)
        plain = json.dumps({"salt": salt, "value": value.value})
        sealed = self.uow.ctx.vault.seal_for(person.data_key, person.id.bytes, COLUMN, plain)
        self.uow.session.add(
            EvidenceOpeningRow(
                **about.columns, side=about.side, seq=seq, field=name, person_id=person.id, sealed=sealed
            )
        )

    async def openings(self, about: About, count: int) -> list[tuple[UUID, dict[str, Any]]]:
        """What can still be opened of the first `count` entries, in their order, each with whose it is."""
        found = (
            select(EvidenceOpeningRow, PersonRow.data_key)
            .join(PersonRow, PersonRow.id == EvidenceOpeningRow.person_id)
            .where(*_of(EvidenceOpeningRow, about), EvidenceOpeningRow.seq <= count)
        )
        opened = [
            (row.person_id, {"seq": row.seq, "field": row.field} | plain)
            for row, key in await self.uow.session.execute(found)
            if (plain := self._open(key, row)) is not None
        ]
        return sorted(opened, key=lambda each: (each[1]["seq"], each[1]["field"]))

    def _open(self, key: bytes | None, row: EvidenceOpeningRow) -> dict[str, Any] | None:
        """Salt and value; nothing once the person's key is gone."""
        try:
            plain = self.uow.ctx.vault.open_for(key or b"", row.person_id.bytes, COLUMN, row.sealed)
        except SealBroken:
            return None
        opened: dict[str, Any] = json.loads(plain)
        return opened

    async def forget(self, person_id: UUID) -> None:
        """Every opening of a person goes; chains and signatures stay as they are."""
        await self.uow.session.execute(delete(EvidenceOpeningRow).where(EvidenceOpeningRow.person_id == person_id))

    # -- packs -------------------------------------------------------------------------------------------

    async def pack_at(self, about: About, count: int) -> EvidencePackRow | None:
        """The pack issued at this length of the chain."""
        found = select(EvidencePackRow).where(*_of(EvidencePackRow, about), EvidencePackRow.count == count)
        return (await self.uow.session.scalars(found)).one_or_none()

    def new_pack(self, about: About, city_code: str, header: dict[str, Any], signature: bytes) -> EvidencePackRow:
        """A pack, for `uow.add`."""
        return EvidencePackRow(
            id=UUID(header["pack_id"]),
            **about.columns,
            side=about.side,
            city_code=city_code,
            count=header["count"],
            head=header["head"],
            header=canonical(header),
            signature=signature,
        )

    async def was_issued(self, pack_id: UUID, head: str) -> bool:
        """Whether this service issued a pack of this id with this head."""
        found = select(EvidencePackRow.id).where(EvidencePackRow.id == pack_id, EvidencePackRow.head == head)
        return await self.uow.session.scalar(found) is not None

    async def firms_of(self, employer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """The firm of everybody who is or was a member of one of these, by the person."""
        asked = select(MemberRow.person_id, MemberRow.employer_id).where(MemberRow.employer_id.in_(list(employer_ids)))
        return {row.person_id: row.employer_id for row in await self.uow.session.execute(asked.order_by(MemberRow.id))}

    async def packs(self, engagement_id: UUID) -> Sequence[EvidencePackRow]:
        """Every pack of a seat, oldest first."""
        found = select(EvidencePackRow).where(EvidencePackRow.engagement_id == engagement_id)
        return (await self.uow.session.scalars(found.order_by(EvidencePackRow.created_at, EvidencePackRow.id))).all()

    def new_id(self) -> UUID:
        """The id of a pack to be."""
        return new_id()


def _of(table: Any, about: About) -> tuple[ColumnElement[bool], ...]:
    """The rows of one chain."""
    column = table.engagement_id if about.noun == "engagement" else table.lent_id
    return column == about.id, table.side == about.side
