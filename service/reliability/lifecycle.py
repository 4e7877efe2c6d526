"""States of a mark: it counts, is contested and does not count meanwhile, is upheld, or is excused for good."""

from service.lifecycle import Lifecycle

MARK = Lifecycle(
    "reliability_event",
    ("counted", "excused"),
    {
        ("counted", "contest"): "contested",
        ("counted", "excuse"): "excused",
        ("contested", "excuse"): "excused",
        ("contested", "uphold"): "upheld",
        ("upheld", "excuse"): "excused",
    },
)
COUNTING = ("counted", "upheld")
