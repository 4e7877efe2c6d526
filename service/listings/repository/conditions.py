"""A question as SQL: conditions on one alias of `listings`, every value bound."""

from __future__ import annotations

from typing import Any

from service.geo import EARTH_RADIUS_M, Point, bounding_box
from service.listings.rules.questions import Question, searched_cells

_METRES = (
    f"floor(2 * {EARTH_RADIUS_M} * asin(sqrt(least(1.0, power(sin((radians({{a}}.lat) - radians({{lat}})) / 2), 2)"
    " + cos(radians({lat})) * cos(radians({a}.lat))"
    " * power(sin((radians({a}.lon) - radians({lon})) / 2), 2)))) + 0.5)::int"
)


class Values:
    """The values of one statement, each under a name of its own."""

    def __init__(self) -> None:
        self.bound: dict[str, Any] = {}
        self._kinds: dict[str, tuple[Any, str]] = {}

    def bind(self, value: Any, kind: str) -> str:
        """A placeholder of a PostgreSQL type; the same value of the same type has one."""
        for name, (known, its_kind) in self._kinds.items():
            if known is value and its_kind == kind:
                return f":{name}::{kind}"
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        self._kinds[name] = (value, kind)
        return f":{name}::{kind}"


def metres(values: Values, centre: Point, alias: str = "l") -> str:
    """Haversine in whole metres, half up: the figure of `service.geo.distance_m`."""
    lon, lat = values.bind(centre.lon, "float8"), values.bind(centre.lat, "float8")
    return _METRES.format(a=alias, lon=lon, lat=lat)


def where(asked: Question, values: Values, alias: str = "l") -> str:
    """The condition of a question; `true` for none."""
    parts = [*_on_tokens(asked, values, alias), *_on_columns(asked, values, alias)]
    return " and ".join(parts) or "true"


def has(asked: Question, values: Values, alias: str = "l") -> str:
    """Only what the question asks of tokens."""
    return " and ".join(_on_tokens(asked, values, alias)) or "true"


def _on_tokens(asked: Question, values: Values, alias: str) -> list[str]:
    parts = []
    every, several = searched(asked)
    if every:
        parts.append(f"{alias}.tokens @> {values.bind(every, 'text[]')}")
    parts += [f"{alias}.tokens && {values.bind(tokens, 'text[]')}" for tokens in several]
    if asked.none_of:
        parts.append(f"not {alias}.tokens && {values.bind(list(asked.none_of), 'text[]')}")
    return parts


def searched(asked: Question) -> tuple[list[str], list[list[str]]]:
    """Tokens that are looked up: every one of the first, one of each of the others."""
    every = [*asked.every, *(tokens[0] for tokens in asked.either if len(tokens) == 1)]
    several = [list(tokens) for tokens in asked.either if len(tokens) > 1]
    return every, several if asked.circle is None else [*several, searched_cells(asked.circle)]


def _on_columns(asked: Question, values: Values, alias: str) -> list[str]:
    parts = []
    if asked.side is not None:
        parts.append(f"{alias}.side = {values.bind(asked.side, 'text')}")
    if not asked.filled:
        parts.append(f"not {alias}.filled")
    if asked.owners_apart:
        parts.append(f"{alias}.owner_id <> all({values.bind(list(asked.owners_apart), 'uuid[]')})")
    if asked.circle is not None:
        parts += _in_box(asked, values, alias)
        parts.append(f"{metres(values, asked.circle.centre, alias)} <= {values.bind(asked.circle.radius_m, 'int')}")
    if asked.pay is not None:
        parts.append(f"{alias}.{asked.pay.column} >= {values.bind(asked.pay.fen, 'bigint')}")
    first, last = asked.days
    parts += _unless(f"{alias}.last_day", "<", first, "date", values)
    parts += _unless(f"{alias}.first_day", ">", last, "date", values)
    parts += _unless(f"{alias}.first_day", ">", asked.starts_by, "date", values)
    if asked.published_from is not None:
        parts.append(f"{alias}.published_at >= {values.bind(asked.published_from, 'timestamptz')}")
    if asked.minutes is not None:
        parts += _unless(f"{alias}.first_minute", "<", asked.minutes[0], "int", values)
        parts += _unless(f"{alias}.last_minute", ">", asked.minutes[1], "int", values)
    return parts


def _in_box(asked: Question, values: Values, alias: str) -> list[str]:
    """A cheap condition before the dear one."""
    assert asked.circle is not None  # noqa: S101
    box = bounding_box(asked.circle.centre, asked.circle.radius_m)
    return [
        f"{alias}.lon between {values.bind(box.west, 'float8')} and {values.bind(box.east, 'float8')}",
        f"{alias}.lat between {values.bind(box.south, 'float8')} and {values.bind(box.north, 'float8')}",
    ]


def _unless(column: str, sign: str, bound: Any, kind: str, values: Values) -> list[str]:
    """The column is not on the wrong side of a bound; one that is open never is."""
    return [] if bound is None else [f"({column} {sign} {values.bind(bound, kind)}) is not true"]
