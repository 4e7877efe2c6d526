"""States of an employer: applied, verified by an officer, restricted or suspended."""

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
    },
)
