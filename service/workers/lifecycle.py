"""States of a worker's profile, of 等活 (waiting for work) and of a crew."""

from service.lifecycle import Lifecycle

WORKER = Lifecycle(
    "worker",
    ("active",),
    {
        ("active", "rest"): "resting",
        ("resting", "return"): "active",
        ("active", "merge"): "merged",
        ("resting", "merge"): "merged",
    },
)
WAITING = Lifecycle("waiting", ("waiting",), {("waiting", "end"): "ended", ("waiting", "lapse"): "ended"})
CREW = Lifecycle("crew", ("open",), {("open", "close"): "closed"})
