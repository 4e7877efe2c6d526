"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "uq_persons_id_number_hash": "person_exists",
    "uq_consents_live": "consent_given",
}
