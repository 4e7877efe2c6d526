"""What a text says is earned: sums by the hour, day, month or piece, and a piece price times the pieces that it names.

Numbers may be digits, figures in words or both («1.5万», «三五百», «一万五»); of a range the middle counts. The words
for units and periods are lists of `lists.yaml`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from service.guard.denying import said
from service.guard.folding import LIST, Folded, fold
from service.guard.shifts import Shifts

PERIODS = ("hour", "day", "month", "piece", "shift", "week")
MOST_ALIKE = 4  # places of one sum by one period that are looked at
LEAST_PAID = 20.0  # yuan that may be what a day pays; less is «周六一天»
LISTS = (
    "figures", "powers", "money", "hours", "days", "months", "minutes", "pieces", "each", "towards", "counts",
    "by_hour", "by_day", "by_month", "elsewhere", "more",
)  # fmt: skip
PERIOD_LISTS = ("hours", "days", "months", "minutes")
_POINT = re.compile("(?<=[0-9\uff10-\uff19])[.\uff0e](?=[0-9\uff10-\uff19])")

Said = tuple[str, float, re.Match[str]]  # a period, a sum, and where


@dataclass(frozen=True, slots=True)
class Earning:
    """Yuan by a period or a piece, said at [start, end) of the folded text. `shift`: yuan an hour of a day that names
    its hours and what is paid for it; `week`: no yuan but the hours worked in one.
    """

    period: str
    yuan: float
    start: int
    end: int


class Earnings:
    """Reads what is earned, in the words of `lists.yaml`. Raises KeyError with the name of a list that is missing."""

    def __init__(self, lists: Mapping[str, Sequence[str]]):
        self._lists = {name: tuple(fold(word).text or word for word in lists[name]) for name in LISTS}
        self._powers = {word: 10.0 ** (at + 1) for at, word in enumerate(self._lists["powers"])} | {
            "k": 1e3, "w": 1e4,
        }  # fmt: skip
        halves = frozenset(lists.get("halves", ()))
        self._some = {word: 0.5 if word in halves else 3.0 for word in self._lists["figures"] if word not in _digits()}
        self._tenth = "|".join(map(re.escape, lists.get("tenths", ())))  # «一件 8 毛»
        headings, raises = lists.get("headings", ()), lists.get("raises", ())
        units = self._any("hours", "days", "months")
        self._no_heading = f"(?!{units}(?:{'|'.join(map(re.escape, headings))}))" if headings else ""
        self._no_raise = "".join(f"(?<!{re.escape(word)})" for word in raises)
        self._figure = re.compile(f"[0-9{self._words()}]")
        self._patterns = list(self._written())
        self._shifts = Shifts(lists, self._value)
        self._spans = self._several()
        self._pieces = self._piecework()
        self._minutes = re.compile(
            f"{self._sum('minutes')}{self._any('minutes')}{self._any('each')}{self._any('pieces')}"
        )

    def in_text(self, text: Folded) -> list[Earning]:
        """Every sum with its period."""
        if self._figure.search(text.text) is None:
            return []
        plain, points = _with_points(text)
        found = [*self._said(plain), *self._of_pieces(plain)]
        found += [*self._by_shift(plain, found), *(("week", *worked) for worked in self._shifts.weekly(plain))]
        return [
            Earning(period, yuan, *(at - bisect_left(points, at) for at in where.span()))
            for period, yuan, where in _few_alike(found)
        ]

    def _said(self, plain: str) -> Iterator[Said]:
        for pattern in self._patterns:
            for found in pattern.finditer(plain):
                yield _period(found), self._middle(found, "sum"), found
        for found in self._spans.finditer(plain):
            if number := self._middle(found, "count"):
                yield _period(found), self._middle(found, "sum") / number, found

    def _of_pieces(self, plain: str) -> Iterator[Said]:
        """A piece price, and what a period brings at the least and at the best."""
        prices = [
            (self._middle(price, "sum") / (10 if price["tenth"] else 1), price)
            for price in self._pieces["price"].finditer(plain)
        ]
        yield from (("piece", yuan, price) for yuan, price in prices)
        if not prices:
            return
        made = [
            (period, self._middle(count, "count"), count)
            for period in PERIODS[:3] for count in self._pieces[period].finditer(plain)
        ]  # fmt: skip
        minutes = ((self._middle(spent, "minutes"), spent) for spent in self._minutes.finditer(plain))
        made += [("hour", 60 / spent, where) for spent, where in minutes if spent]
        yuan = [yuan for yuan, _ in prices]
        for price, choose in ((min(yuan), min), (max(yuan), max)):
            for period in PERIODS[:3]:
                of_period = [(count, where) for each, count, where in made if each == period]
                if of_period:
                    count, where = choose(of_period, key=lambda each: each[0])
                    yield period, price * count, where

    def _by_shift(self, plain: str, said: Sequence[Said]) -> Iterator[Said]:
        """What an hour of the day brings where nothing but the day is paid («5点到9点一天40»)."""
        if not said or any(period != "day" for period, _, _ in said):
            return
        if hours := self._shifts.hours(plain):
            _, yuan, where = max(said, key=lambda each: each[1])
            if yuan >= LEAST_PAID:
                yield "shift", yuan / hours, where

    def _any(self, *names: str) -> str:
        words = sorted(dict.fromkeys(word for name in names for word in self._lists[name]), key=len, reverse=True)
        return f"(?:{'|'.join(map(re.escape, words))})"

    def _number(self) -> str:
        powers = f"{''.join(self._lists['powers'])}kw"
        return f"(?:[0-9]++(?:\\.[0-9]+)?[{powers}]?[0-9]?|[{self._words()}]+)"

    def _words(self) -> str:
        """Every character of a number in words."""
        return "".join(sorted({*_digits(), *self._lists["figures"], *self._lists["powers"]}))

    def _great(self) -> str:
        """Tens and more in words."""
        figures = f"[{''.join(_digits())}{''.join(self._lists['figures'])}]"
        return f"{figures}{{0,3}}[{''.join(self._lists['powers'])}]"

    def _sum(self, name: str) -> str:
        """A number that no other comes before, or two. What it begins with is said first, and only then what may not
        stand before it: so the engine looks for figures and passes by all else at once."""
        number, towards, words = self._number(), self._any("towards"), self._words()
        powers = f"{''.join(self._lists['powers'])}kw"
        digits = f"(?<=[0-9])[0-9]*+(?:\\.[0-9]+)?[{powers}]?[0-9]?"
        first = f"[0-9{words}](?<![0-9.{words}][0-9{words}])(?:{digits}|(?<=[{words}])[{words}]*)"
        return f"(?P<{name}>{first})(?:{self._any('money')}?{towards}(?P<{name}_to>{number}))?"

    def _either(self, **names: str) -> str:
        """The words of some lists, each a group of its own name."""
        return f"(?:{'|'.join(f'(?P<{period}>{self._any(name)})' for period, name in names.items())})"

    def _written(self) -> Iterator[re.Pattern[str]]:
        """«260元/天», «一天260», «日薪260»."""
        each, money, words = self._any("each"), self._any("money"), self._words()
        elsewhere, other = "".join(self._lists["elsewhere"]), self._any("counts", "pieces", "hours", "minutes")
        units = self._either(hour="hours", day="days", month="months")
        marked = f"{money}{LIST}|{LIST}{self._no_heading}|{money}?{LIST}?(?!{LIST}){each}"
        yield re.compile(f"{self._sum('sum')}(?:{marked}){units}")
        ends = f"(?:{money}|(?![0-9{words}])(?!{other}))"
        great = f"(?={self._number()}(?:{self._any('towards')}{self._number()})?{money}|[0-9]{{2}}|{self._great()})"
        yield re.compile(f"{each}{units}[^|,0-9{elsewhere}]{{0,8}}?{self._no_raise}{great}{self._sum('sum')}{ends}")
        for period in PERIODS[:3]:  # one inside another: «保底日赚380»
            named = self._either(**{period: f"by_{period}"})
            yield re.compile(f"{named}[^|0-9]{{0,4}}?{self._sum('sum')}{ends}")

    def _several(self) -> re.Pattern[str]:
        """A sum for several days or hours: «三天八千»."""
        elsewhere, money, other = "".join(self._lists["elsewhere"]), self._any("money"), self._any("counts", "pieces")
        ends = f"(?:{money}|(?![0-9{self._words()}])(?!{other}))"
        small = f"[0-9]{{2}}{money}(?!{self._any('each', *PERIOD_LISTS)})"  # «十二小时 80 块», not «8 小时 20 元一小时»
        sums = f"(?=[0-9]{{3}}|{small}|{self._great()}){self._sum('sum')}{ends}"
        units = self._either(hour="hours", day="days")
        return re.compile(f"{self._sum('count')}{units}[^|,0-9{elsewhere}]{{0,4}}?{sums}")

    def _piecework(self) -> dict[str, re.Pattern[str]]:
        """A piece price, and how many pieces a period is said to bring."""
        each, piece, money, more = (self._any(name) for name in ("each", "pieces", "money", "more"))
        time = self._any(*PERIOD_LISTS)  # «一个月四千» is no price of one piece, nor is «一场3小时»
        ends = f"(?:{money}|(?![0-9{self._words()}])(?!{self._any('counts', 'pieces', *PERIOD_LISTS)}))"
        price = f"{each}{piece}(?!{time})[^|,0-9]{{0,4}}?{self._sum('sum')}{ends}"
        tenth = f"(?P<tenth>{self._tenth})?" if self._tenth else "(?P<tenth>)?"
        found = {"price": re.compile(price + tenth)}
        for period, units in (("hour", "hours"), ("day", "days"), ("month", "months")):
            counted = f"{each}{self._any(units)}[^|]{{0,8}}?{self._sum('count')}{more}?{piece}"
            found[period] = re.compile(counted)
        return found

    def _middle(self, found: re.Match[str], name: str) -> float:
        """Of a range the middle, else the number."""
        low, high = found[name], found[f"{name}_to"]
        if high is None:
            return self._value(low)
        least, most = self._value(low), self._value(high)
        power = self._powers.get(high[-1], 1.0)
        if least < power <= most and low[-1] not in self._powers:
            least *= power
        return (least + most) / 2

    def _value(self, written: str) -> float:
        """«1.5万», «三五百» (its lower end), «一万五»."""
        digits = re.match("[0-9]+(?:\\.[0-9]+)?", written)
        if digits is not None:
            rest = written[digits.end() :]
            power = self._powers.get(rest[:1], 1.0)
            return float(digits[0]) * power + (float(rest[1:]) * power / 10 if rest[1:].isdigit() else 0.0)
        figure: float | None = None
        total, last = 0.0, 1.0
        for char in written:
            unit = self._powers.get(char)
            if unit is None:
                if figure is None:
                    figure = float(_digits()[char]) if char in _digits() else self._some.get(char, 1.0)
            elif unit > total > 0 and unit == 1e4:
                total, figure, last = (total + (figure or 0.0)) * unit, None, unit
            else:
                total, figure, last = total + (1.0 if figure is None else figure) * unit, None, unit
        return total + (figure or 0.0) * (last / 10 if last > 10 else 1.0)


def _few_alike(found: Iterable[Said]) -> Iterator[Said]:
    """Of those that say the same the first MOST_ALIKE: one of them may be denied, not all."""
    seen: Counter[tuple[str, float]] = Counter()
    for period, yuan, where in found:
        seen[period, yuan] += 1
        if seen[period, yuan] <= MOST_ALIKE:
            yield period, yuan, where


def _period(found: re.Match[str]) -> str:
    """Which of the units a match names."""
    return next(period for period, unit in found.groupdict().items() if unit and period in PERIODS)


def _with_points(text: Folded) -> tuple[str, list[int]]:
    """The folded text with its decimal points, and where they are in it."""
    made = text.text
    points: list[int] = []
    for point in _POINT.finditer(text.original):
        at = bisect_left(text.starts, point.end()) + len(points)
        made = f"{made[:at]}.{made[at:]}"
        points.append(at)
    return made, points


@cache
def _digits() -> Mapping[str, int]:
    """Figures in words."""
    return {char: digit for digit, chars in said()["figures"].items() for char in chars}
