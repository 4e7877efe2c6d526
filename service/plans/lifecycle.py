"""States of a hall's plan, and of each line in it."""

from service.lifecycle import Lifecycle

PLAN = Lifecycle(
    "plan",
    ("drawn",),
    {
        ("drawn", "publish"): "published",
        ("drawn", "drop"): "dropped",
        ("published", "settle"): "settled",
    },
)

PLAN_LINE = Lifecycle(
    "plan_line",
    ("proposed", "left_over"),
    {
        ("proposed", "offer"): "offered",
        ("proposed", "replace"): "replaced",
        ("proposed", "drop"): "dropped",
        ("offered", "accept"): "accepted",
        ("offered", "refuse"): "refused",
        ("offered", "lapse"): "lapsed",
        ("offered", "replace"): "replaced",
    },
)
LIVE_LINE = ("proposed", "offered")
