"""States of a follow-up plan and of its tasks."""

from service.lifecycle import Lifecycle

PLAN = Lifecycle(
    "followup_plan",
    ("open",),
    {
        ("open", "close"): "closed",
        ("closed", "reopen"): "open",
    },
)

TASK = Lifecycle(
    "followup_task",
    ("planned",),
    {
        ("planned", "open"): "open",
        ("planned", "answer"): "answered",
        ("planned", "settle"): "evidence",  # what both sides have confirmed already
        ("planned", "cancel"): "cancelled",
        ("planned", "refuse"): "refused",
        ("cancelled", "plan"): "planned",
        ("open", "answer"): "answered",
        ("open", "settle"): "evidence",
        ("open", "give_up"): "unreachable",
        ("open", "leave_out"): "left_out",  # not drawn among more calls than the office can make
        ("open", "refuse"): "refused",
        ("open", "cancel"): "cancelled",
        ("unreachable", "answer"): "answered",  # who calls back is heard
        ("left_out", "answer"): "answered",
        ("unreachable", "take_up"): "open",  # who asks for a call is called, and an officer may try once more
        ("left_out", "take_up"): "open",
    },
)
WAITING = ("planned", "open")
HEARD = ("planned", "open", "unreachable", "left_out")  # may still be answered
TAKEN_UP = ("unreachable", "left_out")  # open again for who wants to be called, and for an officer

ISSUE = Lifecycle("followup_issue", ("open",), {("open", "close"): "closed"})
NEED = Lifecycle("need", ("open",), {("open", "meet"): "met", ("open", "drop"): "dropped"})
