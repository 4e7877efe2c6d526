"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "uq_channel_bindings_bound": "binding_changed",
    "uq_channel_bindings_waiting": "binding_changed",
    "uq_channel_bindings_code": "binding_changed",
    "uq_message_preferences_person_id": "preferences_changed",
}
