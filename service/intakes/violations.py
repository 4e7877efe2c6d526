"""Constraints of intakes as refusals."""

VIOLATIONS = {
    "uq_recommendations_posting": "recommended_before",
}
