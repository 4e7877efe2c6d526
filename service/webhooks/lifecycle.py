"""States of a subscription to events, and of one delivery of an event to its receiver."""

from service.lifecycle import Lifecycle

SUBSCRIPTION = Lifecycle(
    "subscription",
    ("active",),
    {
        ("active", "pause"): "paused",
        ("active", "disable"): "disabled",  # by the service: the receiver is gone, or has failed for days
        ("active", "end"): "ended",
        ("paused", "resume"): "active",
        ("paused", "disable"): "disabled",
        ("paused", "end"): "ended",
        ("disabled", "resume"): "active",
        ("disabled", "end"): "ended",
    },
)
COLLECTING = frozenset({"active", "paused"})  # a paused receiver gets what happened when it is resumed

DELIVERY = Lifecycle(
    "delivery",
    ("pending",),
    {
        ("pending", "claim"): "sending",
        ("pending", "drop"): "dead",
        ("sending", "claim"): "sending",  # whoever had claimed it has died
        ("sending", "postpone"): "pending",  # no place for it here; not the receiver's doing
        ("sending", "deliver"): "delivered",
        ("sending", "fail"): "failed",
        ("sending", "give_up"): "dead",
        ("sending", "drop"): "dead",
        ("failed", "claim"): "sending",
        ("failed", "drop"): "dead",
        ("failed", "replay"): "pending",
        ("delivered", "replay"): "pending",
        ("dead", "replay"): "pending",
    },
)


def from_states(action: str) -> list[str]:
    """The states of a delivery from which an action leads on, for statements over many of them."""
    return sorted(state for state, possible in DELIVERY.moves if possible == action)
