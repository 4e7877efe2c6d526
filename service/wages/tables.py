"""Going wages: what was told of each week, once and for good; the service's role can add and never change it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.db.base import Base, one_of
from service.ids import new_id
from service.wages.rules import ALL_DAY, BANDS, GROUP, HOURS, TRADE, UNITS

SOURCES = ("paid", "advertised")


class WageWeekRow(Base):
    """A week of a city that has been told, with or without cells: it is never told again."""

    __tablename__ = "going_wage_weeks"

    source: Mapped[str]
    city_code: Mapped[str]
    week: Mapped[date]  # its Monday
    published_at: Mapped[datetime]

    __table_args__ = (
        PrimaryKeyConstraint("source", "city_code", "week"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint("extract(isodow from week) = 1", name="week"),
    )


class GoingWageRow(Base):
    """One cell of a week. `trade` is a trade or, at level group, an industry; `area_code` a district or the city."""

    __tablename__ = "going_wages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source: Mapped[str]
    week: Mapped[date]
    city_code: Mapped[str]
    area_code: Mapped[str]
    level: Mapped[str]
    trade: Mapped[str]
    hours: Mapped[str]
    unit: Mapped[str]
    p25_fen: Mapped[int]
    p50_fen: Mapped[int]
    p75_fen: Mapped[int]
    samples: Mapped[str]
    published_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint(one_of("level", (TRADE, GROUP)), name="level"),
        CheckConstraint(one_of("hours", (ALL_DAY, *HOURS)), name="hours"),
        CheckConstraint(one_of("unit", UNITS), name="unit"),
        CheckConstraint(one_of("samples", tuple(name for _, name in BANDS)), name="samples"),
        CheckConstraint("p25_fen <= p50_fen and p50_fen <= p75_fen", name="quantiles"),
        CheckConstraint("extract(isodow from week) = 1", name="week"),
        Index(
            "uq_going_wages_cell",
            "source", "area_code", "trade", "level", "unit", "hours", "week",
            unique=True,
        ),
        Index("ix_going_wages_week", "source", "week", "id"),
    )  # fmt: skip
