"""Of many patterns the few that a text can hold: each is kept by pairs of characters that its parts begin with.

The rules may grow without slowing the guard: a text is looked through once, sentence by sentence, and only a pattern
of which every part may be in one of them is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from service.guard.folding import BREAK
from service.guard.grams import BITS, grams, threes
from service.guard.patterns import LONGEST, Lists, checked, crosses, guarded, needs


@dataclass(eq=False)
class Sought:
    """A pattern of a rule's version, `written` as a regular expression; `needs`: of each part what it may begin with,
    one of which a text must hold (`patterns.needs`); `crosses`: it may be met across the end of a sentence."""

    code: str
    written: str
    needs: tuple[frozenset[str], ...]
    crosses: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when a text first comes near it: a service begins without waiting for what few texts need."""
        return checked(self.written)


@dataclass(eq=False)
class Together:
    """Patterns that break a rule only together, within one sentence or anywhere in a text; the rarest first."""

    code: str
    parts: tuple[Sought, ...]
    one_sentence: bool

    def __post_init__(self) -> None:
        self.parts = tuple(sorted(self.parts, key=lambda part: min(map(_commonness, part.needs), default=_EVERYWHERE)))


class Asked(Protocol):
    """What a version of a rule asks."""

    @property
    def phrases(self) -> Sequence[Sought]: ...
    @property
    def hint_phrases(self) -> Sequence[Sought]: ...
    @property
    def combinations(self) -> Sequence[Together]: ...
    @property
    def unless(self) -> Sequence[Sought]: ...
    def patterns(self) -> Iterator[Sought]: ...


class Candidates(NamedTuple):
    """What of a rule may be met in a text: its phrases, its hints, what it asks together."""

    phrases: list[Sought]
    hints: list[Sought]
    together: list[Together]


@dataclass(frozen=True, slots=True)
class Near:
    """What may be met in a text: `by_rule` what may be a hit; of every other pattern whether it may be met at all."""

    by_rule: Mapping[str, Candidates]
    _met: int
    _seeker: Seeker

    def holds(self, pattern: Sought) -> bool:
        """Whether a pattern may be met."""
        return bool(self._met >> self._seeker.places[pattern] & 1)

    def excuses(self, code: str) -> Iterator[Sought]:
        """What may excuse a hit of a rule."""
        return (self._seeker.patterns[at] for at in _places(self._met & self._seeker.excuses.get(code, 0)))


MOST_PARTS = 3  # parts of a pattern that are looked for before it is tried: the ones that the fewest texts hold
_BREAK = re.compile(re.escape(BREAK))
_COMMON = (0.0, 30.0, 1.0, 0.3)  # of one, two, three characters
_EVERYWHERE = 10_000.0  # more common than anything that is looked for


def _commonness(need: frozenset[str]) -> float:
    """How many texts hold one of these, as a guess: figures are in every text."""
    return sum(_EVERYWHERE if each.isdigit() else _COMMON[len(each)] for each in need)


class Seeker:
    """Patterns by what they need: a bit for each pattern in a row of each of its parts.

    One to three characters are kept as the bucket of their hash; what shares one with them may be tried for nothing.
    Shapes: `_rows` (2**BITS,), the row of a bucket; `_bits` (rows, MOST_PARTS, words of 64 patterns), row 0 with the
    parts that nobody has to hold.
    """

    def __init__(self, asked: Iterable[Asked]):
        self.places: dict[Sought, int] = {}
        self.excuses: dict[str, int] = {}
        self._single: dict[int, list[tuple[bool, Sought]]] = {}
        self._firsts: dict[int, list[tuple[int, Together]]] = {}
        for each in asked:
            self._add(each)
        self.patterns = list(self.places)
        self._leading = sum(1 << at for at in self._single.keys() | self._firsts.keys())
        self._crossing = sum(1 << at for at, each in enumerate(self.patterns) if each.crosses)
        self._rows, self._bits = self._index()

    def _add(self, asked: Asked) -> None:
        for is_hint, patterns in ((False, asked.phrases), (True, asked.hint_phrases)):
            for each in dict.fromkeys(patterns):
                self._single.setdefault(self._place(each), []).append((is_hint, each))
        for together in dict.fromkeys(asked.combinations):
            first, *_ = places = [self._place(part) for part in together.parts]
            every = sum(1 << place for place in set(places))
            self._firsts.setdefault(first, []).append((every, together))
        for each in asked.unless:
            self.excuses[each.code] = self.excuses.get(each.code, 0) | 1 << self._place(each)
        for each in asked.patterns():
            self._place(each)

    def _place(self, pattern: Sought) -> int:
        return self.places.setdefault(pattern, len(self.places))

    def _index(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint64]]:
        told: dict[str, list[tuple[int, int]]] = {}
        unasked = []
        for at, each in enumerate(self.patterns):
            needs = sorted(each.needs, key=_commonness)[:MOST_PARTS]
            unasked += [(part, at) for part in range(len(needs), MOST_PARTS)]
            for part, need in enumerate(needs):
                for chars in need:
                    told.setdefault(chars, []).append((part, at))
        buckets: dict[int, list[tuple[int, int]]] = {}
        for chars, bucket in _bucketed(told):
            buckets.setdefault(bucket, []).extend(told[chars])
        rows = np.zeros(1 << BITS, dtype=np.int32)
        kinds = {tuple(unasked): 0}  # many are told of the same patterns: one row for them all
        for bucket, bits in buckets.items():
            rows[bucket] = kinds.setdefault(tuple(bits), len(kinds))
        made = np.zeros((len(kinds), MOST_PARTS, len(self.patterns)), dtype=bool)
        for told_of, row in kinds.items():
            for part, at in told_of:
                made[row, part, at] = True
        return rows, _packed(made)

    def near(self, text: str) -> Near:
        """What may be met in a folded text; whatever is met is among it."""
        met = self._met(text)
        found: dict[str, Candidates] = {}
        for at in _places(met & self._leading):
            for is_hint, each in self._single.get(at, ()):
                held = _candidates(found, each.code)
                (held.hints if is_hint else held.phrases).append(each)
            for every, together in self._firsts.get(at, ()):
                if met & every == every:
                    _candidates(found, together.code).together.append(together)
        return Near(found, met, self)

    def _met(self, text: str) -> int:
        """The bits of the patterns of which a sentence holds every part, or the text where they may cross sentences."""
        if not text:
            return 0
        each = np.zeros((len(text), LONGEST), dtype=np.int32)
        ones_and_twos, size = self._rows[grams(text)], len(text)
        each[:, 0], each[:-1, 1], each[:-2, 2] = ones_and_twos[:size], ones_and_twos[size:], self._rows[threes(text)]
        flat = each.ravel()
        places = flat.nonzero()[0]
        if not len(places):
            return _number(np.bitwise_and.reduce(self._bits[0]))
        ends = [LONGEST * found.start() for found in _BREAK.finditer(text)]
        starts = np.concatenate(([0], places.searchsorted(ends)))
        told = np.bitwise_or.reduceat(self._bits[flat[places]], starts[starts < len(places)], axis=0)
        told |= self._bits[0]
        met = _number(np.bitwise_or.reduce(np.bitwise_and.reduce(told, axis=1)))
        if self._crossing:
            met |= _number(np.bitwise_and.reduce(np.bitwise_or.reduce(told))) & self._crossing
        return met


def _bucketed(every: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each of one, two or three characters with its bucket."""
    for size, same in groupby(sorted(every, key=len), key=len):
        some = list(same)
        joined = "".join(some)
        found = threes(joined) if size == LONGEST else np.split(grams(joined), [len(joined)])[size - 1]
        yield from zip(some, found[::size].tolist(), strict=True)


def _packed(bits: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """The last axis as words of 64 bits."""
    packed = np.packbits(bits, axis=-1, bitorder="little")
    odd = -packed.shape[-1] % 8
    return np.pad(packed, ((0, 0), (0, 0), (0, odd))).view(np.uint64)


def _number(words: npt.NDArray[np.uint64]) -> int:
    return int.from_bytes(words.tobytes(), "little")


def _candidates(found: dict[str, Candidates], code: str) -> Candidates:
    held = found.get(code)
    if held is None:
        held = found[code] = Candidates([], [], [])
    return held


def _places(number: int) -> Iterator[int]:
    """The places of the ones of a number."""
    while number:
        last = number & -number
        yield last.bit_length() - 1
        number ^= last


def sought(code: str, patterns: Sequence[str], lists: Lists, known: dict[str, Sought]) -> tuple[Sought, ...]:
    """Each pattern of a rule by itself; the same pattern is the same object, by `known`. Raises BadPattern."""
    made = []
    for each in patterns:
        if each not in known:
            known[each] = Sought(code, guarded([each], lists), needs(each, lists), crosses(each, lists))
            if "[" in each:
                known[each].regex  # noqa: B018 - classes are the one thing that may not be an expression
        made.append(known[each])
    return tuple(made)
