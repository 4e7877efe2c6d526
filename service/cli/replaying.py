"""`linggong replay-plan FILE`: anybody can check that a published plan is what its rule and seed make of it."""

from __future__ import annotations

from pathlib import Path

import orjson

from service.i18n import DEFAULT, render
from service.plans.bundle import differences


def replay(file: Path) -> bool:
    """Print what came of it; True when the plan is the same."""
    bundle = orjson.loads(file.read_bytes())
    found = differences(bundle)
    said = bundle.get("outcome", {})
    if not found:
        facts = {"people": len(bundle["people"]), "seats": said["seats_filled"], "bound": said["seats_bound"]}
        print(render("plan.replay.same", DEFAULT, **facts))
        return True
    for code in found:
        print(render("plan.replay.differs", DEFAULT, what=code))
    return False
