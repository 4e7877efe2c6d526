"""States of a brokerage (劳务经纪): an agency asks, the person says yes or no, either side ends it."""

from service.lifecycle import Lifecycle

BROKERAGE = Lifecycle(
    "brokerage",
    ("asked",),
    {
        ("asked", "accept"): "active",
        ("asked", "decline"): "declined",
        ("asked", "lapse"): "lapsed",
        ("asked", "end"): "ended",
        ("active", "leave"): "left",
        ("active", "end"): "ended",
    },
)
LIVE = frozenset({"asked", "active"})
