"""States of an appeal: filed, then granted or upheld by another person, or ended with its posting."""

from service.lifecycle import Lifecycle

APPEAL = Lifecycle(
    "appeal",
    ("filed",),
    {
        ("filed", "grant"): "granted",
        ("filed", "uphold"): "upheld",
    },
)
