"""A lifecycle walked state by action, beside the moves that a test writes out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from service.errors import Conflict
from service.lifecycle import Lifecycle


def departures(lifecycle: Lifecycle, moves: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Where it is otherwise than written: a state, a move that leads elsewhere, one that is not refused as
    `wrong_state` with what is possible."""
    found = [f"state {each}" for each in sorted(lifecycle.states ^ moves.keys())]
    for state, action in product(sorted(lifecycle.states & moves.keys()), sorted(lifecycle.actions)):
        written = moves[state].get(action)
        try:
            came: object = lifecycle.fire(state, action)
        except Conflict as refused:
            came = (refused.code, sorted(refused.facts["possible"]))
        if came != (written or ("wrong_state", sorted(moves[state]))):
            found.append(f"{state} {action}: {came}")
    return found
