"""Constraints of alarms as refusals."""

VIOLATIONS = {"uq_alarms_live": "alarm_pressed"}
