"""Pure decisions on repetitions (C30): what two postings of one employer say alike, and whether at the same times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from rapidfuzz import fuzz

from service.guard.telling import LIKE_STOPPED
from service.text import fold_tight

Span = tuple[datetime, datetime]
Verdict = Literal["same", "near"]
_PLAIN = (
    "trade", "job_kind", "city_code", "district_code", "pay_fen", "pay_most_fen", "pay_unit", "settlement", "binding",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """What a posting says: its folded words, and everything else that workers decide by."""

    words: str
    terms: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """What an officer rejected, paused or removed, by the folded words that it had then."""

    id: UUID
    words: str


def content_of(columns: Mapping[str, Any]) -> Content:
    """The content of a posting's columns."""
    words = words_of(columns["title"], columns["description"])
    terms = tuple(columns[name] for name in _PLAIN)
    return Content(words, (*terms, fold_tight(columns["address"])))


def alike_permille(one: Content, other: Content) -> int:
    """How much two texts are alike, 0 to 1000 (RapidFuzz's normalised indel similarity)."""
    return int(fuzz.ratio(one.words, other.words) * 10)


def words_of(title: str, description: str | None) -> str:
    """The folded words of a posting or supply posting."""
    return fold_tight(f"{title}|{description or ''}")


def words_at(
    version: int, title: str, description: str | None, changes: Iterable[tuple[int, Mapping[str, Any]]]
) -> str:
    """The folded words at an earlier version: the present ones without the (version, {name: [before, after]}) of the
    log since then, the newest first."""
    then = {"title": title, "description": description}
    for changed_at, changed in changes:
        if changed_at > version:
            then |= {name: changed[name][0] for name in then if name in changed}
    return words_of(then["title"] or "", then["description"])


def nearest(words: str, stopped: Iterable[Stopped], least_permille: int) -> tuple[UUID, int] | None:
    """Of what was stopped the one that folded words are most alike, and how much; None where none is alike enough."""
    scored = ((each.id, int(fuzz.ratio(words, each.words) * 10)) for each in stopped)
    alike = [each for each in scored if each[1] >= least_permille]
    return max(alike, key=lambda each: (each[1], each[0]), default=None)


def like_stopped(
    title: str, description: str | None, stopped: Iterable[Stopped], least_permille: int
) -> list[dict[str, Any]]:
    """The warning that words repeat what an officer stopped, or none."""
    found = nearest(words_of(title, description), stopped, least_permille)
    if found is None:
        return []
    facts = {"of": str(found[0]), "alike_permille": found[1], "alike_percent": found[1] // 10}
    return [{"pointer": "/description", "code": LIKE_STOPPED, "facts": facts}]


def overlap(one: Iterable[Span], other: Iterable[Span]) -> bool:
    """Whether two sets of half-open spans share a moment; a sweep over both in order of start."""
    spans = sorted([(*span, 0) for span in one] + [(*span, 1) for span in other])
    ends: list[datetime | None] = [None, None]
    for start, end, side in spans:
        open_until = ends[1 - side]
        if open_until is not None and start < open_until:
            return True
        known = ends[side]
        ends[side] = end if known is None else max(known, end)
    return False


def verdict_of(one: Content, other: Content, least_permille: int) -> Verdict | None:
    """The same words and terms, words alike, or neither; whether at the same times is asked only then."""
    if one == other:
        return "same"
    return "near" if alike_permille(one, other) >= least_permille else None
