"""Constraints of follow-ups as refusals."""

VIOLATIONS = {"uq_followup_attempts_day": "asked_today"}
