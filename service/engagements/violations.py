"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "ex_engagements_overlap": "overlap",
    "uq_engagements_live": "already_engaged",
    "uq_hires_open": "hire_pending",
    "uq_transitions_entity_version": "changed_meanwhile",
}
