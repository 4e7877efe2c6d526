"""What a name index is built from and what it answers: plain values, given and returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_VARIANTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One skill or occupation and the words for it.

    `name` is the official name, `words` its aliases and popular names. `shared` are words that another entry
    owns first, `hints` brands or kinds of place that only suggest it. `code` is its occupation, `group` a wider
    concept; both are handed back untouched. Of two entries that fit equally well the one of lower `rank` comes
    first.
    """

    id: str
    name: str
    words: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    code: str | None = None
    group: str | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a language that help to find a name; without any, only the entries' own words count.

    `noise` says nothing about the trade; `heads` are endings of names and `prefixes` their beginnings that carry
    no meaning; `places` and `others`, behind a trade word, make it the name of a firm or a thing; `speech` marks
    talk that names no trade; `negations` take the next word back; `generic` words of entries give way to any other
    in the same piece; `everyday` ones name nothing beside `life` or beside much that nobody knows. `alike` are
    pairs of which the first is also tried as the second. `variants` maps a character to its usual form.
    """

    noise: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    speech: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    life: tuple[str, ...] = ()
    alike: tuple[tuple[str, str], ...] = ()
    variants: Mapping[str, str] = field(default_factory=lambda: _NO_VARIANTS)


@dataclass(frozen=True, slots=True)
class Named:
    """An entry a text may mean: how sure, by which of its words, and how that word was found.

    `confidence` is permille; `how` is `exact` (the text is the word), `contained` (the word stands in the text),
    `hint`, `pinyin` (Latin letters read as pinyin) or `similar`.
    """

    entry: NameEntry
    confidence: int
    word: str
    how: str
