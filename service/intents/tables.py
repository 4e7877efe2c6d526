"""Intents: who of a firm's own staff has agreed to be considered for lending."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Stateful, one_of
from service.intents.lifecycle import INTENT, LIVE, OVER


class IntentRow(Stateful):
    """Somebody is asked by telephone number about one surplus; known (`worker_id`) from the own yes on.

    The yes is to the words `wording`; what may be used with it: the home's district, how far the person goes (metres),
    conditions that may be asked (codes), days that are not possible. Some time after the end nothing personal is left.
    """

    __tablename__ = "intents"
    NOUN = "intent"
    PERSONAL: ClassVar = frozenset({"phone_hash", "phone_sealed", "name_sealed", "home_district_code", "days_off"})

    balance_id: Mapped[UUID] = mapped_column(ForeignKey("balances.id"))
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("workers.id"), index=True)
    phone_hash: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    answer_by: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    wording: Mapped[str | None]
    trade: Mapped[str | None]  # what the yes was to, as the surplus was then
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    home_district_code: Mapped[str | None]
    radius_m: Mapped[int | None] = mapped_column(Integer)
    accepts: Mapped[list] = mapped_column(JSONB, default=list)
    days_off: Mapped[list] = mapped_column(JSONB, default=list)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(INTENT.check(), name="state"),
        CheckConstraint(
            f"not ({one_of('state', LIVE)}) or (phone_hash is not null and phone_sealed is not null"
            " and name_sealed is not null)",
            name="reachable",
        ),
        CheckConstraint(
            "state <> 'agreed' or (worker_id is not null and home_district_code is not null and radius_m is not null)",
            name="agreed",
        ),
        CheckConstraint("(state in ('agreed', 'withdrawn', 'ended')) = (agreed_at is not null)", name="agreed_at"),
        CheckConstraint("(agreed_at is null) = (wording is null)", name="wording"),
        CheckConstraint(
            "(agreed_at is null) = (trade is null) and (agreed_at is null) = (first_day is null)"
            " and (agreed_at is null) = (last_day is null)",
            name="agreed_to",
        ),
        CheckConstraint("last_day >= first_day", name="span"),
        CheckConstraint("home_district_code ~ '^[0-9]{6}$' and home_district_code !~ '00$'", name="home_district_code"),
        CheckConstraint("radius_m between 0 and 500000", name="radius_m"),
        CheckConstraint("jsonb_array_length(days_off) <= 366", name="days_off"),
        CheckConstraint(f"({one_of('state', OVER)}) = (ended_at is not null)", name="ended_at"),
        CheckConstraint("(ended_at is null) = (end_reason is null)", name="end_reason"),
        Index("uq_intents_live", "balance_id", "phone_hash", unique=True, postgresql_where=text(one_of("state", LIVE))),
        Index("ix_intents_balance", "balance_id", "created_at", "id"),
        Index("ix_intents_phone_hash", "phone_hash"),
        Index("ix_intents_firm", "employer_id", "created_at", "id"),
    )
