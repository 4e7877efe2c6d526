"""The lives of postings and shifts, walked state by state and action by action."""

from __future__ import annotations

import importlib
import itertools

import pytest

from service.errors import Conflict
from service.feed.rules import CAUSES, cause_of
from service.lifecycle import Lifecycle
from service.postings.lifecycle import ENDING, LIVE, OPEN_TO_EDIT, POSTING, PUBLIC
from service.shifts.lifecycle import SHIFT

# Read aloud once more, by hand, so that a line that is lost or added in the table is seen.
POSTING_ALLOWS = {
    "draft": {"submit", "publish", "withdraw"},
    "submitted": {"publish", "reject", "withdraw", "recall", "merge"},
    "rejected": {"reopen", "withdraw", "appeal"},
    "published": {"revise", "pause", "fill", "expire", "withdraw", "take_down", "merge"},
    "paused": {"revise", "resume", "expire", "withdraw", "take_down", "merge"},
    "filled": {"refill", "revise", "pause", "expire", "withdraw", "take_down", "merge"},
    "taken_down": {"appeal"},
    "appealed": {"restore", "uphold", "reject"},
    "expired": set(),
    "withdrawn": set(),
    "final": set(),
    "merged": set(),
}
SHIFT_ALLOWS: dict[str, set[str]] = {"open": {"cancel", "end"}, "cancelled": set(), "ended": set()}


def walked(lifecycle: Lifecycle, allows: dict[str, set[str]]) -> list[tuple[Lifecycle, str, str, bool]]:
    assert lifecycle.states == set(allows)
    pairs = itertools.product(sorted(lifecycle.states), sorted(lifecycle.actions))
    return [(lifecycle, state, action, action in allows[state]) for state, action in pairs]


@pytest.mark.parametrize(
    ("lifecycle", "state", "action", "allowed"), [*walked(POSTING, POSTING_ALLOWS), *walked(SHIFT, SHIFT_ALLOWS)]
)
def test_every_state_meets_every_action(lifecycle: Lifecycle, state: str, action: str, allowed: bool) -> None:
    """A move of the table leads to one of its states; every other one is refused with what is possible."""
    if allowed:
        assert lifecycle.fire(state, action) in lifecycle.states
        return
    with pytest.raises(Conflict) as refused:
        lifecycle.fire(state, action)
    assert refused.value.code == "wrong_state"
    assert refused.value.facts["possible"] == lifecycle.possible(state)


def test_the_groups_of_states_are_states() -> None:
    """What is public is live, what is live can be edited, and the ends are ends."""
    assert PUBLIC < LIVE < OPEN_TO_EDIT < POSTING.states
    assert {state for state in POSTING.states if POSTING.is_final(state)} == {"expired", "withdrawn", "final", "merged"}


def test_every_way_to_an_end_is_an_ending_move() -> None:
    """From what was offered nothing leads to a state without a way back, and nobody may call it by another name."""
    ends = {
        action
        for state, actions in POSTING_ALLOWS.items()
        for action in actions
        if not POSTING_ALLOWS[POSTING.fire(state, action)] and action != "reject"
    }
    assert ends | {"take_down"} == ENDING


@pytest.mark.parametrize("feature", ["applications", "contact_requests", "holds", "reviews", "shifts"])
def test_who_reacts_to_an_end_reacts_to_every_end(feature: str) -> None:
    """Only shifts wait: for the appeal of what was taken down, and for their own day where a posting expires."""
    heard = importlib.import_module(f"service.{feature}.reactions").REACTIONS
    left = {"take_down", "expire"} if feature == "shifts" else set()
    assert {action for action in ENDING if ("posting", action) not in heard} == left


def test_the_feed_has_a_cause_for_every_end() -> None:
    """A state that ends something has a line of its own: what fell back on `withdrawn` would be a wrong word."""
    ends = {POSTING.fire(state, action) for state, can in POSTING_ALLOWS.items() for action in can & ENDING}
    assert ends <= CAUSES.keys()
    assert cause_of("merged", "merge", None, "officer") == ("merged", False)
