"""Constraints of due work and the refusals they stand for."""

VIOLATIONS = {"uq_due_work_live": "dead_letter_replaced"}
