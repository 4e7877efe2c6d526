"""Pure decisions on dated rows: where a new date goes, which places exist, names, what an unchecked figure may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.errors import Conflict, Refused, Stale

MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})  # provinces that are one city
Held = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Fit:
    """`ends` is the index of the earlier row that stops on the new day; `valid_to` is the new row's end."""

    ends: int | None
    valid_to: date | None


def fit_in(history: Sequence[Held], valid_from: date, valid_to: date | None) -> Fit:
    """Where a row from `valid_from` goes among `history` (old to new): history is kept, a change adds a date.

    Without an end of its own the row holds until the next one begins. Raises Conflict reference_date_taken
    (a row begins that day already) or reference_overlap (it would reach into the next row), and Refused
    reference_span (an end that is not after the beginning).
    """
    if valid_to is not None and valid_to <= valid_from:
        raise Refused("reference_span", field="/valid_to")
    if any(start == valid_from for start, _ in history):
        raise Conflict("reference_date_taken", valid_from=str(valid_from))
    following = min((start for start, _ in history if start > valid_from), default=None)
    if following is not None and valid_to is not None and valid_to > following:
        raise Conflict("reference_overlap", next_from=str(following))
    ends = next((at for at, held in enumerate(history) if _holds(held, valid_from)), None)
    return Fit(ends, valid_to or following)


def _holds(held: Held, day: date) -> bool:
    start, end = held
    return start < day and (end is None or day < end)


def settle_place(
    known: Collection[str], city_code: str, district_code: str | None, *, at: str = ""
) -> tuple[str, str | None]:
    """City and district as they are stored: known codes, the one inside the other (GB/T 2260 prefix).

    A municipality's province code means its city. Raises Refused region_unknown, city_expected (a county or
    another province given as the city) or district_elsewhere, naming the field below the JSON pointer `at`.
    """
    city = city_of(city_code) if city_code in MUNICIPALITIES else city_code
    if city not in known:
        raise Refused("region_unknown", field=f"{at}/city_code")
    if not city.endswith("00") or city.endswith("0000"):
        raise Refused("city_expected", field=f"{at}/city_code")
    if district_code is not None and district_code not in known:
        raise Refused("region_unknown", field=f"{at}/district_code")
    inside = city[:2] if f"{city[:2]}0000" in MUNICIPALITIES else city[:4]
    if district_code is not None and (not district_code.startswith(inside) or district_code.endswith("00")):
        raise Refused("district_elsewhere", field=f"{at}/district_code")
    return city, district_code


def city_of(code: str) -> str:
    """The city that a region lies in or is: of 310104, 310100 and 310000 alike 310100, of 500235 500100.

    A province that is not one city, of which no city can be said, stays as it is.
    """
    if f"{code[:2]}0000" in MUNICIPALITIES:
        return f"{code[:2]}0100"
    return code if code.endswith("0000") else f"{code[:4]}00"


class Labelled(Protocol):
    """An entry of the catalogue, with its name in both languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


def named(entry: Labelled, language: str) -> str:
    """The entry's name in a language."""
    return entry.en if language == "en" else entry.zh


def labelled(entry: Labelled | None, code: str, language: str) -> str:
    """The name of a code's entry; a code without one stands for itself."""
    return code if entry is None else named(entry, language)


def region_prefix(code: str) -> str:
    """What every code inside a region begins with: 31 for 310000, 3101 for 310100, the code itself below."""
    while code.endswith("00") and len(code) > 2:
        code = code[:-2]
    return code


def lies_within(place: str, regions: Collection[str]) -> bool:
    """Whether one of the regions holds a place (GB/T 2260 prefix); without regions every place is meant."""
    return not regions or any(place.startswith(region_prefix(region)) for region in regions)


def may_block(verified: bool) -> bool:
    """Whether a figure may stop somebody: one that nobody has compared with the official text only warns."""
    return verified


def check_reason(reasons: Mapping[str, object], code: str, *, field: str = "/reason") -> None:
    """Raises Refused reason_unknown, with the codes that exist, unless `code` is one of them."""
    if code not in reasons:
        raise Refused("reason_unknown", field=field, expected=", ".join(sorted(reasons)))


def check_seen(seen: int, present: int) -> None:
    """Raises Stale version_stale unless the caller has seen the present version."""
    if seen != present:
        raise Stale("version_stale", field="header:If-Match", present=present)
