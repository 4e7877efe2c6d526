"""Shapes of crews, blocks, and employers who ask first."""

from __future__ import annotations

from uuid import UUID

from service.http.types import (
    In,
    Moment,
    Out,
    count,
    line,
)
from service.workers.schemas.fields import (
    CardCode,
    SpokenWord,
)


class CrewIn(In):
    """A crew; `least` left out or null: all of us or nobody."""

    name: line(30)  # type: ignore[valid-type]
    least: count(1, 5) | None = None  # type: ignore[valid-type]


class MeantIn(In):
    """Whom: by the code of the card or by the word of today, one of the two."""

    code: CardCode | None = None
    word: SpokenWord | None = None


class CrewPlaceOut(Out):
    """One person in a crew; without `joined_at` asked, not in."""

    worker_id: UUID
    name_masked: str
    leader: bool
    joined_at: Moment | None


class CrewOut(Out):
    """A crew; `needed` is how many of those in it must get a seat."""

    id: UUID
    version: int
    name: str
    state: str
    leader_id: UUID
    least: int | None
    needed: int
    ready: bool
    members: list[CrewPlaceOut]


class CrewsOut(Out):
    """A worker's crews."""

    items: list[CrewOut]


class BlockIn(In):
    """A reason for oneself; the employer never sees it."""

    reason: line(100) | None = None  # type: ignore[valid-type]


class BlockOut(Out):
    """A blocked employer."""

    id: UUID
    version: int
    employer_id: UUID
    employer: str
    reason: str | None
    since: Moment


class BlocksOut(Out):
    """Whom a worker blocks."""

    items: list[BlockOut]


class PoolOut(Out):
    """An employer that asks me first; with `auto_accept` my claim there needs no decision."""

    employer_id: UUID
    employer: str
    auto_accept: bool
    since: Moment


class PoolsOut(Out):
    """Whose own people I am among."""

    items: list[PoolOut]
