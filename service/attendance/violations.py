"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {"uq_timesheets_engagement_id": "hours_already_proposed"}
