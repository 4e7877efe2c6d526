"""Dated reference rows: what was valid when, and from which source; nothing is ever deleted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity

KINDS = (
    "region", "jurisdiction", "trade", "skill", "occupation", "industry", "certificate", "minimum_wage",
    "season", "holiday", "reason", "enum", "policy",
)  # fmt: skip
DIGEST_KIND = "shipped"  # one row that says which shipped files stand in the table


class ReferenceRow(Entity):
    """One code of one kind, valid from a day until (excluding) another; `data` has the kind's own shape."""

    __tablename__ = "reference_rows"
    NOUN = "reference"

    kind: Mapped[str]
    code: Mapped[str]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    data: Mapped[dict] = mapped_column(JSONB)
    source: Mapped[str]
    verified: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("valid_to is null or valid_to > valid_from", name="valid_to"),
        ExcludeConstraint(
            ("kind", "="),
            ("code", "="),
            (func.daterange(literal_column("valid_from"), literal_column("valid_to")), "&&"),
            name="ex_reference_rows_validity",
            using="gist",
        ),
        Index("ix_reference_rows_kind_code", "kind", "code"),
    )


class ProposalRow(Entity):
    """A value of a policy that one administrator puts forward and another approves; without effect until then."""

    __tablename__ = "policy_proposals"
    NOUN = "policy_proposal"

    code: Mapped[str]
    valid_from: Mapped[date] = mapped_column(Date)
    data: Mapped[dict] = mapped_column(JSONB)
    source: Mapped[str]
    verified: Mapped[bool] = mapped_column(default=False)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    approved: Mapped[bool | None]  # None until somebody decides
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(approved is null) = (decided_by is null)", name="decided"),
        CheckConstraint("(approved is null) = (decided_at is null)", name="decided_at"),
        CheckConstraint("approved is not true or decided_by <> proposed_by", name="two_people"),
    )
