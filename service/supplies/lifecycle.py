"""States of a supply posting: somebody wants work, or offers a service (求职/找活、便民劳务)."""

from service.lifecycle import Lifecycle

SUPPLY = Lifecycle(
    "supply",
    ("submitted",),
    {
        ("submitted", "publish"): "published",
        ("submitted", "reject"): "rejected",
        ("submitted", "withdraw"): "withdrawn",
        ("rejected", "revise"): "submitted",
        ("rejected", "withdraw"): "withdrawn",
        ("published", "revise"): "submitted",
        ("published", "pause"): "paused",
        ("published", "find"): "found",
        ("published", "expire"): "expired",
        ("published", "withdraw"): "withdrawn",
        ("published", "take_down"): "taken_down",
        ("paused", "revise"): "submitted",
        ("paused", "resume"): "published",
        ("paused", "find"): "found",
        ("paused", "expire"): "expired",
        ("paused", "withdraw"): "withdrawn",
        ("paused", "take_down"): "taken_down",
        ("taken_down", "appeal"): "appealed",
        ("rejected", "appeal"): "appealed",
        ("appealed", "restore"): "published",
        ("appealed", "reject"): "rejected",
        ("appealed", "uphold"): "final",
    },
)
UNENDED = frozenset({"submitted", "rejected", "published", "paused"})
ENDED = frozenset({"found", "withdrawn", "expired", "taken_down", "final"})  # and closed; appealed: either
PUBLIC = frozenset({"published"})
OPEN_TO_EDIT = UNENDED
EXPIRE = "supply.expire"  # the timer that ends it with its validity
RETURN = "supply.return"  # the timer that shows one again after its person's rest
HELD = "hold"  # paused by an officer: only who decides the hold shows it again
NOT_PAUSED = {"paused_by": None, "paused_before": None}  # what every way out of a pause leaves
