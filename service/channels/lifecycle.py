"""States of a binding: an address that a person has named, then proved, then given up."""

from service.lifecycle import Lifecycle

BINDING = Lifecycle(
    "binding",
    ("waiting",),
    {
        ("waiting", "confirm"): "bound",
        ("waiting", "replace"): "removed",
        ("waiting", "lapse"): "removed",
        ("waiting", "remove"): "removed",
        ("bound", "replace"): "removed",
        ("bound", "remove"): "removed",
        ("bound", "lapse"): "removed",
    },
)
