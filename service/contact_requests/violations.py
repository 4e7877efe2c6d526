"""Constraints of contact requests as refusals."""

VIOLATIONS = {
    "uq_contact_requests_supply": "contact_asked_before",
    "uq_contact_requests_posting": "contact_asked_before",
    "uq_relays_live": "relay_call_unavailable",
    "uq_relay_ends_live": "relay_call_unavailable",
}
