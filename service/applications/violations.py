"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "uq_applications_live_shift": "already_applied",
    "uq_applications_live_posting": "already_applied",
    "uq_applications_wait_number": "changed_meanwhile",
}
