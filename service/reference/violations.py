"""What the database refuses here, in the words of the business."""

VIOLATIONS = {"ex_reference_rows_validity": "reference_overlap"}
