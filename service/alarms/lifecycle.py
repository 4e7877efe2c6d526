"""States of an alarm: pressed, taken by one officer, closed with a result; or taken back by who pressed."""

from service.lifecycle import Lifecycle

ALARM = Lifecycle(
    "alarm",
    ("open",),
    {
        ("open", "take"): "taken",
        ("open", "withdraw"): "withdrawn",
        ("withdrawn", "press_again"): "open",  # the same story goes on
        ("taken", "release"): "open",
        ("taken", "close"): "closed",
    },
)
LIVE = ("open", "taken")
