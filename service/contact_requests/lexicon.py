"""Reads what a relayed text may not say, once a process."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import yaml

from service.contact_requests.rules import Posing


@cache
def posing() -> Posing:
    """What the file says, compiled. Raises re.error for a pattern that is none."""
    data = yaml.safe_load(files("service.contact_requests").joinpath("posing.yaml").read_text(encoding="utf-8"))
    parts = {f"{{{name}}}": part for name, part in data["parts"].items()}
    return Posing(_compiled(data["patterns"], parts), _compiled(data["written"], parts))


def _compiled(patterns: Sequence[str], parts: dict[str, str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_filled(pattern, parts)) for pattern in patterns)


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern
