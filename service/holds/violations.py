"""Constraints of holds as refusals."""

VIOLATIONS = {"uq_holds_open": "hold_open"}
