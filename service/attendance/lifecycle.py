"""States of a timesheet: opened by the service from what was told, proposed by a side, agreed by both.

`open` holds the recorded (or planned) times and nobody's word yet; each side's yes is needed, so the first
yes makes it that side's proposal.
"""

from service.lifecycle import Lifecycle

TIMESHEET = Lifecycle(
    "timesheet",
    ("open", "by_employer", "by_worker"),
    {
        ("open", "propose_as_employer"): "by_employer",
        ("open", "propose_as_worker"): "by_worker",
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
