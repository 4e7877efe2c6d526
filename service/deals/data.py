"""What firms agree on where they say nothing else: texts of a data file, by code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.guard.nothing import says_nothing
from service.policies.typed import build, read


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in both languages; the agreement has the Chinese one."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _File:
    description: Mapping[str, str]
    source: str
    nothing: tuple[str, ...]
    answered_by_nothing: tuple[str, ...]
    clauses: Mapping[str, Clause]


@cache
def _file() -> _File:
    return build(_File, read("service.deals", "clauses.yaml"), "clauses.yaml", "(file)")


def clauses() -> Mapping[str, Clause]:
    """The usual clauses by code. Raises DataRefused where the file is wrong."""
    return _file().clauses


def is_empty(code: str, words: str) -> bool:
    """Whether a clause says nothing where the law wants a term."""
    return code not in _file().answered_by_nothing and says_nothing(words, _file().nothing)
