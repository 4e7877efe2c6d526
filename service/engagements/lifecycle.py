"""States of an engagement (a seat taken, from held to worked) and of a hire by sight that waits for its yes."""

from service.lifecycle import Lifecycle

ENGAGEMENT = Lifecycle(
    "engagement",
    ("held", "confirmed"),
    {
        ("held", "confirm"): "confirmed",
        ("held", "release"): "cancelled",
        ("confirmed", "cancel"): "cancelled",
        ("confirmed", "hand_over"): "cancelled",  # to a stand-in: the seat stays taken
        ("confirmed", "start"): "on_duty",
        ("confirmed", "mark_absent"): "no_show",
        ("confirmed", "complete"): "completed",
        ("on_duty", "complete"): "completed",
        ("on_duty", "end_early"): "ended_early",
        ("on_duty", "undo_start"): "confirmed",
        ("on_duty", "break_off"): "ended_early",  # left on the spot, after an alarm: no mark, the hours stand
        ("ended_early", "reopen_seat"): "broken_off",  # …and somebody else may have the seat for the rest
        ("confirmed", "turn_away"): "cancelled",  # came and was not let in
        ("no_show", "repair_start"): "on_duty",
        ("no_show", "repair_complete"): "completed",
        ("no_show", "excuse"): "cancelled",
    },
)
SEATED = ("held", "confirmed", "on_duty", "completed", "ended_early")  # what `shifts.taken` counts
FIRM = ("confirmed", "on_duty")  # what may not overlap
LIVE = ("held", "confirmed", "on_duty")

HIRE = Lifecycle(
    "hire",
    ("proposed",),
    {
        ("proposed", "accept"): "accepted",
        ("proposed", "refuse"): "refused",
        ("proposed", "withdraw"): "withdrawn",
        ("proposed", "lapse"): "lapsed",
    },
)
