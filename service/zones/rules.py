"""Pure decisions on zones: when a column is open, what belongs to a zone, whose area it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from service.listings.rules.questions import Question
from service.listings.rules.tokens import region_token
from service.reference.data.shapes import Season
from service.reference.rules import region_prefix

NOT_FLEXIBLE = frozenset({"full_time"})
SHARED_LABOUR = "shared_labour"
BALANCE_SIDES = {"demand": "shortage", "supply": "surplus"}
WHOLE = "all"
"""The zone without a column, where its pages name one."""
RESERVED = frozenset({WHOLE, "board", "print"})
"""Codes that no column can have: pages of the zone itself lie there."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a column is open now, and when that changes next (None: by no date that is known)."""

    open: bool
    changes_at: datetime | None


def scope_of(region: str | None) -> Question:
    """What belongs to a zone: everything in its area whose kind counts as flexible (F02)."""
    return Question(
        any_of=((region_token(region),),) if region else (),
        none_of=tuple(f"k:{kind}" for kind in sorted(NOT_FLEXIBLE)),
    )


def shares_labour(kinds: Iterable[str]) -> bool:
    """Whether a column that picks these kinds also shows what firms would lend or lack."""
    return SHARED_LABOUR in kinds


def is_within(region: str | None, code: str) -> bool:
    """Whether a place lies in an area; None is the whole country."""
    return region is None or code.startswith(region_prefix(region))


def touches(region: str | None, code: str) -> bool:
    """Whether an area and another one have ground in common: one lies in the other."""
    return is_within(region, code) or (region is not None and region.startswith(region_prefix(code)))


def windows_of(
    seasons: Iterable[Season], season: str | None, region: str | None
) -> list[tuple[datetime, datetime]] | None:
    """The windows `[starts, ends)` of a season in an area, in order; None where the column has no season."""
    if season is None:
        return None
    found = [
        (row.starts, row.ends)
        for row in seasons
        if row.season == season and any(touches(region, code) for code in row.regions)
    ]
    return sorted(found)


def opening(
    opens_at: datetime | None,
    closes_at: datetime | None,
    windows: Sequence[tuple[datetime, datetime]] | None,
    now: datetime,
) -> Opening:
    """Open where its own dates and, if it has a season, one of the season's windows hold at `now`."""
    own = (opens_at or _BEGINNING, closes_at or _END)
    spans = _joined([own] if windows is None else [_cut(own, window) for window in windows])
    holding = next((end for start, end in spans if start <= now < end), None)
    if holding is not None:
        return Opening(True, None if holding == _END else holding)
    return Opening(False, min((start for start, _ in spans if start > now), default=None))


_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
Span = tuple[datetime, datetime]


def _cut(one: Span, other: Span) -> Span:
    return max(one[0], other[0]), min(one[1], other[1])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """In order, without empty ones; those that overlap or touch are one."""
    made: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made
