"""Constraints of reviews as refusals."""

VIOLATIONS = {"uq_reviews_open": "review_open"}
