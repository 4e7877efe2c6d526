"""One step of the story, and what all steps are said in: its noon, and a posting to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from service.worktime import SHANGHAI

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)  # a Monday
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    """One write. `ids` fill the path (the party's own objects where silent); "@op.field" takes an earlier answer.

    `body` None: the smallest one of the contract; `more` is laid over it. `version` is what If-Match says.
    """

    op: str
    role: str = "member"
    ids: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1


def iso(moment: datetime) -> str:
    return moment.isoformat()


def a_posting_body(start: datetime) -> dict[str, Any]:
    """Five hours of dishwashing for two."""
    return {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": iso(start), "ends_at": iso(start + 5 * HOUR)},
        "place": {"address": "某路3号", "district_code": "310104"},
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }
