"""States of a contact request (联系请求) and of the pair of numbers lent to it (转接)."""

from service.lifecycle import Lifecycle

CONTACT_REQUEST = Lifecycle(
    "contact_request",
    ("asked",),
    {
        ("asked", "accept"): "accepted",
        ("asked", "decline"): "declined",
        ("asked", "withdraw"): "withdrawn",
        ("asked", "lapse"): "lapsed",
        ("accepted", "agree"): "agreed",  # when both sides have said that their numbers may be seen
        ("accepted", "end"): "ended",
        ("accepted", "lapse"): "lapsed",
        ("agreed", "end"): "ended",
    },
)
LIVE = frozenset({"asked", "accepted", "agreed"})
TALKING = frozenset({"accepted", "agreed"})  # texts and calls are relayed
OPEN = frozenset({"agreed"})  # each side sees the other's number

RELAY = Lifecycle("relay", ("bound",), {("bound", "release"): "released"})
