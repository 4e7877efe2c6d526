"""States of one import."""

from service.lifecycle import Lifecycle

IMPORT = Lifecycle(
    "import",
    ("queued",),
    {
        ("queued", "start"): "running",
        ("running", "start"): "running",
        ("running", "finish"): "done",
        ("queued", "fail"): "failed",
        ("running", "fail"): "failed",
        ("queued", "cancel"): "cancelled",
        ("running", "cancel"): "cancelled",
    },
)
