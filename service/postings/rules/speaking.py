"""From a sentence that was read to the body of a posting, with what the trade and the employer leave to assume."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from service.postings.rules.places import Site
from service.postings.sentence import DraftFields, Reading
from service.reference.catalogue import trades


def asked_from(
    reading: Reading, site: Site | None, district: str | None, address: str | None
) -> tuple[dict[str, Any], list[str]]:
    """The body of a posting as far as it was said, and what was assumed beyond the reading.

    `site` is the employer's only or chosen one: it is the place unless the sentence names another; without one
    the employer's own `address` is. `district` is the employer's: it holds a place that is only words. An end
    that was not said follows from the trade.
    """
    fields, assumed = reading.fields, []
    trade = trades().get(fields.trade or "")
    asked: dict[str, Any] = {
        "trade": fields.trade,
        "headcount": fields.headcount,
        "pay": _pay(fields),
        "conditions": _conditions(fields),
    }
    usual = trade.defaults.shift_minutes if trade else None
    time, ended = _time(fields, usual)
    asked["time"] = time
    if ended:
        assumed.append("end")
    if fields.place:
        asked["place"] = {"address": fields.place} | ({"district_code": district} if district else {})
    elif site is not None:
        asked["place"] = {"site_id": site.id}
        assumed.append("place")
    elif address and district:
        asked["place"] = {"address": address, "district_code": district}
        assumed.append("place")
    return {name: value for name, value in asked.items() if value}, assumed


def gaps_of(asked: Mapping[str, Any]) -> list[str]:
    """The fields that a posting cannot do without and that are still missing, as JSON pointers."""
    missing = [f"/{name}" for name in ("trade", "headcount", "time", "place", "pay") if not asked.get(name)]
    place = asked.get("place") or {}
    if place and not (place.get("site_id") or place.get("point") or place.get("district_code")):
        missing.append("/place/district_code")
    time = asked.get("time") or {}
    if time.get("starts_at") and not time.get("ends_at"):
        missing.append("/time/ends_at")
    return missing


def _pay(fields: DraftFields) -> dict[str, Any] | None:
    if fields.pay_fen is None:
        return None
    said = {
        "amount_fen": fields.pay_fen,
        "most_fen": fields.pay_max_fen,
        "unit": fields.pay_unit,
        "unit_label": fields.pay_piece,
        "settlement": fields.settlement,
    }
    return {name: value for name, value in said.items() if value is not None}


def _conditions(fields: DraftFields) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if fields.meals is not None:
        said["meals"] = "one_meal" if fields.meals else "none"
    if fields.lodging is not None:
        said["lodging"] = "provided" if fields.lodging else "none"
    if fields.transport is not None:
        said["travel"] = "pickup" if fields.transport else "none"
    if fields.own_tools:
        said["bring"] = ["own_tools"]
    return said or None


def _time(fields: DraftFields, usual_minutes: int | None) -> tuple[dict[str, Any] | None, bool]:
    """The time, and whether its end was taken from the trade."""
    if fields.weekdays:
        return _weekly(fields), False
    start, end, ended = fields.starts_at, fields.ends_at, False
    if start is None:
        return None, False
    if end is None and usual_minutes:
        end, ended = start + timedelta(minutes=usual_minutes), True
    span = {"starts_at": start} | ({"ends_at": end} if end else {})
    if end is None or fields.date_to is None or fields.date is None:
        return span, ended
    days = range((fields.date_to - fields.date).days + 1)
    shifts = [{"starts_at": start + timedelta(days=n), "ends_at": end + timedelta(days=n)} for n in days]
    return {"shifts": shifts}, ended


def _weekly(fields: DraftFields) -> dict[str, Any] | None:
    if not (fields.start and fields.end and fields.weekdays):
        return None
    days = sorted(day - 1 for day in fields.weekdays)
    return {"pattern": {"slots": [{"start": fields.start, "end": fields.end}], "weekdays": days}}
