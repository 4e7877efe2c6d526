"""Constraints of fairs as refusals."""

VIOLATIONS = {
    "ck_fairs_taken": "fair_full",
    "uq_fair_booths_number": "fair_booth_taken",
    "uq_fair_booths_employer": "fair_booth_asked",
    "uq_fair_entries_worker": "fair_signed_up",
    "uq_fair_proposals_month": "fair_proposed",
}
