"""Conversion of a coordinate pair: range, order and datum are checked, the datum is converted elsewhere."""

from __future__ import annotations

from typing import Any

from service.imports.converting import (
    Bench,
    Convert,
    Params,
    Reasons,
    Settings,
    Transform,
    as_number,
    as_text,
    given,
    tight,
    unfit,
)

DATUMS = frozenset({"wgs84", "gcj02", "bd09"})
_DECIMALS = 7
# The box of the country's land and waters; whatever lies outside is a mistake in these postings.
_LATITUDES = (3.0, 54.0)
_LONGITUDES = (73.0, 136.0)


def _inside(lat: float, lon: float) -> bool:
    return _LATITUDES[0] <= lat <= _LATITUDES[1] and _LONGITUDES[0] <= lon <= _LONGITUDES[1]


def _point(_: Params, settings: Settings) -> Convert:
    def convert(parts: Any, bench: Bench) -> dict[str, Any] | None:
        lat, lon = parts.get("lat"), parts.get("lon")
        if not given(lat) and not given(lon):
            bench.note("place_without_coordinates")
            return None
        reasons = Reasons()
        y = reasons.part("lat", lambda: _degrees(lat, bench))
        x = reasons.part("lon", lambda: _degrees(lon, bench))
        datum = reasons.part("datum", lambda: _datum(parts.get("datum"), bench, settings.datum))
        reasons.settle()
        if not _inside(y, x):
            raise unfit("coordinates_swapped" if _inside(x, y) else "coordinates_outside_china")
        return {"lon": x, "lat": y, "datum": datum}

    return convert


def _degrees(value: Any, bench: Bench) -> float:
    if not given(value):
        raise unfit("incomplete")
    return round(float(as_number(value, bench)), _DECIMALS)


def _datum(value: Any, bench: Bench, declared: str) -> str:
    datum = tight(as_text(value, bench)[:20]).replace("-", "") if given(value) else declared
    if datum not in DATUMS:
        raise unfit("datum_unknown")
    return datum


PLACES = {"point": Transform(_point, parts=frozenset({"lat", "lon", "datum"}))}
