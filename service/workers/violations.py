"""Which refusal a violated constraint of this feature stands for."""

VIOLATIONS = {
    "uq_skills_live": "skill_exists",
    "uq_waitings_live": "changed_meanwhile",
    "uq_crew_members_live": "crew_member_exists",
    "uq_blocks_live": "changed_meanwhile",
    "uq_worker_codes_live": "changed_meanwhile",
    "pk_workers": "worker_exists",
}
