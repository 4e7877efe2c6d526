"""Who reacts to what, which timer runs what, who sends what: gathered from the features, in a fixed order."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

from service.context import Wiring

FEATURES = (
    "people", "access", "reference", "venues", "workers", "employers", "postings", "shifts",
    "imports", "matches", "applications", "engagements", "attendance", "pay", "reliability", "messages", "channels",
    "halls",
    "plans", "supplies", "contact_requests", "brokers", "intakes", "reviews", "jobpages", "listings",
    "feed", "webhooks", "fees", "holds", "zones", "wages", "appeals", "reports", "duplicates",
    "searches", "referrals", "followups", "dead_letters", "fairs", "evidence", "audit", "cases",
    "alarms", "duties", "agreements", "deals", "balances",  # a deal is locked before its balances
    "settlements", "guidance", "intents",
)  # fmt: skip
PARTS = ("reactions", "timers", "senders", "violations", "answers", "purging", "ports", "loops")


def gather() -> Wiring:
    """Read REACTIONS, TIMERS, SENDERS, VIOLATIONS, ANSWERS, PURGING, PORTS and LOOPS of every feature that has them."""
    reactions: dict[tuple[str, str], tuple[Any, ...]] = {}
    timers: dict[str, Any] = {}
    senders: dict[str, Any] = {}
    violations: dict[str, str] = {}
    answers: dict[str, Any] = {}
    purging: dict[str, Any] = {}
    ports: dict[str, Any] = {}
    loops: dict[str, Any] = {}
    for feature in FEATURES:
        for moved, functions in _part(feature, "reactions").items():
            reactions[moved] = reactions.get(moved, ()) + tuple(functions)
        _merge(timers, _part(feature, "timers"))
        _merge(senders, _part(feature, "senders"))
        _merge(violations, _part(feature, "violations"))
        _merge(answers, _part(feature, "answers"))
        _merge(purging, _part(feature, "purging"))
        _merge(ports, _part(feature, "ports"))
        _merge(loops, _part(feature, "loops"))
    return Wiring(reactions, timers, senders, violations, answers, tuple(purging.values()), ports, loops)


def _part(feature: str, part: str) -> Mapping[Any, Any]:
    name = f"service.{feature}.{part}"
    if importlib.util.find_spec(name) is None:
        return {}
    found: Mapping[Any, Any] = getattr(importlib.import_module(name), part.upper())
    return found


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    twice = into.keys() & more.keys()
    if twice:
        raise RuntimeError(f"declared twice: {sorted(twice)}")
    into.update(more)
