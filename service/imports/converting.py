"""What conversions of fields share: how they refuse, what they look up, how they read text and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from service.imports.refusals import Note
from service.imports.rows import is_blank
from service.text import TextRefused, clean_line, clean_paragraph, fold_tight

_NUMERAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a field: where inside it ('' for all of it), a code, its facts."""

    at: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Unfit(Exception):
    """A value cannot become ours; carries every reason that was found, not only the first."""

    def __init__(self, *reasons: Reason):
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


def unfit(code: str, **facts: Any) -> Unfit:
    """An Unfit with one reason against the value as a whole."""
    return Unfit(Reason("", code, facts))


class Reasons:
    """Collects the reasons of several parts, so that all of them are answered."""

    def __init__(self) -> None:
        self._found: list[Reason] = []

    def part(self, at: str, convert: Callable[[], Any]) -> Any:
        """The converted part, or None once its reasons are noted under `at`."""
        try:
            return convert()
        except Unfit as error:
            for reason in error.reasons:
                self._found.append(Reason(f"{at}.{reason.at}".strip("."), reason.code, reason.facts))
        return None

    def settle(self) -> None:
        """Raise Unfit with everything found, or do nothing."""
        if self._found:
            raise Unfit(*self._found)


def nothing_known(_: str) -> str | None:
    """A look-up that knows no word."""
    return None


@dataclass(frozen=True, slots=True)
class Lookups:
    """Words of the reference tables, passed in: a trade's alias or code, a division's name or code."""

    trade: Callable[[str], str | None] = nothing_known
    region: Callable[[str], str | None] = nothing_known


@dataclass(frozen=True, slots=True)
class Settings:
    """What a source means by its numbers: which weekday is 0, which datum, which zone; strict about keys."""

    sunday_is_zero: bool
    datum: str
    zone: ZoneInfo
    strict: bool


@dataclass(slots=True)
class Bench:
    """One field of one row at work: `typed` as in RawRow, `path` our field, notes go to the row."""

    path: str
    typed: bool
    lookups: Lookups
    notes: list[Note]

    def note(self, code: str, **facts: Any) -> None:
        """Tell the sender something about this field."""
        self.notes.append(Note(self.path, code, facts))


Params = Mapping[str, Any]
Convert = Callable[[Any, Bench], Any]


@dataclass(frozen=True, slots=True)
class Transform:
    """A named conversion of the closed set.

    `params` are its keys and their kinds (see `sources`), `needs` those that must be given; `parts` are the
    names of a composite `from`, empty for a single value.
    """

    make: Callable[[Params, Settings], Convert]
    params: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def _tight_other(text: str) -> str:
    return fold_tight(text)


def tight(text: str) -> str:
    """`fold_tight`, fast for ASCII."""
    return "".join(text.split()).casefold() if text.isascii() else _tight_other(text)


def as_text(value: object, bench: Bench, *, numbers: bool = False) -> str:
    """The text of a value; a spreadsheet's number is text too, a JSON number only where allowed."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise unfit("expected_text")
    if bench.typed and not (numbers and isinstance(value, int)):
        raise unfit("expected_text")
    return str(value)


def clean(text: str, most: int, *, paragraph: bool = False) -> str:
    """Text as it may be stored; line breaks of a single-line field become blanks. Raises Unfit text_*."""
    try:
        return clean_paragraph(text, most) if paragraph else clean_line(_BREAKS.sub(" ", text), most)
    except TextRefused as error:
        facts = {"most": most} if error.code == "text_too_long" else {}
        raise unfit(error.code, **facts) from None


def as_number(value: object, bench: Bench, affixes: tuple[str, ...] = ()) -> Decimal:
    """An exact number. JSON numbers must be JSON numbers; cells may be text, without thousand marks."""
    if isinstance(value, bool):
        raise unfit("expected_number")
    if isinstance(value, int | float):
        return Decimal(repr(value))
    if bench.typed or not isinstance(value, str) or len(value) > 64:
        raise unfit("expected_number")
    text = tight(value)
    for affix in affixes:
        text = text.removeprefix(affix).removesuffix(affix)
    if not _NUMERAL.fullmatch(text):
        raise unfit("expected_number")
    return Decimal(text)


def in_range(number: Decimal | int, least: int | None, most: int | None) -> None:
    """Raises Unfit out_of_range with the bounds."""
    if (least is not None and number < least) or (most is not None and number > most):
        raise unfit("out_of_range", least=least, most=most)


def as_list(value: object, most: int) -> list[Any]:
    """A list of at most `most` items; nothing is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise unfit("expected_list")
    if len(value) > most:
        raise unfit("too_many_items", most=most)
    return value


def as_object(value: object, known: frozenset[str], *, strict: bool) -> dict[str, Any]:
    """An object; where the source is strict, unknown keys are reasons, each by its name."""
    if not isinstance(value, dict):
        raise unfit("expected_object")
    unknown = sorted(set(value) - known) if strict else []
    if unknown:
        raise Unfit(*(Reason(name, "unknown_field") for name in unknown))
    return value


def given(value: object) -> bool:
    """Whether there is anything to convert."""
    return not is_blank(value)
