"""States of a hold: one officer has paused something, a second one confirms or lifts it, or it ended otherwise."""

from service.lifecycle import Lifecycle

HOLD = Lifecycle(
    "hold",
    ("open",),
    {
        ("open", "confirm"): "confirmed",
        ("open", "lift"): "lifted",
        ("open", "end"): "ended",
    },
)
NOUNS = ("posting", "supply", "employer")
