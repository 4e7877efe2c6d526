"""`linggong replay-plan FILE`: anybody can check that a published plan is what its rule and seed make of it."""

from __future__ import annotations

from pathlib import Path

import orjson

from matching import InvalidInput
from service.i18n import DEFAULT, render
from service.plans.bundle import differences


def replay(file: Path) -> bool:
    """Print what came of it; True when the plan is the same."""
    try:
        bundle = orjson.loads(file.read_bytes())
        found = differences(bundle)
    except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, InvalidInput) as wrong:
        print(render("plan.replay.unreadable", DEFAULT, what=f"{type(wrong).__name__}: {wrong}"[:200]))
        raise SystemExit(2) from None
    said = bundle.get("outcome", {})
    if not found:
        facts = {"people": len(bundle["people"]), "seats": said["seats_filled"], "bound": said["seats_bound"]}
        print(render("plan.replay.same", DEFAULT, **facts))
        print(render("plan.replay.compare", DEFAULT, digest=bundle["digest"], commitment=bundle["seed_commitment"]))
        return True
    for code in found:
        print(render("plan.replay.differs", DEFAULT, what=code))
    return False
