"""Constraints of brokerages as refusals."""

VIOLATIONS = {"uq_brokerages_live": "broker_asked_before"}
