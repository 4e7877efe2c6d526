"""What was given, read into columns: ids, indices, whole numbers in their bounds, pairs in their order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from matching.assign.rules import MAX_SCORE
from matching.assign.times import Ints, Narrow, integers
from matching.errors import InvalidInput, check_integer

MAX_COUNT = 10_000_000
MAX_SEATS = 1_000_000
MANY = 20_000  # pairs from which on counting beats comparing
Pairs = tuple[tuple[int, int], ...]


def ids_of(field: str, given: int | Sequence[Hashable]) -> Sequence[Hashable]:
    if isinstance(given, int):
        check_integer(field, given, 0, MAX_COUNT)
        return range(given)
    if len(given) > MAX_COUNT:
        raise InvalidInput(field, "out_of_range")
    if not isinstance(given, range) and len(set(given)) < len(given):
        raise InvalidInput(field, "duplicate_id")
    return given if isinstance(given, range) else tuple(given)


def sorted_ids(field: str, given: list[Any]) -> list[Any]:
    if len(set(given)) < len(given):
        raise InvalidInput(field, "duplicate_id")
    try:
        return sorted(given)
    except TypeError:
        raise InvalidInput(field, "mixed_ids") from None


def index_of(field: str, known: Mapping[Any, int], given: Any) -> int:
    if given not in known:
        raise InvalidInput(field, "unknown_id")
    return known[given]


def by_id(field: str, given: Mapping[Any, int] | None, known: Mapping[Any, int]) -> list[int] | None:
    if given is None:
        return None
    for each in given:
        index_of(field, known, each)
    return [given.get(each, 0) for each in known]


def check_same_length(field: str, given: int, asked: int) -> None:
    if given != asked:
        raise InvalidInput(field, "wrong_length")


def column(field: str, values: object, length: int | None, low: int, high: int) -> Ints:
    column = integers(field, values)
    if length is not None:
        check_same_length(field, len(column), length)
    if len(column) and (int(column.min()) < low or int(column.max()) > high):
        raise InvalidInput(field, "out_of_range")
    return column


def optional(field: str, values: object, length: int, low: int, high: int) -> Ints | None:
    return None if values is None else column(field, values, length, low, high)


def listed(field: str, pairs: Sequence[tuple[int, int]]) -> Pairs:
    found = tuple(sorted((person, shift) for person, shift in pairs))
    if len(set(found)) < len(found):
        raise InvalidInput(field, "duplicate_pair")
    return found


def pairs_of(people: int, shifts: int, person: object, shift: object, score: object) -> tuple[Narrow, Narrow, Ints]:
    """The three columns in the order of person and shift; refuses a pair listed twice."""
    p, s = _known("pair.person", person, people), _known("pair.shift", shift, shifts)
    check_same_length("pair.shift", len(s), len(p))
    value = column("pair.score", score, len(p), 0, MAX_SCORE)
    if _rising(p, s):
        return p, s, value
    order = _order(people, shifts, p, s)
    p, s, value = p[order], s[order], value[order]
    if not _rising(p, s):
        raise InvalidInput("pair", "duplicate_pair")
    return p, s, value


def _known(field: str, indices: object, count: int) -> Narrow:
    column = integers(field, indices)
    if len(column) and (int(column.min()) < 0 or int(column.max()) >= count):
        raise InvalidInput(field, "unknown_id")
    return column.astype(np.int32)


def _rising(person: Narrow, shift: Narrow) -> bool:
    """Is each pair behind the one before it, by person and then shift?"""
    further = person[1:] > person[:-1]
    return bool((further | ((person[1:] == person[:-1]) & (shift[1:] > shift[:-1]))).all())


def _order(people: int, shifts: int, person: Narrow, shift: Narrow) -> Ints | Narrow:
    if len(person) < MANY:
        return np.lexsort((shift, person))
    from matching.assign.sorting import in_order

    return in_order(people, shifts, person, shift)
