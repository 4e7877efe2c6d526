"""States of an employer (applied, verified, restricted, suspended) and of an invitation to act for it."""

from service.lifecycle import Lifecycle

EMPLOYER = Lifecycle(
    "employer",
    ("applied",),
    {
        ("applied", "verify"): "verified",
        ("applied", "refuse"): "refused",
        ("refused", "reapply"): "applied",
        ("verified", "lapse"): "applied",
        ("verified", "verify"): "verified",
        ("verified", "restrict"): "restricted",
        ("restricted", "verify"): "verified",
        ("applied", "suspend"): "suspended",
        ("verified", "suspend"): "suspended",
        ("restricted", "suspend"): "suspended",
        ("suspended", "verify"): "verified",
        ("restricted", "readmit"): "applied",  # of whom nobody verifies: households
        ("suspended", "readmit"): "applied",
    },
)

INVITATION = Lifecycle(
    "invitation",
    ("waiting",),
    {
        ("waiting", "accept"): "accepted",
        ("waiting", "decline"): "declined",
        ("waiting", "withdraw"): "withdrawn",
        ("waiting", "lapse"): "lapsed",
    },
)
