"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {"uq_pay_records_kind": "pay_record_exists"}
