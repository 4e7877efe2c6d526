"""What a text says of working time: the hours of a day («5点到9点», «每天8小时») and the days of a week («每周六天»).

Of several the fewest count, so that two shifts to choose from are not added up. The words are lists of `lists.yaml`;
without them nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from service.guard.folding import COMMA, fold

LISTS = ("figures", "powers", "towards", "each", "hours", "days", "mornings", "evenings", "clock", "weeks", "week_days")
LEAST, MOST = 1.0, 16.0  # hours of a day that are believed
HALF_DAY, DAY = 12, 24

Worked = tuple[float, re.Match[str]]


class Shifts:
    """Reads working time; `value` makes a number of digits or figures in words."""

    def __init__(self, lists: Mapping[str, Sequence[str]], value: Callable[[str], float]):
        self._value = value
        self._known = all(lists.get(name) for name in LISTS)
        if not self._known:
            return
        words = {name: tuple(fold(word).text for word in lists[name]) for name in LISTS}
        self._evenings = frozenset(words["evenings"])
        either = {
            name: f"(?:{'|'.join(sorted(map(re.escape, of), key=len, reverse=True))})" for name, of in words.items()
        }
        figures = "".join({*words["figures"], *words["powers"]})
        number = f"(?:[0-9]{{1,2}}|[{figures}]{{1,3}})"
        said, clock = f"(?:{either['mornings']}|{either['evenings']})?", either["clock"]
        self._half = re.compile("|".join(re.escape(fold(word).text) for word in lists.get("half_past", ())) or "(?!)")
        self._span = re.compile(
            f"(?P<first>{said})(?<![0-9{figures}])(?P<start>{number})"
            f"(?P<past>{clock}(?:[0-5]?[0-9])?|{COMMA}[0-5][0-9])?{either['towards']}"
            f"(?P<last>{said})(?P<end>{number})(?P<late>{clock}(?:[0-5][0-9](?![0-9]))?|{COMMA}[0-5][0-9])"
        )
        self._daily = re.compile(
            f"{either['each']}{either['days']}[^|{COMMA}0-9]{{0,4}}?(?P<count>{number}){either['hours']}"
        )
        self._weekly = re.compile(
            f"{either['each']}{either['weeks']}[^|{COMMA}0-9]{{0,4}}?(?P<count>{number}){either['week_days']}"
        )

    def hours(self, plain: str) -> float | None:
        """The hours of a day; None where the text does not say."""
        if not self._known:
            return None
        found = [self._between(span) for span in self._span.finditer(plain)]
        found += [self._value(said["count"]) for said in self._daily.finditer(plain)]
        return min((each for each in found if LEAST <= each <= MOST), default=None)

    def weekly(self, plain: str) -> Iterator[Worked]:
        """The hours of a week, and where its days are said."""
        weeks = list(self._weekly.finditer(plain)) if self._known else []
        if weeks and (hours := self.hours(plain)) is not None:
            fewest = min(weeks, key=lambda found: self._value(found["count"]))
            yield hours * self._value(fewest["count"]), fewest

    def _between(self, span: re.Match[str]) -> float:
        """From the first hour to the next time that its last one comes, of the two in a day where none is named."""
        start = self._value(span["start"]) + self._past(span["past"])
        end = self._value(span["end"]) + self._past(span["late"])
        of_day = start >= HALF_DAY + 1  # on a clock of 24 hours, where 8 is the morning: «19:00-8:00»
        start += HALF_DAY if span["first"] in self._evenings and start < HALF_DAY else 0
        if span["last"]:
            end += HALF_DAY if span["last"] in self._evenings and end < HALF_DAY else 0
            return (end - start) % DAY
        ends = (end, end + DAY) if of_day else (end, end + HALF_DAY, end + DAY)
        return next((each - start for each in ends if each > start), 0.0)

    def _past(self, written: str | None) -> float:
        """What of an hour is behind it: «:30», «点半», «点20»."""
        if not written:
            return 0.0
        minutes = re.search("[0-9]+$", written)
        if minutes is not None:
            return int(minutes[0]) / 60
        return 0.5 if self._half.search(written) else 0.0
