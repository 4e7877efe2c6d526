"""Constraints of intents as refusals."""

VIOLATIONS = {
    "uq_intents_live": "intent_asked_already",
    "ck_intents_surplus": "intent_surplus_over",
}
