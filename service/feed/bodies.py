"""What the open-data feed says of a posting or a supply posting: public columns only, in one canonical text.

A body is a pure function of logged rows: nothing in it changes by time or by somebody's language. It holds no phone,
no person's name, of a household and of people no place nearer than about 100 m. Coordinates are text with six
decimals, so that every language writes the same bytes again; no other value is a fraction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from service.feed.rules import SCHEMA_VERSION
from service.geo import Point, coarse
from service.postings.rules.terms import terms_hash, terms_of, without_door
from service.text import mask_name
from service.worktime import rfc3339

_POSTING = (
    "state", "title", "description", "trade", "occupation_code", "industry", "job_kind", "work_mode", "binding",
    "headcount", "break_minutes", "radius_limit_m", "certificates", "skills", "adult_only", "min_age", "max_age",
    "claimable", "funding", "traits", "priority_groups", "terms_version",
)  # fmt: skip
_CONDITIONS = ("meals", "lodging", "travel", "bring", "outdoor", "insurance", "injury_cover", "units_per_hour")
_SUPPLY = (
    "state", "title", "description", "trades", "certificates", "work_modes", "city_code", "district_codes", "weekly",
    "licence_exempt",
)  # fmt: skip


def canonical(body: Mapping[str, Any]) -> bytes:
    """The one text of a body: keys sorted, no blanks, UTF-8 as it is; what `jq -cS` prints."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def posting_body(row: Mapping[str, Any]) -> dict[str, Any]:
    """From the columns of a posting and its employer's name, kind and state."""
    household = row["employer_kind"] == "household"
    made = {"schema": SCHEMA_VERSION, "kind": "posting", "id": str(row["id"])}
    made |= {name: row[name] for name in _POSTING}
    made["terms_hash"] = terms_hash(without_door(terms_of(row))) if household else row["terms_hash"]
    made["employer"] = {
        "id": str(row["employer_id"]),
        "name": mask_name(row["employer_name"]) if household else row["employer_name"],
        "kind": row["employer_kind"],
        "verified": row["employer_state"] == "verified",
    }
    made["place"] = {
        "city_code": row["city_code"],
        "district_code": row["district_code"],
        "address": None if household else row["address"],
        "point": _point(row["lon"], row["lat"], rough=household),
        "approximate": row["approximate"] or household,
    }
    made["pickup"] = _pickup(row["pickup"], household)
    made["pay"] = _pay(row)
    made["time"] = _time(row["series"], row["pattern"])
    made["conditions"] = {name: row["conditions"].get(name) for name in _CONDITIONS}
    made["origin"] = origin_of(row["source"], row["source_id"])
    return made | _instants(row)


def supply_body(row: Mapping[str, Any]) -> dict[str, Any]:
    """From the columns of a supply posting; `certificates`: kinds that an officer has seen and that are valid."""
    made = {"schema": SCHEMA_VERSION, "kind": "supply", "id": str(row["id"]), "supply_kind": row["kind"]}
    made |= {name: row[name] for name in _SUPPLY}
    wish = row["pay_wish_fen"]
    made["pay_wish"] = wish and {"amount_fen": wish, "currency": "CNY", "unit": row["pay_wish_unit"]}
    return made | _instants(row)


def origin_of(source: str | None, source_id: str | None) -> dict[str, str | None] | None:
    """Where it came from: the source's label, without the employer who told it, and the source's own id."""
    return None if source is None else {"source": source.partition("/")[0], "id": source_id}


def _instants(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: rfc3339(row[name]) for name in ("published_at", "valid_until")}


def _point(lon: float | None, lat: float | None, *, rough: bool) -> dict[str, str] | None:
    if lon is None or lat is None:
        return None
    shown = coarse(Point(lon, lat)) if rough else Point(lon, lat)
    return {"lon": f"{shown.lon:.6f}", "lat": f"{shown.lat:.6f}", "datum": "wgs84"}


def _pickup(stored: Mapping[str, Any] | None, household: bool) -> dict[str, Any] | None:
    if stored is None:
        return None
    return {
        "address": None if household else stored.get("address"),
        "point": _point(stored.get("lon"), stored.get("lat"), rough=household),
        "seats": stored.get("seats"),
        "leaves_at": stored.get("leaves_at"),
        "way_back": stored.get("way_back"),
    }


def _pay(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "amount_fen": row["pay_fen"],
        "most_fen": row["pay_most_fen"],
        "currency": "CNY",
        "unit": row["pay_unit"],
        "unit_label": row["pay_unit_label"],
        "tiers": row["pay_tiers"],
        "note": row["pay_note"],
        "settlement": row["settlement"],
        "call_off_fen": row["call_off_fen"],
    }


def _time(series: Mapping[str, Any] | None, pattern: Mapping[str, Any] | None) -> dict[str, Any]:
    stored = series or {}
    return {
        "shifts": stored.get("shifts"),
        "series": stored if stored and "shifts" not in stored else None,
        "pattern": pattern,
    }
