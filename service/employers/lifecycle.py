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
        ("applied", "restrict"): "restricted",  # verified once, and its papers were not renewed in time
        ("restricted", "verify"): "verified",
        ("applied", "suspend"): "suspended",
        ("verified", "suspend"): "suspended",
        ("restricted", "suspend"): "suspended",
        ("suspended", "verify"): "verified",
        ("restricted", "readmit"): "applied",  # of whom nobody verifies: households
        ("suspended", "readmit"): "applied",
        ("applied", "hold"): "held",  # an officer's pause, until a second one confirms or lifts it
        ("verified", "hold"): "held",
        ("restricted", "hold"): "held",
        ("held", "lift_applied"): "applied",
        ("held", "lift_verified"): "verified",
        ("held", "lift_restricted"): "restricted",
        ("held", "suspend"): "suspended",
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
