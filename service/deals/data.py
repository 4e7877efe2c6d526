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
    by: str
    workers: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    clauses: Mapping[str, Clause]


@cache
def _file() -> _File:
    return build(_File, read("service.deals", "clauses.yaml"), "clauses.yaml", "(file)")


def clauses() -> Mapping[str, Clause]:
    """The usual clauses by code. Raises DataRefused where the file is wrong."""
    return _file().clauses


def is_empty(code: str, words: str) -> bool:
    """Whether a clause says nothing where the law wants a term, or only that the worker sees to it."""
    file = _file()
    if words.strip().lower() in file.answers.get(code, ()):
        return False
    said = words.strip().removeprefix(file.by)
    rests = [said.removeprefix(each) for each in file.workers if said.startswith(each)]
    return any(says_nothing(each, file.nothing) for each in (words, *rests))
