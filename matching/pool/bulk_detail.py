"""What does not fit into the rows of many people at once: ragged weeks, papers, bookings beyond the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.errors import InvalidInput
from matching.model import WeekWindow
from matching.pool.arena import Arena
from matching.pool.compiled import Array
from matching.pool.layout import D_HEAD, D_WIDTHS
from matching.pool.people import hour_words, whole_hours
from matching.schedule import week_spans


@dataclass(frozen=True, slots=True)
class Section:
    """One section of every record: entries a person, and their words in the order of the slots."""

    part: int
    sizes: Array
    words: Array


@dataclass(frozen=True, slots=True)
class Weeks:
    """Patterns of weekly hours: the three words of each, whether the hours tell all, its spans as entries."""

    words: Array
    ragged: Array
    unsaid: Array
    ptr: Array
    spans: Array


@dataclass(frozen=True, slots=True)
class Papers:
    """Certificates of the rows: of row i those at [ptr[i], ptr[i + 1]).

    `kind`: a number into `kinds`. Days are proleptic ordinals; `begins` and `ends` may be `FAR_OFF` either way.
    """

    kinds: Sequence[str]
    ptr: Array
    kind: Array
    begins: Array
    ends: Array
    verified: Array


def weeks_of(patterns: Sequence[Sequence[WeekWindow] | None]) -> Weeks:
    """Patterns as rows keep them; None is a week that nobody has told."""
    words = np.zeros((len(patterns), 3), np.int64)
    ragged, spans = np.zeros(len(patterns), bool), []
    for place, pattern in enumerate(patterns):
        hours = whole_hours(pattern or ())
        found = () if hours is not None else week_spans(pattern or ())
        ragged[place] = hours is None
        words[place] = hour_words(found) if hours is None else hours
        spans.append([word for span in found for word in (span.start, span.end)])
    sizes = np.array([len(each) // 2 for each in spans], np.int64)
    unsaid = np.array([pattern is None for pattern in patterns], bool)
    flat = np.array([word for each in spans for word in each], np.int64)
    return Weeks(words, ragged, unsaid, np.append(0, np.cumsum(sizes)), flat)


def entries_of(ptr: Array, order: Array) -> tuple[Array, Array]:
    """(entries a person, places of the entries) of rows taken in an order."""
    sizes = np.diff(ptr)[order]
    first = np.cumsum(sizes) - sizes
    return sizes, np.repeat(ptr[:-1][order] - first, sizes) + np.arange(int(sizes.sum()))


def interleaved(*columns: Array) -> Array:
    """Columns as one run of words, entry by entry."""
    return np.stack([column.astype(np.int64) for column in columns], axis=1).ravel()


def paper_words(papers: Papers, numbers: Array, places: Array) -> Array:
    """The words of papers at some places; `numbers` are what the store calls their kinds."""
    kind, begins, ends = numbers[papers.kind[places]], papers.begins[places], papers.ends[places]
    return interleaved(kind, begins, ends, papers.verified[places])


def check_papers(papers: Papers) -> None:
    """Raises InvalidInput for columns of different length, or an unknown kind."""
    count = len(papers.kind)
    if any(len(column) != count for column in (papers.begins, papers.ends, papers.verified)):
        raise InvalidInput("certificate", "wrong_length")
    if count and (int(papers.kind.min()) < 0 or int(papers.kind.max()) >= len(papers.kinds)):
        raise InvalidInput("certificate.kind", "out_of_range")


def lay(sections: Sequence[Section]) -> tuple[Arena, Array]:
    """Records of everybody who has any entry, and where each begins (-1: none)."""
    count = len(sections[0].sizes)
    body = np.zeros(count, np.int64)
    for section in sections:
        body += section.sizes * D_WIDTHS[section.part]
    lengths = np.where(body > 0, body + D_HEAD, 0)
    at = np.cumsum(lengths) - lengths
    total = int(lengths.sum())
    arena = Arena(np.int64, max(1, total))
    arena.used = total
    some = np.flatnonzero(body)
    arena.words[at[some]] = lengths[some]
    cursor = at + D_HEAD
    for section in sorted(sections, key=lambda each: each.part):
        arena.words[at[some] + section.part] = section.sizes[some]
        wide = section.sizes * D_WIDTHS[section.part]
        first = np.cumsum(wide) - wide
        arena.words[np.repeat(cursor - first, wide) + np.arange(int(wide.sum()))] = section.words
        cursor += wide
    return arena, np.where(body > 0, at, -1)
