"""States of an appeal: filed, then granted (what was decided against is shown again) or upheld by another person."""

from service.lifecycle import Lifecycle

APPEAL = Lifecycle(
    "appeal",
    ("filed",),
    {
        ("filed", "grant"): "granted",
        ("filed", "uphold"): "upheld",
    },
)
