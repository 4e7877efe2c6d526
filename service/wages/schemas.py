"""What goes out about going wages."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from service.http.measures import MoneyOut
from service.http.types import Moment, Out
from service.i18n import render
from service.reference.catalogue import industries, regions, trades
from service.wages.rules import TRADE, WEEK


class WageCodeOut(Out):
    """A code and what it is called."""

    code: str
    label: str


class WageAmountOut(MoneyOut):
    """An amount for a unit: hour, day or task."""

    unit: str


class WageOut(Out):
    """One cell of one week: a quarter earned less than p25, half less than p50, a quarter more than p75."""

    source: str
    week_from: date = Field(description="Monday")
    week_to: date = Field(description="Sunday")
    area: WageCodeOut = Field(description="a district, or a city as a whole")
    trade: WageCodeOut | None = Field(description="null where a whole group of trades is meant")
    group: WageCodeOut | None
    hours: WageCodeOut = Field(description="when work began; all: at any hour")
    p25: WageAmountOut
    p50: WageAmountOut
    p75: WageAmountOut
    samples: str = Field(description="about how many: 10-19, 20-49, 50-99, 100-199, 200+")
    published_at: Moment


class WagesOut(Out):
    """A page."""

    items: list[WageOut]
    next_cursor: str | None


def wage_of(row: Any, language: str) -> dict[str, Any]:
    """A cell in the reader's language."""
    trade = _named(trades(), row.trade, language) if row.level == TRADE else None
    found = trades().get(row.trade) if row.level == TRADE else None
    group = row.trade if row.level != TRADE else (found.industry if found else None)
    amounts = {
        name: {"amount_fen": getattr(row, f"{name}_fen"), "currency": "CNY", "unit": row.unit}
        for name in ("p25", "p50", "p75")
    }
    return {
        "source": row.source,
        "week_from": row.week,
        "week_to": row.week + WEEK - (WEEK / 7),
        "area": _named(regions(), row.area_code, language),
        "trade": trade,
        "group": _named(industries(), group, language) if group else None,
        "hours": {"code": row.hours, "label": render(f"wages.hours.{row.hours}", language)},
        "samples": row.samples,
        "published_at": row.published_at,
        **amounts,
    }


def _named(known: Any, code: str, language: str) -> dict[str, str]:
    found = known.get(code)
    return {"code": code, "label": code if found is None else (found.en if language == "en" else found.zh)}
