"""Chains of evidence, what stands behind their commitments, and the packs that were issued of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Entity

_SIDE = "side in ('worker', 'employer')"


class EvidenceEntryRow(Base):
    """One entry of the chain that one side of a seat may see: its canonical bytes. Never changed, never removed."""

    __tablename__ = "evidence_entries"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    side: Mapped[str]
    seq: Mapped[int]
    source: Mapped[str]
    body: Mapped[bytes]

    __table_args__ = (
        PrimaryKeyConstraint("engagement_id", "side", "seq"),
        CheckConstraint(_SIDE, name="side"),
        Index("uq_evidence_entries_source", "engagement_id", "side", "source", unique=True),
    )


class EvidenceOpeningRow(Base):
    """Salt and value of one commitment, sealed under the person's own key: erasing either leaves the chain whole."""

    __tablename__ = "evidence_openings"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    side: Mapped[str]
    seq: Mapped[int]
    field: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    sealed: Mapped[bytes]

    __table_args__ = (PrimaryKeyConstraint("engagement_id", "side", "seq", "field"),)


class EvidencePackRow(Entity):
    """A pack as it was issued: the same head is the same bytes for ever."""

    __tablename__ = "evidence_packs"
    NOUN = "evidence_pack"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagements.id"))
    side: Mapped[str]
    city_code: Mapped[str]
    count: Mapped[int]
    head: Mapped[str]
    header: Mapped[bytes]
    signature: Mapped[bytes]

    __table_args__ = (
        CheckConstraint(_SIDE, name="side"),
        Index("uq_evidence_packs_count", "engagement_id", "side", "count", unique=True),
    )
