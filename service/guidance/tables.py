"""What officers have found of a deal, item by item; a later finding stands beside the earlier one."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Entity, one_of
from service.guidance.rules import OUTCOMES


class FindingRow(Entity):
    """An officer has looked at one item of the list: in order, or lacking. Never changed; the newest one counts."""

    __tablename__ = "deal_findings"
    NOUN = "deal_finding"
    PERSONAL: ClassVar = frozenset()

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    item: Mapped[str]
    outcome: Mapped[str]
    found_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        Index("ix_deal_findings_deal", "deal_id", "item", "created_at", "id"),
    )
