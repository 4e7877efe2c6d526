"""From a stored posting back to what was asked for: to change it, copy it, move it to another day; and from imports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from service.geo import to_wgs84
from service.postings.rules.occurrences import day_of, instant
from service.worktime import SHANGHAI, local_day

_PLAIN = (
    "title", "description", "trade", "occupation_code", "industry", "job_kind", "work_mode", "headcount",
    "break_minutes", "certificates", "skills", "adult_only", "min_age", "max_age", "claimable", "valid_until",
    "radius_limit_m", "funding", "traits", "priority_groups",
)  # fmt: skip
_PAY = {
    "amount_fen": "pay_fen",
    "most_fen": "pay_most_fen",
    "unit": "pay_unit",
    "unit_label": "pay_unit_label",
    "tiers": "pay_tiers",
    "note": "pay_note",
    "settlement": "settlement",
    "call_off_fen": "call_off_fen",
}
_MERGED = ("pay", "conditions")


def asked_of(posting: Mapping[str, Any]) -> dict[str, Any]:
    """What `check_posting` takes, from the columns of a posting; fields that took a default are left open."""
    defaulted = frozenset(posting["defaulted"])
    asked = {name: posting[name] for name in _PLAIN if f"/{name}" not in defaulted}
    asked["pay"] = {name: posting[column] for name, column in _PAY.items() if f"/pay/{name}" not in defaulted}
    asked["conditions"] = {
        name: value for name, value in posting["conditions"].items() if f"/conditions/{name}" not in defaulted
    }
    asked["place"] = _place_of(posting)
    asked["time"] = _time_of(posting)
    asked["pickup"] = _pickup_of(posting["pickup"])
    if posting["industry"] is not None:
        asked["industry"] = posting["industry"]
    return asked


def _place_of(posting: Mapping[str, Any]) -> dict[str, Any]:
    place = {name: posting[name] for name in ("city_code", "district_code", "address")}
    place["kept_site_id"] = posting["site_id"]
    if posting["lon"] is not None:
        place["point"] = {name: posting[name] for name in ("lon", "lat", "sent_datum", "approximate")}
    return place


def _pickup_of(pickup: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if pickup is None:
        return None
    return dict(pickup) | {"point": {"lon": pickup["lon"], "lat": pickup["lat"]}}


def _time_of(posting: Mapping[str, Any]) -> dict[str, Any]:
    series, pattern = posting["series"], posting["pattern"]
    if pattern is not None:
        days = {"first_day": pattern.get("from"), "last_day": pattern.get("until")}
        made = {name: day_of(value) for name, value in days.items() if value}
        return {"pattern": dict(pattern) | made | {"exceptions": _exceptions(pattern)}}
    if series is None:
        return {"shifts": []}
    if "shifts" in series:
        return {"shifts": [_with_instants(shift) for shift in series["shifts"]]}
    until = {"until": day_of(series["until"])} if series.get("until") else {}
    return _with_instants({name: series[name] for name in ("starts_at", "ends_at")}) | {
        "series": dict(series) | until | {"exceptions": _exceptions(series)}
    }


def _with_instants(shift: Mapping[str, Any]) -> dict[str, Any]:
    return dict(shift) | {"starts_at": instant(shift["starts_at"]), "ends_at": instant(shift["ends_at"])}


def _exceptions(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [dict(each) | {"day": day_of(each["day"])} for each in stored.get("exceptions") or ()]


def merged(asked: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """`asked` with the members of a patch: pay and conditions member by member, everything else as a whole."""
    made = dict(asked)
    for name, value in patch.items():
        made[name] = {**asked.get(name, {}), **value} if name in _MERGED and value else value
    return made


def asked_again(posting: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The same once more: dated work moves on by whole weeks until it lies ahead, a pattern begins anew."""
    asked = asked_of(posting) | {"valid_until": None}
    time = asked["time"]
    if "pattern" in time:
        time["pattern"] |= {"first_day": None, "exceptions": []}
        last = time["pattern"].get("last_day")
        if last and last < local_day(now):
            time["pattern"]["last_day"] = None
        return asked
    first = _first_start(time)
    weeks = 0 if first is None or first > now else (now - first) // timedelta(days=7) + 1
    asked["time"] = _moved(time, timedelta(days=7 * weeks))
    return asked


def moved_to(posting: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The same work on another day: the first shift begins on `day`, the others keep their distance from it."""
    asked = asked_of(posting) | {"valid_until": None}
    first = _first_start(asked["time"])
    if first is not None:
        asked["time"] = _moved(asked["time"], timedelta(days=(day - local_day(first)).days))
    elif "pattern" in asked["time"]:
        asked["time"]["pattern"] |= {"first_day": day, "last_day": None, "exceptions": []}
    return asked


def _first_start(time: Mapping[str, Any]) -> datetime | None:
    starts = [time["starts_at"]] if "starts_at" in time else [shift["starts_at"] for shift in time.get("shifts", ())]
    return min(starts, default=None)


def _moved(time: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    if "shifts" in time:
        return {"shifts": [_moved_span(shift, by) for shift in time["shifts"]]}
    made = _moved_span(time, by)
    if "series" in time:
        days = sorted({(day + by.days) % 7 for day in time["series"]["weekdays"]})
        made["series"] = dict(time["series"]) | {"weekdays": days, "exceptions": []}
        if until := time["series"].get("until"):
            made["series"]["until"] = until + by
    return made


def _moved_span(span: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    return dict(span) | {"starts_at": span["starts_at"] + by, "ends_at": span["ends_at"] + by}


def from_source(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What `check_posting` takes, from a row that an import has mapped (its targets in plain JSON values).

    A dated row is a shift, every other one a pattern; without any hours these are to be agreed. Raises
    PointRefused for coordinates that cannot be a place in their datum.
    """
    pay = fields.get("pay") or {}
    asked = {
        name: fields[name]
        for name in ("title", "description", "trade", "headcount", "min_age", "max_age")
        if fields.get(name) is not None
    }
    asked["pay"] = {
        "amount_fen": pay.get("amount_fen"),
        "unit": pay.get("unit"),
        "settlement": fields.get("settlement"),
        "note": fields.get("pay_memo"),
        "tiers": [
            {"from_minutes": tier["from_minutes"], "rate_fen": tier["amount_fen"]}
            for tier in fields.get("pay_tiers") or ()
        ],
    }
    asked["conditions"] = {name: fields.get(name) for name in ("meals", "lodging")}
    asked["place"] = {name: fields.get(name) for name in ("city_code", "district_code", "address")}
    if fields.get("lon") is not None:
        datum = fields.get("datum") or "wgs84"
        point = to_wgs84(fields["lon"], fields["lat"], datum)
        asked["place"]["point"] = {"lon": point.lon, "lat": point.lat, "sent_datum": datum}
    asked["time"] = _source_time(fields)
    return asked


def _source_time(fields: Mapping[str, Any]) -> dict[str, Any]:
    dated = fields.get("dated")
    if dated:
        return {name: instant(dated[key]).astimezone(SHANGHAI) for name, key in _SPAN.items()}
    names = ("slots", "weekdays", "min_days_per_week", "max_days_per_week", "min_minutes_per_day", "min_months")
    return {"pattern": {name: fields.get(name) for name in (*names, "flexible_window")}}


_SPAN = {"starts_at": "start", "ends_at": "end"}
