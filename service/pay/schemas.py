"""Shapes of pay records."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, computed_field

from service.http.measures import MOST_FEN
from service.http.types import Flag, In, Instant, Moment, Out, ReasonCode, count
from service.pay.rules import owed

PayState = Literal["due", "paid_by_employer", "settled", "overdue", "disputed", "cancelled"]
Means = Literal["cash", "wechat", "alipay", "bank", "other"]


class PaymentIn(In):
    """What was paid this time, by which means; cash counts like the others.

    `paid_at` is when it was handed over, not before the work began unless `advance` says so; when it was
    stated is kept beside it.
    """

    amount_fen: count(1, MOST_FEN)  # type: ignore[valid-type]
    means: Means
    paid_at: Instant | None = Field(None, description="default: now")
    advance: Flag = Field(False, description="paid before the work began, on account of it")


class ReceiptIn(In):
    """What has come for this record in all."""

    amount_fen: count(0, MOST_FEN)  # type: ignore[valid-type]
    means: Means | None = None


class PayDisputeIn(In):
    """A reason of the kind pay_dispute."""

    reason: ReasonCode


class ShiftPaidIn(In):
    """Everybody was on time and has been paid in full by this means."""

    means: Means
    paid_at: Instant | None = None


class PayRecordOut(Out):
    """What is due, for what, until when, and what each side has said; `owed_fen` is what the employer still owes.

    `reckoning` holds the parts; their `amount_fen` add up to `due_fen`. `due_at` is the first instant too late.
    """

    id: UUID
    version: int
    engagement_id: UUID
    kind: Literal["work", "call_off"]
    state: PayState
    worker_id: UUID
    employer_id: UUID
    due_fen: int
    reckoning: list[dict[str, Any]]
    due_on: date
    due_at: Moment
    paid_fen: int
    paid_means: str | None
    paid_at: Moment | None = Field(description="as the employer says")
    paid_recorded_at: Moment | None = Field(description="when the employer said so")
    received_fen: int | None
    received_means: str | None
    received_at: Moment | None
    overdue_since: Moment | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def owed_fen(self) -> int:
        """Less than due is not paid."""
        return owed(self.due_fen, self.paid_fen)


class PayPageOut(Out):
    """One page of pay records."""

    items: list[PayRecordOut]
    next_cursor: str | None


class PayTotalOut(Out):
    """Sums of one state."""

    state: str
    records: int
    due_fen: int
    paid_fen: int
    received_fen: int


class PayTotalsOut(Out):
    """Sums by state."""

    items: list[PayTotalOut]


class ClosedOut(Out):
    """One worker of the shift: paid, or left out with the reason."""

    engagement_id: UUID
    worker_id: UUID
    pay_record_id: UUID | None
    due_fen: int | None
    left_out: str | None


class ClosedShiftOut(Out):
    """What one press did."""

    shift_id: UUID
    paid: int
    left_out: int
    total_fen: int
    items: list[ClosedOut]
