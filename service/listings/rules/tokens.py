"""What listings are found by in one index: their words, and words that stand for trade, place, cell and the like.

A token of the second kind has a colon, which no word of a text has; a word of the title stands twice, once with `=`
before it. Cells are squares of the map at four sizes, so that text and circle meet in one scan of the index.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from service.geo import Point, bounding_box, distance_m

CELL_DEGREES = (0.01, 0.04, 0.16, 0.64)
MOST_CELLS = 64
EPOCH = date(1970, 1, 1)


def trade_token(code: str) -> str:
    """Of a trade."""
    return f"t:{code}"


def industry_token(code: str) -> str:
    """Of an industry."""
    return f"i:{code}"


def region_token(code: str) -> str:
    """Of a division with everything in it."""
    return f"r:{trimmed(code)}"


def anywhere_token(city_code: str) -> str:
    """Of what lies in a city and in none of its districts: supply that goes anywhere in it."""
    return f"q:{trimmed(city_code)}"


def trimmed(code: str) -> str:
    """The digits that a division shares with everything in it: 310000 is 31, 310100 is 3101."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def region_tokens(codes: Iterable[str]) -> set[str]:
    """Of divisions and everything around them."""
    return {f"r:{code[:size]}" for code in map(trimmed, codes) for size in (2, 4, 6) if size <= len(code)}


def day_token(day: date) -> str:
    """Of the local day on which a listing was published."""
    return f"p:{(day - EPOCH).days}"


def cell_tokens(lon: float, lat: float) -> set[str]:
    """Of the squares that a point lies in."""
    return {_cell(level, _at(lon, level), _at(lat, level)) for level in range(len(CELL_DEGREES))}


def circle_tokens(centre: Point, radius_m: int) -> list[str]:
    """Of squares that hold the whole circle, as small as few of them do."""
    box = bounding_box(centre, radius_m)
    for level in range(len(CELL_DEGREES)):
        columns = range(_at(box.west, level), _at(box.east, level) + 1)
        rows = range(_at(box.south, level), _at(box.north, level) + 1)
        if len(columns) * len(rows) <= MOST_CELLS:
            break
    return [_cell(level, x, y) for x in columns for y in rows if _meets(centre, radius_m, level, x, y)]


def _cell(level: int, x: int, y: int) -> str:
    return f"c{level}:{x}:{y}"


def _at(degrees: float, level: int) -> int:
    return math.floor(degrees / CELL_DEGREES[level])


def _meets(centre: Point, radius_m: int, level: int, x: int, y: int) -> bool:
    """Whether the square's point nearest to the centre lies in the circle; a little more for rounding."""
    size = CELL_DEGREES[level]
    lon = min(max(centre.lon, x * size), (x + 1) * size)
    lat = min(max(centre.lat, y * size), (y + 1) * size)
    return distance_m(centre, Point(lon, lat)) <= radius_m * 1.002 + 2
