"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "ex_hall_sessions_overlap": "hall_sessions_overlap",
    "uq_presences_worker": "hall_signed_in",
    "uq_hall_rules_day": "hall_rule_exists",
}
