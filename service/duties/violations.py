"""Constraints of the duty roster as refusals."""

VIOLATIONS = {"ex_duties_overlap": "duty_overlap"}
