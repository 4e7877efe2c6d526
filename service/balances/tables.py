"""Surplus and shortage of firms (用工余缺). No column can hold a charge or a margin."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.balances.lifecycle import BALANCE, CLOSE_REASONS, SIDES
from service.balances.rules import HEADCOUNT_MOST
from service.db.base import Stateful, one_of

RADIUS_MOST_M = 20_100_000


class BalanceRow(Stateful):
    """So many people of a trade that a firm would lend, or lacks, from `first_day` to `last_day` (both counted).

    `agency_id` publishes it for the firm, whose yes is `agreed_at` and `agreed_by`. `taken` are spoken for by deals.
    `homes` is [{"district_code", "people"}], never a person; `pay_fen` a day: of a surplus the least that has to be
    paid, of a shortage what is paid, null where firms agree on it. `blocked_firms` are employers that its firm does not
    want, which nobody else reads.
    """

    __tablename__ = "balances"
    NOUN = "balance"
    PERSONAL: ClassVar = frozenset({"words"})

    side: Mapped[str]
    employer_id: Mapped[UUID] = mapped_column(ForeignKey("employers.id"))
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("employers.id"))
    agreed_at: Mapped[datetime | None]
    agreed_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    trade: Mapped[str]
    headcount: Mapped[int] = mapped_column(Integer)
    taken: Mapped[int] = mapped_column(Integer, default=0)
    first_day: Mapped[date]
    last_day: Mapped[date]
    least_days: Mapped[int | None] = mapped_column(Integer)
    city_code: Mapped[str]
    district_code: Mapped[str | None]
    address: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sent_datum: Mapped[str | None]
    approximate: Mapped[bool]
    homes: Mapped[list] = mapped_column(JSONB)
    radius_m: Mapped[int] = mapped_column(Integer)
    pay_fen: Mapped[int | None] = mapped_column(Integer)
    needs: Mapped[list] = mapped_column(JSONB)
    wishes: Mapped[list] = mapped_column(JSONB)
    accepts: Mapped[list] = mapped_column(JSONB)
    offers: Mapped[list] = mapped_column(JSONB)
    asks: Mapped[list] = mapped_column(JSONB)
    crosses_region: Mapped[bool]
    season: Mapped[str | None]
    words: Mapped[str | None] = mapped_column(Text)
    blocked_firms: Mapped[list] = mapped_column(JSONB)
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(BALANCE.check(), name="state"),
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(f"headcount between 1 and {HEADCOUNT_MOST}", name="headcount"),
        CheckConstraint("taken between 0 and headcount", name="taken"),
        CheckConstraint("state <> 'matched' or taken = headcount", name="matched"),
        CheckConstraint("state <> 'published' or taken < headcount", name="published"),
        CheckConstraint("state <> 'draft' or taken = 0", name="draft"),
        CheckConstraint("last_day >= first_day", name="last_day"),
        CheckConstraint("least_days between 1 and last_day - first_day + 1", name="least_days"),
        CheckConstraint("agency_id <> employer_id", name="agency"),
        CheckConstraint("(agreed_at is null) = (agreed_by is null)", name="agreed"),
        CheckConstraint("agency_id is not null or agreed_at is null", name="agreed_with"),
        CheckConstraint(
            "state not in ('published', 'matched') or agency_id is null or agreed_at is not null", name="agreed_first"
        ),
        CheckConstraint("city_code ~ '00$'", name="city_code"),
        CheckConstraint("district_code !~ '00$'", name="district_code"),
        CheckConstraint("(lon is null) = (lat is null)", name="point"),
        CheckConstraint("lon between -180 and 180 and lat between -90 and 90", name="point_range"),
        CheckConstraint(f"radius_m between 0 and {RADIUS_MOST_M}", name="radius_m"),
        CheckConstraint("pay_fen between 1 and 100000000", name="pay_fen"),
        CheckConstraint(
            "side = 'surplus' or (homes = '[]' and needs = '[]' and wishes = '[]' and accepts = '[]')",
            name="of_surplus",
        ),
        CheckConstraint("side = 'shortage' or (offers = '[]' and asks = '[]')", name="of_shortage"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_at"),
        CheckConstraint("(state = 'closed') = (close_reason is not null)", name="close_reason"),
        CheckConstraint(one_of("close_reason", CLOSE_REASONS.values()), name="close_reason_known"),
        CheckConstraint("state not in ('published', 'matched') or published_at is not null", name="published_at"),
        Index("ix_balances_public", "city_code", "published_at", "id", postgresql_where=text("state = 'published'")),
        Index("ix_balances_firm", "employer_id", "id"),
        Index("ix_balances_agency", "agency_id", "id", postgresql_where=text("agency_id is not null")),
    )
