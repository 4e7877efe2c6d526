"""Which balances are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class BalanceFilter:
    """In a region (GB/T 2260, its prefix), of a trade, a side, a season, with a day in a span; None filters nothing."""

    region: str | None = None
    trade: str | None = None
    side: str | None = None
    season: str | None = None
    day_from: date | None = None
    day_to: date | None = None
