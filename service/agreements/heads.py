"""What the guard reads before the words of a fact, and where a fact may not say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from service.guard.nothing import says_nothing
from service.policies.typed import build, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The file; see its description."""

    description: Mapping[str, str]
    source: str
    kinds: tuple[str, ...]
    head: str
    needed: Mapping[str, tuple[str, ...]]

    def of(self, kind: str) -> str:
        """What stands before a text; nothing where the agreement is none of labour."""
        return self.head if kind in self.kinds else ""

    def is_empty(self, kind: str, pointer: str, words: str) -> bool:
        """Whether it says nothing where the law wants a term."""
        return pointer.rsplit("/", 1)[-1] in self.needed.get(kind, ()) and says_nothing(words)


@cache
def heads() -> Heads:
    """Raises DataRefused where the file is wrong."""
    return build(Heads, read("service.agreements", "heads.yaml"), "heads.yaml", "(file)")
