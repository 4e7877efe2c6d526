"""Which refusal a broken constraint of these tables is."""

VIOLATIONS = {"uq_zone_columns_code": "column_exists", "uq_zone_pins_subject": "pin_exists"}
