"""Agreements with the signatures of their parties, and what postings' relations were found to be."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.agreements.data import RESULTS, WHENS
from service.agreements.lifecycle import AGREEMENT, KINDS, ROLES
from service.db.base import Entity, Stateful, one_of


class TriageRow(Entity):
    """What relation the work of a posting is, by the answers of its employer; the live one counts."""

    __tablename__ = "triages"
    NOUN = "triage"

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    questions_version: Mapped[int] = mapped_column(SmallInteger)
    answers: Mapped[dict]
    result: Mapped[str]
    rule: Mapped[str]
    findings: Mapped[list]  # the codes of the questions whose answers led there
    kind: Mapped[str]
    needed: Mapped[str]  # when the agreement is needed
    replaced_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(one_of("result", RESULTS), name="result"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("needed", WHENS), name="needed"),
        Index("uq_triages_live", "posting_id", unique=True, postgresql_where=text("replaced_at is null")),
        Index("ix_triages_employer", "employer_id", "created_at", "id"),
    )


# Consents to be lent that fell before all had signed: they are forgotten after a time (purging.py).
UNSIGNED = "kind = 'lending_consent' and document_sealed is not null and signed_at is null and closed_at is not null"


class AgreementRow(Stateful):
    """One version of one agreement. The document is sealed, under the worker's key where there is one; its hash stays
    when it is forgotten. Neither changes after drawing (trigger `agreements_fixed`).

    `subject` is what it is about: an engagement, or a deal's own noun. `differs` are codes of terms.
    """

    __tablename__ = "agreements"
    NOUN = "agreement"
    PERSONAL: ClassVar = frozenset({"document_sealed"})

    kind: Mapped[str]
    subject_noun: Mapped[str]
    subject_id: Mapped[UUID]
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"))
    terms_version: Mapped[int | None]  # of the posting
    city_code: Mapped[str]
    edition: Mapped[int] = mapped_column(SmallInteger)  # 1 for the first of its subject
    template_version: Mapped[int] = mapped_column(SmallInteger)
    hash: Mapped[str] = mapped_column(unique=True)
    document_sealed: Mapped[bytes | None]
    sealed_for: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    differs: Mapped[list]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreements.id"))
    signed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(AGREEMENT.check(), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("hash ~ '^[0-9a-f]{64}$'", name="hash"),
        CheckConstraint("state <> 'signed' or signed_at is not null", name="signed_at"),
        CheckConstraint("(state in ('drawn', 'signed')) = (closed_at is null)", name="closed_at"),
        CheckConstraint("(posting_id is null) = (terms_version is null)", name="posting"),
        Index(
            "uq_agreements_live", "kind", "subject_id", text("coalesce(worker_id, subject_id)"), "state", unique=True,
            postgresql_where=text("state in ('drawn', 'signed')"),
        ),
        Index("ix_agreements_unsigned", "closed_at", postgresql_where=text(UNSIGNED)),
        Index("ix_agreements_subject", "subject_id", "created_at"),
        Index("ix_agreements_posting", "posting_id", "worker_id", postgresql_where=text("state = 'signed'")),
        Index("ix_agreements_city", "city_code", "created_at", "id"),
    )  # fmt: skip


class SignatureRow(Entity):
    """The place of one party under an agreement, empty until its own person has signed the hash that was shown.

    A signature on paper keeps a picture, sealed, and the picture's hash; `taken_by` is the officer who took it.
    """

    __tablename__ = "signatures"
    NOUN = "signature"
    PERSONAL: ClassVar = frozenset({"picture_sealed"})

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"))
    role: Mapped[str]
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    signer_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    how: Mapped[str | None]
    hash: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    picture_hash: Mapped[str | None]
    picture_sealed: Mapped[bytes | None] = mapped_column(deferred=True)

    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("(employer_id is null) <> (person_id is null)", name="party"),
        CheckConstraint("how in ('code', 'paper')", name="how"),
        CheckConstraint("num_nonnulls(signer_id, how, hash, signed_at) in (0, 4)", name="whole"),
        CheckConstraint("(how is not distinct from 'paper') = (picture_hash is not null)", name="picture"),
        CheckConstraint("taken_by is null or how = 'paper'", name="taken_by"),
        CheckConstraint("picture_sealed is null or picture_hash is not null", name="picture_sealed"),
        ExcludeConstraint(
            ("picture_hash", "="), ("agreement_id", "<>"), where=text("picture_hash is not null"), using="gist",
            name="ex_signatures_picture",
        ),
        Index("uq_signatures_role", "agreement_id", "role", unique=True),
        Index(
            "uq_signatures_signer", "agreement_id", "signer_id", unique=True,
            postgresql_where=text("signer_id is not null"),
        ),
    )  # fmt: skip
