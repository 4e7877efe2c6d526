"""States of an intent: somebody of a firm's own staff is asked, and agrees or not, to be considered for lending."""

from service.lifecycle import Lifecycle

INTENT = Lifecycle(
    "intent",
    ("asked",),
    {
        ("asked", "agree"): "agreed",
        ("asked", "refuse"): "refused",
        ("asked", "lapse"): "lapsed",  # no answer in time, or the surplus is over
        ("agreed", "withdraw"): "withdrawn",
        ("agreed", "end"): "ended",  # with the surplus, or when it changes beyond what was agreed to
    },
)
LIVE = ("asked", "agreed")
OVER = ("refused", "lapsed", "withdrawn", "ended")
ANSWER = "intent.answer"  # the timer
