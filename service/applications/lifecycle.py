"""States of an application: from interest (either side's) to a yes or a no."""

from service.lifecycle import Lifecycle

APPLICATION = Lifecycle(
    "application",
    ("sent", "invited", "waitlisted", "accepted"),
    {
        ("sent", "accept"): "accepted",
        ("sent", "offer"): "offered",
        ("sent", "decline"): "declined",
        ("sent", "withdraw"): "withdrawn",
        ("sent", "lapse"): "lapsed",
        ("sent", "waitlist"): "waitlisted",
        ("invited", "accept"): "accepted",
        ("invited", "decline"): "declined",
        ("invited", "withdraw"): "withdrawn",
        ("invited", "lapse"): "lapsed",
        ("invited", "waitlist"): "waitlisted",
        ("waitlisted", "offer"): "offered",
        ("waitlisted", "accept"): "accepted",
        ("waitlisted", "decline"): "declined",
        ("waitlisted", "withdraw"): "withdrawn",
        ("waitlisted", "lapse"): "lapsed",
        ("offered", "accept"): "accepted",
        ("offered", "decline"): "declined",
        ("offered", "withdraw"): "withdrawn",
        ("offered", "lapse"): "lapsed",
    },
)
LIVE = ("sent", "invited", "waitlisted", "offered")
