"""Bodies of postings and the steps to offer them over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from tests import clock
from tests.builders.city import HALL, SHANGHAI, XUHUI

__all__ = ["HALL", "SHANGHAI", "XUHUI", "a_body", "made", "next_week", "offered"]


def next_week(hour: int = 9, days: int = 7) -> datetime:
    """An instant some days ahead (UTC hour), far enough from now not to be urgent."""
    day = (clock.now() + timedelta(days=days)).date()
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def a_body(**more: Any) -> dict[str, Any]:
    """The five fields that a posting needs: five hours of dishwashing for two, next week, in Xuhui."""
    start = next_week()
    body: dict[str, Any] = {
        "trade": "dishwashing",
        "headcount": 2,
        "time": {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=5)).isoformat()},
        "place": {"address": "某路3号", "point": {"type": "Point", "coordinates": list(HALL)}, "district_code": XUHUI},
        "pay": {"amount_fen": 2600, "unit": "hour"},
    }
    return body | more


async def made(client: httpx2.AsyncClient, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    """A stored draft."""
    answer = await client.post("/v1/postings", json=a_body(**more), headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def offered(client: httpx2.AsyncClient, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    """A posting that was offered at once."""
    return await made(client, headers, **({"submit": True} | more))
