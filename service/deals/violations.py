"""Constraints of deals as refusals."""

VIOLATIONS = {
    "ck_deals_two_firms": "lender_is_borrower",
    "ck_deals_broker": "broker_is_side",
    "ck_deals_surplus_of_lender": "balance_other_firm",
    "ck_deals_shortage_of_borrower": "balance_other_firm",
    "ck_deals_span": "end_before_start",
    "ck_deals_settled_before_paid": "settled_after_paid",
    "ex_lent_overlap": "lent_already",
    "ex_lent_seats": "lent_while_engaged",
    "uq_lent_asked": "person_asked_already",
    "ck_lent_within_deal": "outside_deal",
    "ck_lent_within_contract": "beyond_contract",
    "ck_lent_of_age": "under_age",
    "ck_lent_relation": "person_not_own_staff",
}
