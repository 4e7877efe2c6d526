"""Words that say nothing where the law wants a term."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files

import yaml

_SIGNS = re.compile(r"[\W_]+")


def says_nothing(words: str, also: Collection[str] = ()) -> bool:
    """Whether nothing is said but that nothing is (`also`: further words that say no more); signs count for nothing."""
    said = _SIGNS.sub("", words).lower()
    return not said or said in _known() or said in also


@cache
def _known() -> frozenset[str]:
    return frozenset(yaml.safe_load(files("service.guard").joinpath("nothing.yaml").read_text("utf-8"))["nothing"])
