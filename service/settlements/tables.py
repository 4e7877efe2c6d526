"""Days of lent people, statements of months, and the legs of their money. No amount here is typed: each leg is the sum
of its lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.settlements.lifecycle import LEG, LENT_DAY, SETTLEMENT
from service.settlements.rules.days import DAY_MINUTES
from service.settlements.rules.legs import KINDS as LEG_KINDS
from service.settlements.rules.wages import KINDS, WORKED


class LentDayRow(Stateful):
    """One local day of a lent person, as the borrower says: minutes of work, or a coded absence. A trigger keeps it
    inside the days that the person was really there, and out of the future."""

    __tablename__ = "lent_days"
    NOUN = "lent_day"

    lent_id: Mapped[UUID] = mapped_column(ForeignKey("lent.id"))
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    city_code: Mapped[str]
    day: Mapped[date]
    kind: Mapped[str]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    entered_at: Mapped[datetime]
    stands_at: Mapped[datetime]  # until when the person can object
    counted_kind: Mapped[str | None]  # what it came to when it counted: who pays puts it no lower
    counted_minutes: Mapped[int | None] = mapped_column(SmallInteger)
    objection: Mapped[str | None]
    said_minutes: Mapped[int | None] = mapped_column(SmallInteger)  # what the person says it was
    objected_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(LENT_DAY.check(), name="state"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(f"minutes between 0 and {DAY_MINUTES}", name="minutes"),
        CheckConstraint(f"(kind = '{WORKED}') = (minutes > 0)", name="worked"),
        CheckConstraint(one_of("counted_kind", KINDS), name="counted_kind"),
        CheckConstraint("(counted_kind is null) = (counted_minutes is null)", name="counted"),
        CheckConstraint(f"said_minutes between 0 and {DAY_MINUTES}", name="said_minutes"),
        CheckConstraint("(objection is null) = (objected_at is null)", name="objection"),
        CheckConstraint("state <> 'objected' or objection is not null", name="objected"),
        CheckConstraint("stands_at > entered_at", name="stands_at"),
        Index("uq_lent_days_day", "lent_id", "day", unique=True),
        Index("ix_lent_days_deal", "deal_id", "day", "lent_id"),
    )


class SettlementRow(Stateful):
    """The statement of a deal's month: what its people earned, what of it the borrower gives back, and why.

    `people` are [{"lent_id", "wage_fen", "own_fen", "cost_fen", "minutes", "days", "lines"}] of the present
    edition; `corrections` what earlier editions said, the oldest first.
    """

    __tablename__ = "settlements"
    NOUN = "settlement"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    city_code: Mapped[str]
    month: Mapped[date]
    edition: Mapped[int] = mapped_column(SmallInteger, default=1)
    stated_on: Mapped[date]
    presume_until: Mapped[date]  # planned days that nobody entered until then count as planned
    wage_fen: Mapped[int] = mapped_column(BigInteger)
    own_fen: Mapped[int] = mapped_column(BigInteger)
    cost_fen: Mapped[int] = mapped_column(BigInteger)
    firm_fen: Mapped[int] = mapped_column(BigInteger)
    people: Mapped[list]
    corrections: Mapped[list]

    __table_args__ = (
        CheckConstraint(SETTLEMENT.check(), name="state"),
        CheckConstraint("extract(day from month) = 1", name="month"),
        CheckConstraint("firm_fen = wage_fen - own_fen + cost_fen", name="firm_fen"),
        CheckConstraint("own_fen between 0 and wage_fen and cost_fen >= 0", name="amounts"),
        CheckConstraint("edition = 1 + jsonb_array_length(corrections)", name="edition"),
        CheckConstraint("(state = 'stated') = (edition = 1)", name="corrected"),
        Index("uq_settlements_month", "deal_id", "month", unique=True),
    )


class LegRow(Stateful):
    """What is owed for a month: by the borrower to the lender (`firm`), or by the lender to a person (`wage`).

    `lines` add up to `due_fen`; `paid_*` is what the payer says, `received_*` what the payee says.
    """

    __tablename__ = "settlement_legs"
    NOUN = "leg"
    PERSONAL: ClassVar = frozenset({"reference"})  # payers write names there

    settlement_id: Mapped[UUID] = mapped_column(ForeignKey("settlements.id"))
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"), index=True)
    lent_id: Mapped[UUID | None] = mapped_column(ForeignKey("lent.id"), index=True)
    kind: Mapped[str]
    city_code: Mapped[str]
    month: Mapped[date]
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"), index=True)
    payee_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"), index=True)  # of a wage it is the person
    due_fen: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list]
    due_on: Mapped[date]
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    paid_on: Mapped[date | None]
    paid_said_at: Mapped[datetime | None]
    payments: Mapped[list] = mapped_column(default=list)  # [{"amount_fen", "paid_on", "at"}] that the payer has said
    reference: Mapped[str | None]
    received_fen: Mapped[int | None] = mapped_column(BigInteger)
    received_said_at: Mapped[datetime | None]
    objection: Mapped[str | None]
    stood_at: Mapped[datetime | None]  # settled because nobody has said anything
    overdue_since: Mapped[datetime | None]
    listed_at: Mapped[datetime | None]  # on the officers' list from then on
    claimed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(LEG.check(), name="state"),
        CheckConstraint(one_of("kind", LEG_KINDS), name="kind"),
        CheckConstraint("(kind = 'wage') = (lent_id is not null)", name="lent_id"),
        CheckConstraint("(kind = 'firm') = (payee_id is not null)", name="payee_id"),
        CheckConstraint("payee_id <> payer_id", name="two_sides"),
        CheckConstraint("due_fen >= 0 and paid_fen >= 0 and received_fen >= 0", name="amounts"),
        CheckConstraint("due_fen = sum_of_lines(lines)", name="computed"),
        CheckConstraint("(paid_fen > 0) = (paid_on is not null)", name="paid_on"),
        CheckConstraint("jsonb_array_length(payments) <= 100", name="payments"),
        CheckConstraint("(paid_on is null) = (paid_said_at is null)", name="paid_said_at"),
        CheckConstraint("(received_fen is null) = (received_said_at is null)", name="received"),
        CheckConstraint("state <> 'paid_by_payer' or paid_fen >= due_fen", name="paid_in_full"),
        CheckConstraint(
            "state <> 'settled' or coalesce(received_fen, -1) >= due_fen"
            " or (stood_at is not null and paid_fen >= due_fen)",
            name="settled_in_full",
        ),
        CheckConstraint("state <> 'overdue' or overdue_since is not null", name="overdue_since"),
        CheckConstraint("state <> 'disputed' or objection is not null", name="objection"),
        CheckConstraint("state <> 'claimed' or claimed_at is not null", name="claimed_at"),
        CheckConstraint("state <> 'cancelled' or due_fen = 0", name="cancelled"),
        Index("uq_settlement_legs_firm", "settlement_id", unique=True, postgresql_where=text("kind = 'firm'")),
        Index("uq_settlement_legs_wage", "settlement_id", "lent_id", unique=True),
        Index("ix_settlement_legs_open", "due_on", "id", postgresql_where=text("state in ('overdue', 'disputed')")),
    )
