"""Constraints of appeals as refusals."""

VIOLATIONS = {"uq_appeals_filed": "appeal_filed"}
