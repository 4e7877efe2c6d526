"""Agreements, their signatures and the triage of postings: kept sealed, read for whose they are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_, update

from service.agreements.lifecycle import LIVE, ROLES
from service.agreements.tables import AgreementRow, SignatureRow, TriageRow
from service.engagements.lifecycle import LIVE as LIVE_SEATS
from service.engagements.tables import EngagementRow
from service.errors import Missing
from service.ids import new_id
from service.postings.tables import PostingRow
from service.reference.within import within
from service.shifts.tables import ShiftRow

if TYPE_CHECKING:
    from service.uow import Uow

DOCUMENT, PICTURE = "agreement", "agreement-picture"


@dataclass(frozen=True, slots=True)
class Owed:
    """A labour relation without a written contract: since when its worker has worked."""

    posting_id: UUID
    employer_id: UUID
    worker_id: UUID
    since: datetime


class AgreementRepository:
    """Lock seats and postings before agreements, an agreement before its signatures."""

    def __init__(self, uow: Uow):
        self.uow = uow
        self.session = uow.session

    # -- agreements ------------------------------------------------------------------------------------

    async def new(self, text: str, *, worker_id: UUID | None, **fields: Any) -> AgreementRow:
        """One for `uow.add`, its text sealed: under the worker's key where there is a worker."""
        if worker_id is None:
            sealed = self.uow.ctx.vault.seal(DOCUMENT, text.encode())
        else:
            person = await self.uow.people.get(worker_id)
            sealed = self.uow.ctx.vault.seal_for(person.data_key, person.id.bytes, DOCUMENT, text)
        unset = dict.fromkeys(("signed_at", "closed_at", "close_reason"))
        return AgreementRow(
            state="drawn", worker_id=worker_id, sealed_for=worker_id, document_sealed=sealed, **unset, **fields
        )

    async def text_of(self, row: AgreementRow) -> str | None:
        """The canonical text, or None where it was forgotten."""
        if row.document_sealed is None:
            return None
        if row.sealed_for is None:
            return self.uow.ctx.vault.open(DOCUMENT, row.document_sealed).decode()
        person = await self.uow.people.get(row.sealed_for)
        return self.uow.ctx.vault.open_for(person.data_key, person.id.bytes, DOCUMENT, row.document_sealed)

    async def get(self, agreement_id: UUID) -> AgreementRow:
        """By id. Raises Missing."""
        row = await self.session.get(AgreementRow, agreement_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def lock(self, agreement_id: UUID) -> AgreementRow:
        """One, kept from other writers until the end. Raises Missing."""
        rows = await self._locked(AgreementRow.id == agreement_id)
        if not rows:
            raise Missing
        return rows[0]

    async def lock_live(self, noun: str, subject_id: UUID, **of: Any) -> Sequence[AgreementRow]:
        """The live agreements of a subject, locked; `of` narrows by columns."""
        same = (getattr(AgreementRow, name).is_not_distinct_from(value) for name, value in of.items())
        return await self._locked(
            AgreementRow.subject_noun == noun,
            AgreementRow.subject_id == subject_id,
            AgreementRow.state.in_(LIVE),
            *same,
        )

    async def _locked(self, *where: ColumnElement[bool]) -> Sequence[AgreementRow]:
        asked = select(AgreementRow).where(*where).order_by(AgreementRow.id).with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).all()

    async def live_of(self, noun: str, subject_id: UUID) -> Sequence[AgreementRow]:
        """The same, unlocked."""
        asked = select(AgreementRow).where(
            AgreementRow.subject_noun == noun, AgreementRow.subject_id == subject_id, AgreementRow.state.in_(LIVE)
        )
        return (await self.session.scalars(asked.order_by(AgreementRow.created_at, AgreementRow.id))).all()

    async def editions(self, kind: str, subject_id: UUID, worker_id: UUID | None) -> Sequence[AgreementRow]:
        """Every version of one agreement, the newest first."""
        asked = select(AgreementRow).where(
            AgreementRow.kind == kind,
            AgreementRow.subject_id == subject_id,
            AgreementRow.worker_id.is_not_distinct_from(worker_id),
        )
        return (await self.session.scalars(asked.order_by(AgreementRow.edition.desc()))).all()

    async def by_hash(self, digest: str) -> AgreementRow | None:
        """The one with this hash."""
        return (await self.session.scalars(select(AgreementRow).where(AgreementRow.hash == digest))).one_or_none()

    async def page(
        self,
        *,
        person_id: UUID | None = None,
        employer_id: UUID | None = None,
        regions: Sequence[str] | None = None,
        states: Collection[str] = (),
        kind: str | None = None,
        subject_id: UUID | None = None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[AgreementRow]:
        """Of one person or employer, or of regions (None is everywhere); the newest first."""
        asked: Select[AgreementRow] = select(AgreementRow).where(within(AgreementRow.city_code, regions))
        if person_id is not None:
            asked = asked.where(_party(SignatureRow.person_id == person_id))
        if employer_id is not None:
            asked = asked.where(_party(SignatureRow.employer_id == employer_id))
        if states:
            asked = asked.where(AgreementRow.state.in_(states))
        if kind is not None:
            asked = asked.where(AgreementRow.kind == kind)
        if subject_id is not None:
            asked = asked.where(AgreementRow.subject_id == subject_id)
        if after is not None:
            asked = asked.where(tuple_(AgreementRow.created_at, AgreementRow.id) < tuple_(*after))
        asked = asked.order_by(AgreementRow.created_at.desc(), AgreementRow.id.desc()).limit(limit)
        return (await self.session.scalars(asked)).all()

    async def is_signed(self, engagement: EngagementRow) -> bool:
        """Whether the seat's worker and employer have signed for this work on these terms."""
        asked = select(AgreementRow.id).where(
            AgreementRow.state == "signed",
            AgreementRow.posting_id == engagement.posting_id,
            AgreementRow.worker_id == engagement.worker_id,
            AgreementRow.terms_version == engagement.terms_version,
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def has_signed_any(self, posting_id: UUID, worker_id: UUID) -> bool:
        """Whether the two have signed for this work at all."""
        asked = select(AgreementRow.id).where(
            AgreementRow.state == "signed", AgreementRow.posting_id == posting_id, AgreementRow.worker_id == worker_id
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def of_person(self, person_id: UUID) -> Sequence[tuple[AgreementRow, SignatureRow]]:
        """A worker's agreements, each with the worker's place; the oldest first."""
        asked = (
            select(AgreementRow, SignatureRow)
            .join(SignatureRow, SignatureRow.agreement_id == AgreementRow.id)
            .where(AgreementRow.worker_id == person_id, SignatureRow.person_id == person_id)
            .order_by(AgreementRow.created_at, AgreementRow.id)
        )
        return [(agreement, place) for agreement, place in await self.session.execute(asked)]

    async def forget(self, person_id: UUID) -> None:
        """No document or picture of a person is readable again; hashes, times and states stay."""
        theirs = select(AgreementRow.id).where(
            or_(AgreementRow.sealed_for == person_id, AgreementRow.worker_id == person_id)
        )
        pictures = update(SignatureRow).where(
            or_(SignatureRow.person_id == person_id, SignatureRow.signer_id == person_id)
        )
        await self.session.execute(pictures.values(picture_sealed=None))
        await self.session.execute(update(AgreementRow).where(AgreementRow.id.in_(theirs)).values(document_sealed=None))

    # -- signatures ------------------------------------------------------------------------------------

    def new_signature(self, **fields: Any) -> SignatureRow:
        """An empty place, for `uow.add`."""
        empty = ("signer_id", "how", "hash", "signed_at", "taken_by", "picture_hash", "picture_sealed")
        return SignatureRow(id=new_id(), **dict.fromkeys(empty), **fields)

    async def signatures(self, *agreement_ids: UUID) -> Mapping[UUID, list[SignatureRow]]:
        """The places of agreements, in the order of their roles in the table of roles."""
        asked = select(SignatureRow).where(SignatureRow.agreement_id.in_(agreement_ids))
        found: dict[UUID, list[SignatureRow]] = {each: [] for each in agreement_ids}
        rows = await self.session.scalars(asked.execution_options(populate_existing=True))
        for row in sorted(rows, key=lambda each: ROLES.index(each.role)):
            found[row.agreement_id].append(row)
        return found

    async def sealed_picture(self, place: SignatureRow, data: bytes) -> dict[str, Any]:
        """The columns of a picture, for a place that is signed by it."""
        await self.session.refresh(place, ["picture_sealed"])
        sealed = self.uow.ctx.vault.seal(PICTURE, data)
        return {"picture_hash": hashlib.sha256(data).hexdigest(), "picture_sealed": sealed}

    async def picture_of(self, signature: SignatureRow) -> bytes | None:
        """What was photographed, or None."""
        sealed = await self.session.scalar(select(SignatureRow.picture_sealed).where(SignatureRow.id == signature.id))
        return self.uow.ctx.vault.open(PICTURE, sealed) if sealed is not None else None

    # -- triage ----------------------------------------------------------------------------------------

    def new_triage(self, **fields: Any) -> TriageRow:
        """One for `uow.add`."""
        return TriageRow(id=new_id(), replaced_at=None, **fields)

    async def triage(self, triage_id: UUID) -> TriageRow:
        """One. Raises Missing."""
        row = await self.session.get(TriageRow, triage_id, populate_existing=True)
        if row is None:
            raise Missing
        return row

    async def live_triage(self, posting_id: UUID, *, locked: bool = False) -> TriageRow | None:
        """The one that counts."""
        asked = select(TriageRow).where(TriageRow.posting_id == posting_id, TriageRow.replaced_at.is_(None))
        if locked:
            asked = asked.with_for_update(key_share=True)
        return (await self.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    # -- seats -----------------------------------------------------------------------------------------

    async def shift_of(self, engagement: EngagementRow) -> ShiftRow:
        """The shift of a seat."""
        row = await self.session.get(ShiftRow, engagement.shift_id)
        if row is None:
            raise Missing
        return row

    async def posting_of(self, posting_id: UUID) -> PostingRow:
        """The posting behind a seat. Raises Missing."""
        row = await self.session.get(PostingRow, posting_id)
        if row is None:
            raise Missing
        return row

    async def first_start(self, posting_id: UUID, worker_id: UUID) -> datetime | None:
        """When the worker first began at a posting."""
        asked = (
            select(EngagementRow.started_at)
            .where(EngagementRow.posting_id == posting_id, EngagementRow.worker_id == worker_id)
            .where(EngagementRow.started_at.is_not(None))
        )
        return await self.session.scalar(asked.order_by(EngagementRow.started_at).limit(1))

    async def goes_on(self, posting_id: UUID, worker_id: UUID, since: datetime) -> bool:
        """Whether the worker has a live seat at the posting, or has had one that ended after a time."""
        asked = select(EngagementRow.id).where(
            EngagementRow.posting_id == posting_id,
            EngagementRow.worker_id == worker_id,
            or_(EngagementRow.state.in_(LIVE_SEATS), EngagementRow.finished_at > since),
        )
        return (await self.session.scalars(asked.limit(1))).one_or_none() is not None

    async def owed(
        self,
        *,
        employer_id: UUID | None = None,
        worker_id: UUID | None = None,
        regions: Sequence[str] | None = None,
        limit: int,
    ) -> list[Owed]:
        """Labour relations that have begun and have nothing signed, the oldest first."""
        signed = exists().where(
            AgreementRow.posting_id == EngagementRow.posting_id,
            AgreementRow.worker_id == EngagementRow.worker_id,
            AgreementRow.state == "signed",
        )
        since = func.min(EngagementRow.started_at)
        asked = (
            select(EngagementRow.posting_id, EngagementRow.employer_id, EngagementRow.worker_id, since)
            .join(TriageRow, TriageRow.posting_id == EngagementRow.posting_id)
            .where(TriageRow.replaced_at.is_(None), TriageRow.needed == "within_month", ~signed)
            .where(EngagementRow.started_at.is_not(None), within(EngagementRow.city_code, regions))
            .group_by(EngagementRow.posting_id, EngagementRow.employer_id, EngagementRow.worker_id)
        )
        if employer_id is not None:
            asked = asked.where(EngagementRow.employer_id == employer_id)
        if worker_id is not None:
            asked = asked.where(EngagementRow.worker_id == worker_id)
        rows = await self.session.execute(asked.order_by(since, EngagementRow.worker_id).limit(limit))
        return [Owed(post, firm, worker, begun) for post, firm, worker, begun in rows if begun is not None]


def _party(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(SignatureRow.agreement_id == AgreementRow.id, condition)
