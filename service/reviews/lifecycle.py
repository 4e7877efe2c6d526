"""States of a review: something waits for an officer's eyes, is claimed by one, is decided or falls away."""

from service.lifecycle import Lifecycle

REVIEW = Lifecycle(
    "review",
    ("waiting",),
    {
        ("waiting", "claim"): "claimed",
        ("waiting", "decide"): "decided",
        ("waiting", "close"): "closed",
        ("claimed", "claim"): "claimed",
        ("claimed", "release"): "waiting",
        ("claimed", "decide"): "decided",
        ("claimed", "close"): "closed",
    },
)
OPEN = ("waiting", "claimed")
NOUNS = ("posting", "supply", "employer")
