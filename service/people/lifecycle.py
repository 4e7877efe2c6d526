"""States of a person's record."""

from service.lifecycle import Lifecycle

PERSON = Lifecycle(
    "person",
    ("active",),
    {
        ("active", "merge"): "merged",
    },
)
