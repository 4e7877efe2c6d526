"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "uq_staff_username": "username_taken",
    "uq_sessions_one_per_device": "kiosk_busy",
}
