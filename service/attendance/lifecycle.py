"""States of a timesheet: proposed by one side, countered by the other, agreed by both."""

from service.lifecycle import Lifecycle

TIMESHEET = Lifecycle(
    "timesheet",
    ("by_employer", "by_worker", "agreed"),
    {
        ("by_employer", "agree"): "agreed",
        ("by_employer", "counter"): "by_worker",
        ("by_employer", "revise"): "by_employer",
        ("by_employer", "dispute"): "disputed",
        ("by_worker", "agree"): "agreed",
        ("by_worker", "counter"): "by_employer",
        ("by_worker", "revise"): "by_worker",
        ("by_worker", "dispute"): "disputed",
        ("disputed", "agree"): "agreed",
    },
)
