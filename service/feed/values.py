"""Values that travel between the feed's repository and its use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class State:
    """How far the builder has come; see FeedStateRow. `safe`: nothing below it can be committed any more."""

    epoch: UUID
    horizon: int
    line: UUID
    seq: int
    floor: int
    filling: str
    filled_at: datetime | None
    day: date | None
    built_at: datetime
    safe: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """One page of the log: its last (transaction, line), whether more follows, and what was touched, by noun."""

    last: tuple[int, UUID]
    full: bool
    touched: dict[str, set[UUID]]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is public of an entity now: its state, where it is found, its canonical body."""

    city_code: str
    state: str
    trades: list[str]
    places: list[str]
    body: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """The last entry of an entity, without its text; `digest` None: a tombstone, `urgent`: that an officer ordered."""

    seq: int
    city_code: str
    state: str
    trades: list[str]
    places: list[str]
    origin: str | None
    digest: bytes | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What a copier wants: kinds, trades and places (prefixes) that must meet, and whose own things to leave out."""

    kinds: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    without: str | None = None

    @property
    def is_empty(self) -> bool:
        """Everything is wanted."""
        return not (self.kinds or self.trades or self.places or self.without)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and the digest of the set as a number below 2^256."""

    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor's place: behind entry `seq`; a snapshot of that moment is cut into `parts` (0: none was asked for)."""

    seq: int
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Seats:
    """Open seats in open shifts to come, how many such shifts, and when the earliest begins."""

    open_seats: int
    open_shifts: int
    next_at: datetime | None
