"""Constraints of referrals as refusals."""

VIOLATIONS = {
    "uq_referrals_live": "referral_live",
    "uq_slips_issued": "slip_issued",
    "uq_talks_planned": "talk_planned",
}
