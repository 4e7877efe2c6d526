"""The terms of a posting: one plain value, one canonical text, one hash, whoever asks and whenever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def terms_of(posting: Mapping[str, Any]) -> dict[str, Any]:
    """What both sides accept before work, as plain JSON, from the columns of a posting.

    The fields that recruitment information must state (人力资源市场暂行条例 art. 24): work content, place,
    time, people, pay and conditions. Nothing in it names a natural person.
    """
    return {
        "work": {
            name: posting[name]
            for name in ("title", "description", "trade", "job_kind", "work_mode", "headcount", "binding")
        },
        "place": {name: posting[name] for name in ("city_code", "district_code", "address", "lon", "lat")}
        | {"pickup": posting["pickup"]},
        "time": {"series": posting["series"], "pattern": posting["pattern"], "break_minutes": posting["break_minutes"]},
        "pay": {
            "amount_fen": posting["pay_fen"],
            "most_fen": posting["pay_most_fen"],
            "currency": "CNY",
            "unit": posting["pay_unit"],
            "unit_label": posting["pay_unit_label"],
            "tiers": posting["pay_tiers"],
            "note": posting["pay_note"],
            "settlement": posting["settlement"],
            "call_off_fen": posting["call_off_fen"],
        },
        "conditions": posting["conditions"],
        "asks": {name: posting[name] for name in ("certificates", "skills", "adult_only", "min_age")},
    }


def without_door(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms without the addresses and points of the place and the pickup: what those read who may not know where
    a household lives. Their hash is over these words, or whoever has a map could try every address against it."""
    nowhere = {"address": None, "lon": None, "lat": None}
    place = {**terms.get("place", {}), **nowhere}
    if place.get("pickup"):
        place["pickup"] = {**place["pickup"], **nowhere}
    return {**terms, "place": place}


def canonical(terms: Mapping[str, Any]) -> bytes:
    """The one text of a value: keys sorted, no blanks, UTF-8 as it is."""
    return json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def terms_hash(terms: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(terms)).hexdigest()
