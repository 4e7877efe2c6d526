"""What agencies and platforms say they charge: versions that are added and never changed, and officers' remarks.

Nothing of this service can be charged for. These are others' own charges, put down for everybody to see: the rows
refer to an employer and to nothing that is offered, done or paid here, and nothing refers to them.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity


class FeeDisclosureRow(Entity):
    """One version. `items` are [{"what", "payer", "basis", "amount_fen" or "permille", "words"}], none: no charges.

    The service's role may add rows and change none.
    """

    __tablename__ = "fee_disclosures"
    NOUN = "fee_disclosure"

    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    city_code: Mapped[str]
    capacity: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    items: Mapped[list] = mapped_column(JSONB)
    statement: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date]
    announced_by: Mapped[UUID]

    __table_args__ = (
        CheckConstraint("capacity in ('agency', 'platform')", name="capacity"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("jsonb_array_length(items) <= 40", name="items"),
        Index("uq_fee_disclosures_number", "employer_id", "capacity", "number", unique=True),
        Index("ix_fee_disclosures_day", "employer_id", "capacity", "valid_from", "number"),
    )


class FeeRemarkRow(Entity):
    """An officer's doubt about a disclosure, or (`code` null) the end of it; the newest counts."""

    __tablename__ = "fee_remarks"
    NOUN = "fee_remark"

    disclosure_id: Mapped[UUID] = mapped_column(ForeignKey("fee_disclosures.id"), index=True)
    city_code: Mapped[str]
    code: Mapped[str | None]
    words: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("code is not null or words is null", name="words"),)
