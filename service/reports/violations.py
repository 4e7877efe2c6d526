"""Constraints of reports as refusals."""

VIOLATIONS = {"uq_reports_source": "report_known"}
