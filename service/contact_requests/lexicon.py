"""Reads what a relayed text may not say, once a process."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from re import Pattern

import yaml


@cache
def posing() -> tuple[Pattern[str], ...]:
    """Patterns over folded text. Raises re.error for one that is none."""
    data = yaml.safe_load(files("service.contact_requests").joinpath("posing.yaml").read_text(encoding="utf-8"))
    parts = {f"{{{name}}}": part for name, part in data["parts"].items()}
    return tuple(re.compile(_filled(pattern, parts)) for pattern in data["patterns"])


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(name, part)
    return pattern
