"""Of many patterns the few that a text can hold: each is kept by characters that its parts begin with.

The rules may grow without slowing the guard: a text is looked through once, sentence by sentence, and only a pattern
of which every part may be in one of them is tried.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from operator import or_
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from service.guard.folding import BREAK
from service.guard.grams import BITS, with_threes
from service.guard.patterns import MET, Lists, checked, crosses, guarded, needs

Span = tuple[int, int]


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

    def search(self, text: str, at: int = 0) -> Span | None:
        """Where it is met first, from a place on."""
        found = self.regex.search(text, at)
        return None if found is None else found.span(MET)

    def spans(self, text: str) -> Iterator[Span]:
        """Every place where it is met, one behind the other."""
        span = self.search(text)
        while span is not None:
            yield span
            span = self.search(text, span[1])


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
    """What of a rule is met in a text: its phrases, its hints, and what it asks together that may be met."""

    phrases: list[Sought]
    hints: list[Sought]
    together: list[Together]


class Near:
    """What is met in a text: `by_rule` what may be a hit; every other pattern is asked when somebody wants to know."""

    def __init__(self, text: str, sentences: Sequence[int], crossing: int, seeker: Seeker):
        self.by_rule: dict[str, Candidates] = {}
        self._text = text
        self._sentences = sentences
        self._may_be = reduce(or_, sentences, crossing)
        self._seeker = seeker
        self._firsts: dict[str, Span | None] = {}

    def holds(self, pattern: Sought) -> bool:
        """Whether a pattern may be met."""
        return bool(self._may_be >> self._seeker.places[pattern] & 1)

    def first(self, pattern: Sought) -> Span | None:
        """Where one that may be met is met first, looked for once."""
        written = pattern.written
        if written in self._firsts:
            return self._firsts[written]
        found = self._firsts[written] = pattern.search(self._text)
        return found

    def meets(self, pattern: Sought) -> bool:
        """Whether a pattern is met."""
        return self.holds(pattern) and self.first(pattern) is not None

    def leading(self) -> Iterator[int]:
        """The places of what may begin a hit."""
        return _places(self._may_be & self._seeker.leading)

    def may_be_together(self, together: Together) -> bool:
        """Whether all the patterns may be met."""
        every = self._seeker.every[together]
        return self._may_be & every == every

    def are_together(self, together: Together) -> bool:
        """Whether all the patterns are met; what has to stand in one sentence is looked for where one may hold it."""
        every = self._seeker.every[together]
        is_apart = together.one_sentence and not any(may_be & every == every for may_be in self._sentences)
        return not (is_apart and not every & self._seeker.crossing) and all(map(self.first, together.parts))

    def excuses(self, code: str) -> Iterator[Sought]:
        """What may excuse a hit of a rule."""
        return (self._seeker.patterns[at] for at in _places(self._may_be & self._seeker.excuses.get(code, 0)))

    def of(self, code: str) -> Candidates:
        """What of a rule may be a hit, to be added to."""
        held = self.by_rule.get(code)
        if held is None:
            held = self.by_rule[code] = Candidates([], [], [])
        return held


MOST_PARTS = 3  # parts of a pattern that are looked for before it is tried: the ones that the fewest texts hold
_COMMON = (0.0, 30.0, 1.0, 0.3)  # of one, two, three characters
_EVERYWHERE = 10_000.0  # more common than anything that is looked for


def _commonness(need: frozenset[str]) -> float:
    """How many texts hold one of these, as a guess: figures are in every text."""
    return sum(_EVERYWHERE if each.isdigit() else _COMMON[len(each)] for each in need)


class Seeker:
    """Patterns by what they need, as bits of whole numbers: one for each pattern that has a first part, then one for
    each that has a second one and so on; those with the most parts come first. One to three characters are kept as the
    bucket of their hash: what shares one with them may be tried for nothing.

    `_rows` (2**BITS,): where in `_told` are the bits of what a bucket tells, at 0 nothing.
    """

    def __init__(self, asked: Collection[Asked]):
        every = dict.fromkeys(pattern for each in asked for pattern in each.patterns())
        self._needs = {pattern: sorted(pattern.needs, key=_commonness)[:MOST_PARTS] for pattern in every}
        self.patterns = sorted(every, key=lambda pattern: len(self._needs[pattern]), reverse=True)
        self.places = {pattern: at for at, pattern in enumerate(self.patterns)}
        self.excuses: dict[str, int] = {}
        self._single: dict[int, list[tuple[bool, Sought]]] = {}
        self._firsts: dict[int, list[Together]] = {}
        self.every: dict[Together, int] = {}
        for each in asked:
            self._add(each)
        self.leading = _bits(self._single.keys() | self._firsts.keys())
        self.crossing = _bits(at for at, each in enumerate(self.patterns) if each.crosses)
        self._parts, self._rows, self._told = self._index()

    def _add(self, asked: Asked) -> None:
        for is_hint, patterns in ((False, asked.phrases), (True, asked.hint_phrases)):
            for each in dict.fromkeys(patterns):
                self._single.setdefault(self.places[each], []).append((is_hint, each))
        for together in dict.fromkeys(asked.combinations):
            self._firsts.setdefault(self.places[together.parts[0]], []).append(together)
            self.every[together] = _bits(self.places[part] for part in together.parts)
        for each in asked.unless:
            self.excuses[each.code] = self.excuses.get(each.code, 0) | 1 << self.places[each]

    def _index(self) -> tuple[list[tuple[int, int]], npt.NDArray[np.int32], list[int]]:
        """Of each part where its bits begin and the patterns that have none; the rows, and what they tell."""
        told: dict[str, list[int]] = {}
        parts, begins = [], 0
        for part in range(MOST_PARTS):
            having = [pattern for pattern in self.patterns if part < len(self._needs[pattern])]
            parts.append((begins, _bits(range(len(having), len(self.patterns)))))
            for at, pattern in enumerate(having, begins):
                for chars in self._needs[pattern][part]:
                    told.setdefault(chars, []).append(at)
            begins += len(having)
        buckets: dict[int, list[int]] = {}
        for chars, bucket in _bucketed(told):
            buckets.setdefault(bucket, []).extend(told[chars])
        kinds: dict[tuple[int, ...], int] = {(): 0}  # many are told of the same patterns: one row for them all
        rows = np.zeros(1 << BITS, dtype=np.int32)
        for bucket, bits in buckets.items():
            rows[bucket] = kinds.setdefault(tuple(bits), len(kinds))
        return parts, rows, list(map(_bits, kinds))

    def near(self, text: str, found: npt.NDArray[np.uint32] | None = None) -> Near:
        """What is met in a folded text. `found`: what `with_threes` found in it, if that is known."""
        near = Near(text, *self._met(text, with_threes(text) if found is None else found), self)
        for at in near.leading():
            if at in self._single and near.first(self.patterns[at]) is not None:
                for is_hint, each in self._single[at]:
                    held = near.of(each.code)
                    (held.hints if is_hint else held.phrases).append(each)
            for together in self._firsts.get(at, ()):
                if near.may_be_together(together):
                    near.of(together.code).together.append(together)
        return near

    def _met(self, text: str, found: npt.NDArray[np.uint32]) -> tuple[list[int], int]:
        """Of each sentence the bits of the patterns of which it holds every part; of the text those which it holds
        and that may cross sentences."""
        rows, size = self._rows[found].tolist(), len(text)
        ones, twos, threes = rows[:size], rows[size : 2 * size - 1], rows[2 * size - 1 :]
        sentences, whole, start = [], 0, 0
        for sentence in text.split(BREAK):
            end, told = start + len(sentence) + 1, 0
            for row in {*ones[start:end], *twos[start:end], *threes[start:end]}:
                told |= self._told[row]
            sentences.append(self._whole(told))
            whole |= told
            start = end
        return sentences, self._whole(whole) & self.crossing if self.crossing else 0

    def _whole(self, told: int) -> int:
        """The patterns of which every part is told."""
        met = (1 << len(self.patterns)) - 1
        for begins, having_none in self._parts:
            met &= told >> begins | having_none
        return met


def _bucketed(every: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each of one, two or three characters with its bucket."""
    for size, same in groupby(sorted(every, key=len), key=len):
        some = list(same)
        joined = "".join(some)
        begins = sum(len(joined) - less for less in range(size - 1))  # of the runs of this size, behind the shorter
        yield from zip(some, with_threes(joined)[begins:][::size].tolist(), strict=False)


def _bits(places: Iterable[int]) -> int:
    """A number with ones at these places."""
    made = bytearray()
    for at in places:
        made.extend(bytes(max(0, (at >> 3) + 1 - len(made))))
        made[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(made, "little")


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
