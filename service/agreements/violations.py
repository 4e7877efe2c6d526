"""Constraints of agreements as refusals."""

VIOLATIONS = {
    "uq_agreements_live": "agreement_drawn_meanwhile",
    "uq_triages_live": "changed_meanwhile",
    "uq_signatures_signer": "agreement_same_person",
    "ex_signatures_picture": "picture_used",
    "agreement_before_work": "agreement_unsigned",
}
