"""What a filter asks of a listing, said once for SQL and for Python: conditions on tokens and plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from service.geo import Point, distance_m
from service.listings.rules.filters import Hours, ListingFilter
from service.listings.rules.listing import Listing
from service.listings.rules.tokens import (
    anywhere_token,
    circle_tokens,
    industry_token,
    region_token,
    trade_token,
    trimmed,
)
from service.listings.rules.wording import Clause, read_query
from service.reference.data.shapes import Season
from service.worktime import DAY_MINUTES, at_local, parse_clock

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """Points not farther than so many whole metres."""

    centre: Point
    radius_m: int


@dataclass(frozen=True, slots=True)
class Pay:
    """The figure of a column (`pay_hour_fen`, `pay_day_fen`, or `pay_fen` of a unit) is at least so many fen."""

    column: str
    fen: int


@dataclass(frozen=True, slots=True)
class Question:
    """Of a side, with or without what is `filled`; all of `all_of`, one of each of `any_of`, none of `none_of`, every
    clause of `words`, no owner of `owners_apart`, and what else is said.

    `days` (first, last) touch the days of the work, which all lies between `minutes` of the day; an end that either
    leaves open fits.
    """

    side: str | None = None
    filled: bool = True
    all_of: Tokens = ()
    any_of: tuple[Tokens, ...] = ()
    none_of: Tokens = ()
    circle: Circle | None = None
    pay: Pay | None = None
    days: tuple[date | None, date | None] = (None, None)
    starts_by: date | None = None
    published_from: datetime | None = None
    minutes: tuple[int, int] | None = None
    words: tuple[Clause, ...] = ()
    owners_apart: tuple[UUID, ...] = ()
    order: str = "time"

    @property
    def every(self) -> Tokens:
        """Tokens that a listing has, those of the text among them."""
        return (*self.all_of, *(token for clause in self.words if clause.whole for token in clause.tokens))

    @property
    def either(self) -> tuple[Tokens, ...]:
        """Tokens of which a listing has one of each, those of the text among them."""
        return (*self.any_of, *(clause.tokens for clause in self.words if not clause.whole))

    @property
    def heads(self) -> Question:
        """The question with every word in a title or a code."""
        return replace(self, words=tuple(clause.heads for clause in self.words))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a filter is read with: the day of asking, the usual radius, seasons, the venue's point or region."""

    today: date
    radius_m: int
    seasons: Sequence[Season] = ()
    venue: Point | str | None = None


def question_of(wanted: ListingFilter, ground: Ground) -> Question:
    """What a checked filter asks."""
    any_of: list[Iterable[str]] = [
        [f"{kind}:{code}" for code in getattr(wanted, name)] for kind, name in _BY_CODE if getattr(wanted, name)
    ]
    works = ([trade_token(code) for code in wanted.trades], [industry_token(code) for code in wanted.industries])
    for tokens in (*works, _regions(wanted.regions), *_seasons(wanted, ground.seasons)):
        any_of += [tokens] if tokens else []
    all_of = [f"f:{flag}" for flag in wanted.flags]
    circle = _circle(wanted, ground)
    if isinstance(ground.venue, str):
        any_of.append(_regions([ground.venue]))
    floor = wanted.pay_at_least
    if floor is not None and floor.unit not in _RECKONED:
        all_of.append(f"u:{floor.unit}")
    return Question(
        side=wanted.side,
        filled=wanted.filled,
        all_of=tuple(all_of),
        any_of=tuple(tuple(dict.fromkeys(tokens)) for tokens in any_of),
        none_of=tuple(f"f:{flag}" for flag in wanted.without_flags),
        circle=circle,
        pay=Pay(_RECKONED.get(floor.unit, "pay_fen"), floor.fen) if floor else None,
        days=(wanted.days_from, wanted.days_to),
        starts_by=_earlier(wanted.starts_by, _later(ground.today, wanted.starts_within_days)),
        published_from=_published(wanted, ground.today),
        minutes=_minutes(wanted.hours),
        words=tuple(read_query(wanted.q)) if wanted.q else (),
        order=wanted.order,
    )


def accepts(asked: Question, listing: Listing) -> bool:
    """Whether a listing is meant."""
    has = frozenset(listing.tokens)
    fits = asked.side in (None, listing.side) and (asked.filled or not listing.filled)
    fits = fits and has.issuperset(asked.every) and has.isdisjoint(asked.none_of)
    fits = fits and all(not has.isdisjoint(tokens) for tokens in asked.either)
    fits = fits and listing.owner_id not in asked.owners_apart
    return fits and _in_circle(asked.circle, listing) and _pays(asked.pay, listing) and _in_time(asked, listing)


def _in_circle(circle: Circle | None, listing: Listing) -> bool:
    if circle is None:
        return True
    if listing.lon is None or listing.lat is None:
        return False
    return distance_m(circle.centre, Point(listing.lon, listing.lat)) <= circle.radius_m


def _pays(pay: Pay | None, listing: Listing) -> bool:
    if pay is None:
        return True
    figure: int | None = getattr(listing, pay.column)
    return figure is not None and figure >= pay.fen


def _in_time(asked: Question, listing: Listing) -> bool:
    first, last = asked.days
    begins, ends = listing.first_minute, listing.last_minute
    return (
        not (first and listing.last_day and listing.last_day < first)
        and not (last and listing.first_day and listing.first_day > last)
        and not (asked.starts_by and listing.first_day and listing.first_day > asked.starts_by)
        and not (asked.published_from and listing.published_at < asked.published_from)
        and not (asked.minutes and begins is not None and begins < asked.minutes[0])
        and not (asked.minutes and ends is not None and ends > asked.minutes[1])
    )


_RECKONED = {"hour": "pay_hour_fen", "day": "pay_day_fen"}
_BY_CODE = (
    ("k", "kinds"), ("m", "work_modes"), ("s", "settlements"), ("u", "pay_units"), ("w", "weekdays"),
    ("o", "times_of_day"), ("e", "employer_kinds"), ("g", "priority_groups"), ("n", "sources"),
    ("x", "traits"), ("y", "fundings"),
)  # fmt: skip


def _regions(codes: Iterable[str]) -> list[str]:
    """Divisions, and for a district what goes anywhere in its city."""
    made = []
    for code in codes:
        made.append(region_token(code))
        made += [anywhere_token(f"{code[:4]}00")] if len(trimmed(code)) == 6 else []
    return made


def _seasons(wanted: ListingFilter, seasons: Sequence[Season]) -> list[list[str]]:
    """Trades of the seasons, wanted or (of supply) free, and the regions where they are."""
    if not wanted.seasons:
        return []
    rows = [row for row in seasons if row.season in wanted.seasons]
    names = {"demand": ("needed_trades",), "supply": ("free_trades",)}.get(
        wanted.side or "", ("needed_trades", "free_trades")
    )
    works = [trade_token(code) for row in rows for name in names for code in getattr(row, name)]
    return [works or ["t:"], _regions(code for row in rows for code in row.regions) or ["r:"]]


def _circle(wanted: ListingFilter, ground: Ground) -> Circle | None:
    if wanted.near is not None:
        return Circle(wanted.near.point, wanted.near.radius_m or ground.radius_m)
    return Circle(ground.venue, ground.radius_m) if isinstance(ground.venue, Point) else None


def _minutes(hours: Hours | None) -> tuple[int, int] | None:
    if hours is None:
        return None
    start, end = parse_clock(hours.start), parse_clock(hours.end)
    return start, end if end > start else end + DAY_MINUTES


def _published(wanted: ListingFilter, today: date) -> datetime | None:
    if wanted.published_within_days is None:
        return None
    return at_local(today - timedelta(days=wanted.published_within_days), 0)


def _later(day: date, days: int | None) -> date | None:
    return None if days is None else day + timedelta(days=days)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def anchor_of(asked: Question) -> Tokens:
    """Tokens of which every listing that is meant has one, the fewest listings by a rough guess: what a question is
    found by from a listing."""
    sets = [*asked.either, *((token,) for token in asked.every)]
    if asked.circle is not None:
        sets.append(tuple(searched_cells(asked.circle)))
    return min(sets, key=lambda tokens: (max(map(_breadth, tokens)), len(tokens)), default=())


def _breadth(token: str) -> int:
    """How many listings may have a token, as a rank: a word, a trade, a small square, a district … a side."""
    kind, colon, rest = token.partition(":")
    if not colon:
        return 0
    if kind == "r":
        return {6: 3, 4: 6}.get(len(rest), 8)
    return {"t": 1, "c0": 1, "c1": 2, "q": 3, "n": 4, "i": 4, "c2": 4, "g": 4, "x": 4, "c3": 5}.get(kind, 9)


def searched_cells(circle: Circle) -> list[str]:
    """The squares of which a listing in the circle has one."""
    return circle_tokens(circle.centre, circle.radius_m)
