"""Constraints of intakes as refusals."""

VIOLATIONS = {
    "uq_recommendations_posting": "recommended_before",
    "uq_brokerages_live": "broker_asked_before",
}
