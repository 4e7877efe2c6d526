"""Reads the words of replies and the ways of templates, once a process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from service.channels.rules import VITAL
from service.messages.rules import ReplyWords
from service.text import fold_tight


@cache
def reply_words() -> ReplyWords:
    """The shipped words. Raises ValueError when one word is given two meanings."""
    data = _load("reply_words.yaml")
    whole: dict[str, str] = {}
    for meaning, words in data["whole"].items():
        for word in map(fold_tight, words):
            if whole.setdefault(word, meaning) != meaning:
                raise ValueError(f"reply_words.yaml: {word} means {whole[word]} and {meaning}")
    return ReplyWords(
        whole,
        tuple(map(fold_tight, data["received"])),
        tuple(map(fold_tight, data["waiting"])),
        frozenset(map(fold_tight, data["yuan"])),
    )


@cache
def sms_templates() -> frozenset[str]:
    """Templates that leave by SMS although they ask nothing."""
    return frozenset(_load("templates.yaml")["sms"])


@cache
def topic_of(template: str) -> str:
    """What a template is about, as people choose channels for it; what is named nowhere cannot be switched off."""
    named = {name: topic for topic, names in _load("templates.yaml")["topics"].items() for name in names}
    parts = template.split(".")
    found = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((named[name] for name in found if name in named), VITAL)


def _load(name: str) -> Any:
    return yaml.safe_load(files("service.messages").joinpath(name).read_text(encoding="utf-8"))
