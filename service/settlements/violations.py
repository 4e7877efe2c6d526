"""Constraints of settlements as refusals."""

VIOLATIONS = {
    "uq_lent_days_day": "lent_day_entered",
    "ck_lent_days_lent": "lent_day_outside",
    "uq_settlements_month": "settlement_exists",
}
