"""Supply postings of the free zone. No column can hold a charge."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.codes import PAY_UNITS, WORK_MODES
from service.db.base import NEXT_NUMBER, Stateful, one_of
from service.supplies.lifecycle import ENDED, SUPPLY
from service.supplies.rules import CHANNELS


class SupplyRow(Stateful):
    """What somebody looks for or offers. `trades` and `district_codes` are lists of codes, `weekly` as in a worker's
    profile (None: not said), `warnings` [{"pointer", "code", "facts"}]."""

    __tablename__ = "supplies"
    NOUN = "supply"

    number: Mapped[int] = mapped_column(BigInteger, server_default=NEXT_NUMBER, unique=True)
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("workers.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str | None] = mapped_column(Text)
    trades: Mapped[list] = mapped_column(JSONB)
    work_modes: Mapped[list] = mapped_column(JSONB)
    city_code: Mapped[str]
    district_codes: Mapped[list] = mapped_column(JSONB)
    weekly: Mapped[list | None] = mapped_column(JSONB(none_as_null=True))
    pay_wish_fen: Mapped[int | None] = mapped_column(BigInteger)
    pay_wish_unit: Mapped[str | None]
    licence_exempt: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str]
    warnings: Mapped[list] = mapped_column(JSONB, default=list)
    valid_until: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]  # person, rest (the person rests), hold (an officer's)
    paused_before: Mapped[str | None]  # under a hold: shown, person or rest

    __table_args__ = (
        CheckConstraint(SUPPLY.check(), name="state"),
        CheckConstraint("kind in ('work', 'service')", name="kind"),
        CheckConstraint("jsonb_array_length(trades) between 1 and 5", name="trades"),
        CheckConstraint(
            "jsonb_array_length(work_modes) between 1 and 5 and work_modes <@"
            f" cast('{json.dumps(WORK_MODES)}' as jsonb)",
            name="work_modes",
        ),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint(one_of("pay_wish_unit", PAY_UNITS), name="pay_wish_unit"),
        CheckConstraint("(pay_wish_fen is null) = (pay_wish_unit is null)", name="pay_wish"),
        CheckConstraint("pay_wish_fen between 1 and 100000000", name="pay_wish_fen"),
        CheckConstraint("not licence_exempt or kind = 'service'", name="licence_exempt"),
        CheckConstraint("state <> 'published' or published_at is not null", name="published_at"),
        CheckConstraint(
            f"state = 'appealed' or ({one_of('state', sorted(ENDED))}) = (closed_at is not null)", name="closed_at"
        ),
        CheckConstraint("(state = 'paused') = (paused_by is not null)", name="paused_by"),
        CheckConstraint("paused_by in ('person', 'rest', 'hold')", name="paused_by_known"),
        CheckConstraint("(paused_by is not distinct from 'hold') = (paused_before is not null)", name="paused_before"),
        Index(
            "ix_supplies_public", "city_code", "published_at", "id", postgresql_where=text("state = 'published'")
        ),
        Index("ix_supplies_trades", "trades", postgresql_using="gin", postgresql_where=text("state = 'published'")),
        Index("ix_supplies_review", "created_at", "id", postgresql_where=text("state = 'submitted'")),
    )  # fmt: skip
