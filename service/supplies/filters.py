"""Which public supply is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SupplyFilter:
    """In a region (GB/T 2260, its prefix), of some trades, of a kind, in a work mode; None and () filter nothing."""

    region: str | None = None
    trades: tuple[str, ...] = ()
    kind: str | None = None
    work_mode: str | None = None
