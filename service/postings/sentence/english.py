"""English sentences, put phrase by phrase into words that the reader knows; positions lead back to what was written.

«two dishwashers tonight 5 to 10:30, 25 an hour, meals» is read as 2 个 洗碗工 今晚 5点 到 10:30, 25 一小时, 管饭. Only
a sentence without any Chinese character is put; what the table does not know stays and is named as left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2}")
_CLOCK = r"(?P<hour>[01]?[0-9])(?::(?P<minute>[0-5][0-9]))?\s*(?P<half>[ap])\.?m\b\.?"
_RANGE_START = (
    r"(?P<bare>(?<![0-9:.])[0-9]{1,2})(?=\s*(?:to|till|until|til|-|–)\s*[0-9]{1,2}(?![0-9])"
    r"(?!\s*(?:yuan|rmb|cny|kuai|an?\b|per\b|/)))"
)


@dataclass(frozen=True)
class Table:
    """The phrases of english.yaml, in small letters, and what each stands for."""

    numbers: Mapping[str, str]
    counted: Mapping[str, str]
    words: Mapping[str, str]
    fillers: frozenset[str]
    counter: str
    hour: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Clock times, the beginning of «9 to 5», and every phrase as whole words, the longest first."""
        known = {*self.numbers, *self.counted, *self.words, *self.fillers}
        phrases = "|".join(re.escape(each) for each in sorted(known, key=lambda each: (-len(each), each)))
        return re.compile(rf"{_CLOCK}|{_RANGE_START}|(?P<phrase>(?<![A-Za-z])(?:{phrases})(?![A-Za-z]))", re.IGNORECASE)


@dataclass(frozen=True)
class Put:
    """The sentence in known words; `origin` holds for each of its characters where it was written, half-open."""

    text: str
    origin: tuple[tuple[int, int], ...]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where the words of a stretch of `text` stand in what was written."""
        places = self.origin[start:end]
        return (min(place[0] for place in places), max(place[1] for place in places)) if places else (0, 0)


@cache
def shipped_table() -> tuple[Table, re.Pattern[str]]:
    """The table that ships with the service, and its pattern, read once."""
    import yaml

    folder = files("service.postings.sentence")
    raw = yaml.safe_load(folder.joinpath("english.yaml").read_text(encoding="utf-8"))
    lexicon = yaml.safe_load(folder.joinpath("words.yaml").read_text(encoding="utf-8"))
    table = Table(
        numbers=_turned(raw["numbers"]),
        counted=_turned(raw["counted"]),
        words=_turned(raw["words"]),
        fillers=frozenset(raw["fillers"]),
        counter=lexicon["duration"]["counter"][0],
        hour=lexicon["clock"]["hour"][-2],
    )
    return table, table.pattern


def _turned(raw: Mapping[Any, Iterable[str]]) -> dict[str, str]:
    return {phrase: str(word) for word, phrases in raw.items() for phrase in phrases}


def put(text: str) -> Put | None:
    """An English sentence in known words; None for any other, which is read as it stands."""
    if _HAN.search(text) or not _LATIN.search(text):
        return None
    table, pattern = shipped_table()
    made: list[str] = []
    origin: list[tuple[int, int]] = []
    at, after_number = 0, False
    for match in pattern.finditer(text):
        _copy(text, at, match.start(), made, origin)
        between = text[at : match.start()].rstrip()
        said = _said(match, table, counted=between[-1:].isdigit() if between else after_number)
        made.append(said)
        origin += [match.span()] * len(said)
        after_number, at = said.isdigit(), match.end()
    _copy(text, at, len(text), made, origin)
    return Put("".join(made), tuple(origin))


def _copy(text: str, start: int, end: int, made: list[str], origin: list[tuple[int, int]]) -> None:
    made.append(text[start:end])
    origin += [(place, place + 1) for place in range(start, end)]


def _said(match: re.Match[str], table: Table, *, counted: bool) -> str:
    """What a phrase is put into; «5 pm» becomes 17:00, «9» of «9 to 5» an hour, a filler nothing."""
    if match["half"]:
        hour = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0)
        return f"{hour:02d}:{match['minute'] or '00'}"
    if match["bare"]:
        return match["bare"] + table.hour
    phrase = match["phrase"].lower()
    if phrase in table.counted:
        return (table.counter if counted else "") + table.counted[phrase]
    return table.numbers.get(phrase) or table.words.get(phrase) or ""
