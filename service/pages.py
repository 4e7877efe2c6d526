"""One page of a list as a use case hands it over: rows, where the next ones begin, and the moment of asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
After = Callable[[datetime], Any]  # the sort key to go on after, at the present time; refuses a bad cursor


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows, and the sort key of the last one (id last) where more follow."""

    items: Sequence[Row]
    last: list[Any] | None
    now: datetime


def page_of(rows: Sequence[Row], limit: int, now: datetime, key: Callable[[Row], list[Any]]) -> Page[Row]:
    """The first `limit` of the rows, of which one more was read; `key` gives a row's sort key."""
    items = rows[:limit]
    return Page(items, key(items[-1]) if len(rows) > limit else None, now)
