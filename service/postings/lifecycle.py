"""States of a posting, from draft to its end (domain model 3.2)."""

from service.lifecycle import Lifecycle

POSTING = Lifecycle(
    "posting",
    ("draft",),
    {
        ("draft", "submit"): "submitted",
        ("draft", "publish"): "published",
        ("draft", "withdraw"): "withdrawn",
        ("submitted", "publish"): "published",
        ("submitted", "reject"): "rejected",
        ("submitted", "withdraw"): "withdrawn",
        ("submitted", "recall"): "draft",
        ("rejected", "reopen"): "draft",
        ("rejected", "withdraw"): "withdrawn",
        ("published", "revise"): "submitted",
        ("published", "pause"): "paused",
        ("published", "fill"): "filled",
        ("published", "expire"): "expired",
        ("published", "withdraw"): "withdrawn",
        ("published", "take_down"): "taken_down",
        ("paused", "revise"): "submitted",
        ("paused", "resume"): "published",
        ("paused", "expire"): "expired",
        ("paused", "withdraw"): "withdrawn",
        ("paused", "take_down"): "taken_down",
        ("filled", "refill"): "published",
        ("filled", "revise"): "submitted",
        ("filled", "pause"): "paused",
        ("filled", "expire"): "expired",
        ("filled", "withdraw"): "withdrawn",
        ("filled", "take_down"): "taken_down",
        ("taken_down", "appeal"): "appealed",
        ("rejected", "appeal"): "appealed",
        ("appealed", "reject"): "rejected",  # a rejection that stands leaves its author free to correct it
        ("submitted", "merge"): "merged",  # the same as another one: that one is kept
        ("published", "merge"): "merged",
        ("paused", "merge"): "merged",
        ("filled", "merge"): "merged",
        ("appealed", "restore"): "published",
        ("appealed", "uphold"): "final",
    },
)
PUBLIC = frozenset({"published", "filled"})
LIVE = PUBLIC | {"paused"}  # approved, with shifts laid out
ENDING = frozenset({"withdraw", "expire", "take_down", "merge", "uphold"})  # moves after which nothing is offered
DOWN = frozenset({"taken_down", "appealed", "final"})  # an officer took it down, or did before
ENDED = frozenset({"withdrawn", "expired", "taken_down", "merged", "final"})  # and closed; appealed: either
OPEN_TO_EDIT = LIVE | {"draft"}
HELD = "hold"  # paused by an officer: only who decides the hold shows it again
NOT_PAUSED = {"paused_by": None, "paused_before": None}  # what every way out of a pause leaves


def is_first_showing(action: str, version: int) -> bool:
    """Whether a move shows a posting for the first time, by the version it leaves: stored, then shown.

    Such a posting has no shift, application or line yet, so nobody has to be looked for.
    """
    return action == "publish" and version == 2
