"""States of a hall's session (场次) and of a person's presence in it."""

from service.lifecycle import Lifecycle

HALL_SESSION = Lifecycle(
    "hall_session",
    ("planned",),
    {
        ("planned", "open"): "open",
        ("planned", "cancel"): "cancelled",
        ("open", "close"): "closed",
    },
)

PRESENCE = Lifecycle(
    "presence",
    ("waiting",),
    {
        ("waiting", "call"): "called",
        ("waiting", "place"): "placed",
        ("waiting", "leave"): "left",
        ("waiting", "close"): "unserved",
        ("called", "return"): "waiting",
        ("called", "pass"): "passed",
        ("called", "place"): "placed",
        ("called", "leave"): "left",
        ("called", "close"): "unserved",
        ("passed", "return"): "waiting",
        ("passed", "place"): "placed",
        ("passed", "leave"): "left",
        ("passed", "close"): "left",  # called and not there: not a day without work through no fault
        ("placed", "leave"): "left",
        ("placed", "return"): "waiting",  # the seat was lost: the old place in the line
        ("placed", "lose"): "unserved",  # lost after the session had closed, and not by this person
        ("left", "return"): "waiting",
        ("left", "place"): "placed",
    },
)
PRESENT = ("waiting", "called", "passed")
IN_LINE = ("waiting", "called")
