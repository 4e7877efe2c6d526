"""Which counts of people may be told: none below five, and none that another one would give away.

Counts are of people by trade, time of the week and place, for a city and for its districts. A district below five is
kept back. Where the city's own count would then give away how many were kept back (fewer than five between them), the
smallest district that is told is kept back too, until what is kept back is nobody or at least five people. Figures are
told in steps of five, rounded down, as they were once a day: one person more or less is not seen. Nothing is summed
over trades, times or cities, so no other difference exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from service.feed.rules import LEAST_COUNT

WHOLE_CITY = ""
Line = tuple[str, str, str]  # city, trade, band
Counts = Mapping[Line, Mapping[str, int]]  # by district; WHOLE_CITY is everybody of the city, of any district or none


def kept(districts: Mapping[str, int], whole: int) -> dict[str, int]:
    """The districts of one line that may be told beside the city's count, with their true figures."""
    told = {code: count for code, count in districts.items() if count >= LEAST_COUNT}
    while told and 0 < whole - sum(told.values()) < LEAST_COUNT:
        del told[min(told, key=lambda code: (told[code], code))]
    return told


def tellable(counts: Counts) -> dict[tuple[str, str, str, str], int]:
    """(city, district, trade, band) → at least how many; a line whose city is below five is not told at all."""
    made: dict[tuple[str, str, str, str], int] = {}
    for (city, trade, band), found in counts.items():
        whole = found.get(WHOLE_CITY, 0)
        if whole < LEAST_COUNT:
            continue
        districts = {code: count for code, count in found.items() if code != WHOLE_CITY}
        for code, count in {WHOLE_CITY: whole, **kept(districts, whole)}.items():
            made[city, code, trade, band] = count // LEAST_COUNT * LEAST_COUNT
    return made


def lines_of(rows: list[tuple[str, str | None, str, str, int]]) -> dict[Line, dict[str, int]]:
    """Rows (city, district or None, trade, band, people) as counts by line, the city's own added up."""
    made: dict[Line, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for city, district, trade, band, people in rows:
        line = made[city, trade, band]
        line[WHOLE_CITY] += people
        if district:
            line[district] += people
    return {line: dict(found) for line, found in made.items()}
