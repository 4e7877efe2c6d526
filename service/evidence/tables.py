"""Chains of evidence, what stands behind their commitments, and the packs that were issued of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, Entity

# A chain is about a seat or about somebody who is lent, and belongs to one side of that.
_ABOUT_ONE = "(engagement_id is null) <> (lent_id is null)"
_SIDE = (
    "case when lent_id is null then side in ('worker', 'employer') else side in ('worker', 'lender', 'borrower') end"
)


class EvidenceEntryRow(Base):
    """One entry of the chain that a side of a seat or lending may see: canonical bytes, never changed or removed."""

    __tablename__ = "evidence_entries"

    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    lent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"))
    side: Mapped[str] = mapped_column()
    seq: Mapped[int] = mapped_column()
    source: Mapped[str]
    body: Mapped[bytes]

    __table_args__ = (
        CheckConstraint(_ABOUT_ONE, name="about_one"),
        CheckConstraint(_SIDE, name="side"),
        Index(
            "uq_evidence_entries_seq", "engagement_id", "lent_id", "side", "seq", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_evidence_entries_source", "engagement_id", "lent_id", "side", "source", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_evidence_entries_lent", "lent_id", postgresql_where=text("lent_id is not null")),
    )  # fmt: skip
    __mapper_args__ = {  # noqa: RUF012 -- as the library wants it
        "primary_key": [engagement_id, lent_id, side, seq]
    }


class EvidenceOpeningRow(Base):
    """Salt and value of one commitment, sealed under the person's own key: erasing either leaves the chain whole."""

    __tablename__ = "evidence_openings"

    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    lent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"))
    side: Mapped[str] = mapped_column()
    seq: Mapped[int] = mapped_column()
    field: Mapped[str] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    sealed: Mapped[bytes]

    __table_args__ = (
        CheckConstraint(_ABOUT_ONE, name="about_one"),
        Index(
            "uq_evidence_openings_field", "engagement_id", "lent_id", "side", "seq", "field", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_evidence_openings_lent", "lent_id", postgresql_where=text("lent_id is not null")),
    )  # fmt: skip
    __mapper_args__ = {  # noqa: RUF012 -- as the library wants it
        "primary_key": [engagement_id, lent_id, side, seq, field]
    }


class EvidencePackRow(Entity):
    """A pack as it was issued: the same head is the same bytes for ever."""

    __tablename__ = "evidence_packs"
    NOUN = "evidence_pack"

    engagement_id: Mapped[UUID | None] = mapped_column(ForeignKey("engagements.id"))
    lent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"))
    side: Mapped[str]
    city_code: Mapped[str]
    count: Mapped[int]
    head: Mapped[str]
    header: Mapped[bytes]
    signature: Mapped[bytes]

    __table_args__ = (
        CheckConstraint(_ABOUT_ONE, name="about_one"),
        CheckConstraint(_SIDE, name="side"),
        Index(
            "uq_evidence_packs_count", "engagement_id", "lent_id", "side", "count", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_evidence_packs_lent", "lent_id", postgresql_where=text("lent_id is not null")),
    )  # fmt: skip
