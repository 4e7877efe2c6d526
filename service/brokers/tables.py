"""Who acts for whom. No column can hold a charge."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.brokers.lifecycle import BROKERAGE
from service.db.base import Stateful, one_of
from service.intakes.rules import AGREED_HOW


class BrokerageRow(Stateful):
    """A person whom a licensed agency acts for, with the person's own yes; the person may leave at any time."""

    __tablename__ = "brokerages"
    NOUN = "brokerage"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    city_code: Mapped[str]
    wording: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    agreed_how: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(BROKERAGE.check(), name="state"),
        CheckConstraint("city_code ~ '00$'", name="city_code"),
        CheckConstraint("state <> 'active' or (agreed_at is not null and wording is not null)", name="agreed"),
        CheckConstraint(one_of("agreed_how", AGREED_HOW), name="agreed_how_known"),
        CheckConstraint("(state in ('asked', 'active')) = (closed_at is null)", name="closed_at"),
        Index(
            "uq_brokerages_live", "agency_id", "person_id", unique=True,
            postgresql_where=text("state in ('asked', 'active')"),
        ),
    )  # fmt: skip
